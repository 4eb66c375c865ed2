"""Pairs over two locations amid all else: the book and its slow twin agree in every step, and so does recovery."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from spread_books import SpreadBooks

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "200" if LONG else "5"))

TestSpreadBooks = pytest.mark.timeout(3_600)(SpreadBooks.TestCase)
TestSpreadBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40 if LONG else 25,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
