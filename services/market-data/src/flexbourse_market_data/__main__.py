"""The market data as a process of its own, on Kafka."""

from __future__ import annotations

import sys

from flexbourse_market_data.process import main

if __name__ == "__main__":
    sys.exit(main())
