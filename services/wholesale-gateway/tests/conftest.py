"""Lets the tests of this folder share their builders and rigs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
