"""Lets the tests below share `worlds` and `twins`, the independent checkers, and the slow twin of the auctions."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(folder) for folder in sorted(HERE.iterdir()) if any(folder.glob("*.py")))]
sys.path.append(str(HERE.parents[2] / "tests" / "checker"))
sys.path.append(str(HERE.parents[2] / "libs" / "auction" / "tests"))
