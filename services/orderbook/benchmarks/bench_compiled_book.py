# ruff: noqa: E402 - the benchmark beside this one brings the paths of the references
"""Speed of the compiled book, where `make compiled` has made one of this source: rows beside those of the plain one.

    python services/orderbook/benchmarks/bench_compiled_book.py [--operations N]

Both books run in processes of their own, turn by turn. Without a compiled book there is nothing to measure, and no row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
COMPILED = ROOT / "build" / "compiled"
sys.path.insert(0, str(HERE))

from bench_book import (
    CORE_PART,
    EXPLAINED_BY,
    PRODUCTS,
    PUBLISHED_PART,
    REFERENCE,
    published_rows,
    rates,
    run_core,
    run_reference,
)
from measuring import best_in_turns, show, timed
from order_flow import operations

import flexbourse_orderbook.domain.book as book_module

TURNS = 5


def serve(count: int) -> None:
    """Run the core once for each line of input; says how long it took and what came of it, and which book it is."""
    flow = list(operations(count, PRODUCTS))
    for _ in sys.stdin:
        ((seconds, taken),) = best_in_turns(1, lambda: run_core(flow))
        found = {"trades": taken.trades, "refused": taken.refused, "events": taken.events}
        print(json.dumps({"seconds": seconds, "found": found, "file": book_module.__file__}), flush=True)


class Runner:
    """A process with one of the two books."""

    def __init__(self, count: int, *, compiled: bool) -> None:
        paths = [str(COMPILED)] if compiled else []
        paths += filter(None, [os.environ.get("PYTHONPATH", "")])
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", "--operations", str(count)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip

    def run(self) -> tuple[float, Any]:
        """Run the flow once; returns the seconds and what came of it, with the file of the book."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        return found["seconds"], (found["found"], found["file"])

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> None:
    """Print the rows, or run the core for them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--serve", action="store_true", help="run the core for each line of input")
    chosen = parser.parse_args()
    if chosen.serve:
        serve(chosen.operations)
        return
    check = subprocess.run([sys.executable, str(ROOT / "tools" / "compile_book.py"), "--check"], check=False)
    if check.returncode != 0:
        return
    count = chosen.operations // CORE_PART
    flow = list(operations(chosen.operations, PRODUCTS))
    plain, compiled = (Runner(count, compiled=each) for each in (False, True))
    (plain_s, (wanted, _)), (compiled_s, (found, file)), (reference_s, _) = best_in_turns(
        TURNS, plain.run, compiled.run, lambda: timed(lambda: run_reference(flow[:count]))
    )
    for runner in (plain, compiled):
        runner.stop()
    if found != wanted or COMPILED not in Path(file).parents:
        raise RuntimeError(f"the compiled book did {found}, the plain one {wanted}; it came from {file}")
    rate = count / compiled_s
    figures = rates(rate, count / reference_s)
    show("P1 book, compiled, every rule", "the compiled book with every rule in force, one command each, no grid",
         reference_s / compiled_s, "≥ 0.8", REFERENCE, figures, explained_by=EXPLAINED_BY)  # fmt: skip
    show("P1 book, compiled, gain", "the compiled book against the plain one, the same commands",
         plain_s / compiled_s, "≥ 1.8", "the plain book", rates(rate, count / plain_s))  # fmt: skip
    longer = flow[: chosen.operations // PUBLISHED_PART]
    runner = Runner(len(longer), compiled=True)
    published_rows(longer, runner.run, "P1 book, compiled")
    runner.stop()


if __name__ == "__main__":
    main()
