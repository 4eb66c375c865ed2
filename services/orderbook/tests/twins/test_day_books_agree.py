"""Auctions of a day, paid as clear and as bid: lines, blocks over quarters, by the book and by enumeration."""

from __future__ import annotations

import os

import pytest
from day_books import DayBooks
from hypothesis import HealthCheck, settings

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "400" if LONG else "8"))

TestDayBooks = pytest.mark.timeout(3_600)(DayBooks.TestCase)
TestDayBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=25 if LONG else 10,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
