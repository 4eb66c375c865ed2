"""Network capacity by the book and by its slow twin: who gets it, who uses it, what goes back."""

from __future__ import annotations

import os

import pytest
from capacity_books import CapacityBooks
from hypothesis import HealthCheck, settings

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "200" if LONG else "5"))

TestCapacityBooks = pytest.mark.timeout(3_600)(CapacityBooks.TestCase)
TestCapacityBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40 if LONG else 20,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
