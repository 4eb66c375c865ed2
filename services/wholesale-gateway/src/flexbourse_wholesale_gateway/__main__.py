"""The wholesale gateway as a process of its own, on Kafka."""

from __future__ import annotations

import sys

from flexbourse_runtime.serve import main
from flexbourse_wholesale_gateway.api import servicers
from flexbourse_wholesale_gateway.config import Config
from flexbourse_wholesale_gateway.service import CONTEXT, build

if __name__ == "__main__":
    sys.exit(main(CONTEXT, Config, build, servicers))
