"""What holds for every test run: how properties draw their examples, and what is said at the end."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from flexbourse_testkit.reference_data import report_missing

# The ordinary run draws the same examples every time: it says whether a change broke something. New ones are the job of
# the long mode, whose failures are found by somebody who looks for them. No example is timed.
settings.register_profile("ordinary", derandomize=True, deadline=None)
settings.register_profile("long", derandomize=False, deadline=None)
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"  # noqa: TID251
settings.load_profile("long" if LONG else "ordinary")
if not LONG:
    # Hypothesis draws now and then a number that stands somewhere in our code that is loaded by then: the examples
    # would be others after any change, and after any test that ran before in the same process.
    of_no_module = providers.Constants()
    providers._get_local_constants = lambda: of_no_module


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the published data that was not there."""
    report_missing(terminalreporter)
