"""Lets the tests of this folder share `book_world`, and the independent checkers."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.append(str(HERE.parents[2] / "tests" / "checker"))
