"""Start of the embedded platform to the first trade, seen from outside: a fresh data folder, and one that knows all.

The platform is `flexbourse up` in a process of its own. The reference is a fresh interpreter that imports pandapower,
makes the same grid and solves it once. `ratio` is the reference's time over ours. Before the second start the lights of
the first have lapsed, as after a night: they have to be renewed before anything trades.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import show
from small_market import Market, served

PASSES = 3
LIGHTS_LAPSE_S = 50  # a light is valid for 45 s
REFERENCE = "a fresh interpreter that imports pandapower, makes the grid and solves it once"
SCRIPT = """
import pandapower, pandapower.networks
net = pandapower.networks.create_kerber_dorfnetz()
pandapower.runpp(net, numba=False)
"""


def reference_s() -> float:
    """Return the seconds of the reference."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def start_s(data_dir: Path, *, fresh: bool) -> tuple[float, float]:
    """Return the seconds from the start of the process until it serves, and until the first trade."""
    begun = time.monotonic()
    with served(data_dir):
        serving = time.monotonic()
        market = Market(data_dir)
        if fresh:
            market.found()
        market.first_trade()
        traded = time.monotonic()
        market.close()
    return serving - begun, traded - begun


def main() -> None:
    """Print both rows."""
    with tempfile.TemporaryDirectory() as folder:
        folders = [Path(folder) / str(number) for number in range(PASSES)]
        fresh = [start_s(data_dir, fresh=True) for data_dir in folders]
        lapsed = time.monotonic() + LIGHTS_LAPSE_S
        reference = [reference_s() for _ in range(PASSES)]
        time.sleep(max(0.0, lapsed - time.monotonic()))
        known = [start_s(data_dir, fresh=False) for data_dir in folders]
    yardstick = statistics.median(reference)
    rows = (
        ("start, fresh", "start to first trade, embedded, fresh folder, network imported", "≤ 8 s", fresh),
        ("start, known", "start to first trade, embedded, topology in the data folder", "≤ 3 s", known),
    )
    for name, what, aim, passes in rows:
        serving, traded = (statistics.median(values) for values in zip(*passes, strict=True))
        figures = {"s": round(traded, 2), "s until it serves": round(serving, 2), "reference s": round(yardstick, 2)}
        show(name, what, yardstick / traded, aim, REFERENCE, figures)


if __name__ == "__main__":
    main()
