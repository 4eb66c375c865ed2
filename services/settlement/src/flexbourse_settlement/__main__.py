"""Settlement as a process of its own, on Kafka."""

from __future__ import annotations

import sys

from flexbourse_runtime.serve import main
from flexbourse_settlement.api import servicers
from flexbourse_settlement.config import Config
from flexbourse_settlement.service import CONTEXT, build

if __name__ == "__main__":
    sys.exit(main(CONTEXT, Config, build, servicers))
