"""Limits of one party, its collateral and its safeguards: the book and its slow twin agree in every step."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from limited_books import LimitedBooks

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "200" if LONG else "5"))

TestLimitedBooks = pytest.mark.timeout(3_600)(LimitedBooks.TestCase)
TestLimitedBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=50 if LONG else 30,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
