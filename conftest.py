"""What holds for every test run: how properties draw their examples, and what is said at the end."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from flexbourse_testkit.reference_data import report_missing

# The ordinary run draws the same examples every time: it says whether a change broke something. New ones are the job of
# the long mode, whose failures are found by somebody who looks for them. No example is timed.
settings.register_profile("ordinary", derandomize=True, deadline=None)
settings.register_profile("long", derandomize=False, deadline=None)
settings.load_profile("long" if os.environ.get("FLEXBOURSE_LONG") == "1" else "ordinary")  # noqa: TID251


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the published data that was not there."""
    report_missing(terminalreporter)
