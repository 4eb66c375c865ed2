"""The mFRR gateway as a process of its own, on Kafka."""

from __future__ import annotations

import sys

from flexbourse_ancillary_gateway.api import servicers
from flexbourse_ancillary_gateway.config import Config
from flexbourse_ancillary_gateway.service import CONTEXT, build
from flexbourse_runtime.serve import main

if __name__ == "__main__":
    sys.exit(main(CONTEXT, Config, build, servicers))
