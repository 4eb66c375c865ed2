"""Pools by the book and by their slow twin: one price, what comes from above, an island and its unit."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from pool_books import PoolBooks

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "300" if LONG else "8"))

TestPoolBooks = pytest.mark.timeout(3_600)(PoolBooks.TestCase)
TestPoolBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=20 if LONG else 14,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
