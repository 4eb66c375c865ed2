"""Lets the tests of this folder share the simulation, the street of the integration tests and the checkers."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "integration"))
sys.path.insert(0, str(HERE.parent / "checker"))
sys.path.append(str(HERE.parents[1] / "services" / "wholesale-gateway" / "tests"))  # the naive exchange
