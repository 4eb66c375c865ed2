"""Lets the tests of this folder share the small village, and the independent checkers."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
for folder in (HERE, HERE.parent / "integration", HERE.parent / "checker"):
    sys.path.insert(0, str(folder))
