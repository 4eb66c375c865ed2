"""A process that takes an embedded platform through the day of the street and can be killed anywhere.

`python street_worker.py DATA` goes on from where the data folder stands, prints each step that is done, and stays until
its standard input ends: whoever means to kill it finds it alive, however late he comes.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "checker"))

from street_day import StreetDay, options

from flexbourse_cli.starting import start


def main(data_dir: Path) -> None:
    """Run to the end of the script."""
    platform = start(options(data_dir))
    day = StreetDay(platform)
    for number in range(platform.last_step() + 1, len(day.steps) + 1):
        day.take(number, day.steps[number - 1])
        print(number, flush=True)
    sys.stdin.read()
    day.close()
    platform.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
