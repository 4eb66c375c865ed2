"""Published data sets and schemas that are not ours to ship: where the tests find them, and what they say if not."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

VARIABLE = "FLEXBOURSE_REFERENCE_DATA"
# Beside a checkout of this repository, where those who have the data keep it.
_BESIDE = ("shared", "data")
_SKIPPED = re.compile(r"data set (\S+) is not in ")


def reference_data(name: str) -> Path:
    """Return the folder of a data set, from the variable's folder or from the one beside the repository.

    Where it is not there, the test is skipped and the summary of the run names what was not run.
    """
    root = Path(__file__).resolve().parents[5]
    named = os.getenv(VARIABLE)
    folder = Path(named) if named else root.joinpath(*_BESIDE)
    found = folder / name
    if not found.is_dir():
        pytest.skip(f"data set {name} is not in {folder}; name its folder by {VARIABLE}")
    return found


def report_missing(reporter: pytest.TerminalReporter) -> None:
    """Say at the end of a test run which data sets were missing, and with them their tests.

    Taken from what the skipped tests say, which comes from every process of the run.
    """
    skips = [report.longrepr for report in reporter.stats.get("skipped", ())]
    texts = [str(skip[-1]) for skip in skips if isinstance(skip, tuple)]
    missing = Counter(found[1] for text in texts if (found := _SKIPPED.search(text)))
    if missing:
        reporter.section("NOT RUN: published data is missing", sep="!", red=True)
        for name, tests in sorted(missing.items()):
            reporter.write_line(f"{tests} tests without {name}: name the folder by {VARIABLE}")
