"""The traffic light as a process of its own, on Kafka."""

from __future__ import annotations

import sys

from flexbourse_runtime.serve import main
from flexbourse_traffic_light.api import servicers
from flexbourse_traffic_light.config import Config
from flexbourse_traffic_light.service import CONTEXT, build

if __name__ == "__main__":
    sys.exit(main(CONTEXT, Config, build, servicers))
