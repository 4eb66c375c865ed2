"""The book and its slow twin agree in every order, trade, skip and closing, whatever comes; so does recovery."""

from __future__ import annotations

import os

import pytest
from both_books import BothBooks
from hypothesis import HealthCheck, settings

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
# A hunt asks for thousands.
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "300" if LONG else "25"))

TestBothBooks = pytest.mark.timeout(3_600)(BothBooks.TestCase)
TestBothBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=60 if LONG else 40,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
