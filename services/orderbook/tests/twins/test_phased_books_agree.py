"""The book and its slow twin agree in every phase, halt, release, hit and recall, whatever comes; so does recovery."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from phased_books import PhasedBooks

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "300" if LONG else "8"))

TestPhasedBooks = pytest.mark.timeout(3_600)(PhasedBooks.TestCase)
TestPhasedBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=60 if LONG else 40,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
