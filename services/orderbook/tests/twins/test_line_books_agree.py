"""Auctions of a day over several lines that may be full: trades, prices by node and rents, by the book and its twin."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from line_books import LineBooks

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "400" if LONG else "10"))

TestLineBooks = pytest.mark.timeout(3_600)(LineBooks.TestCase)
TestLineBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=15 if LONG else 10,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
