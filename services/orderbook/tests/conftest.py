"""Lets the tests of this folder share `book_world`, the independent checkers, and the slow twin of the auctions."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.append(str(HERE.parents[2] / "tests" / "checker"))
sys.path.append(str(HERE.parents[2] / "libs" / "auction" / "tests"))
