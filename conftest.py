"""What every test run says at its end."""

from __future__ import annotations

import pytest

from flexbourse_testkit.reference_data import report_missing


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the published data that was not there."""
    report_missing(terminalreporter)
