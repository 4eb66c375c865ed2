"""Activation as a process of its own, on Kafka."""

from __future__ import annotations

import sys

from flexbourse_activation.api import servicers
from flexbourse_activation.config import Config
from flexbourse_activation.service import CONTEXT, build
from flexbourse_runtime.serve import main

if __name__ == "__main__":
    sys.exit(main(CONTEXT, Config, build, servicers))
