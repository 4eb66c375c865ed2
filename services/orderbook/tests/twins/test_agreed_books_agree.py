"""Agreements by the book and by their slow twin: who must agree, what is checked, who bears the tariff."""

from __future__ import annotations

import os

import pytest
from agreed_books import AgreedBooks
from hypothesis import HealthCheck, settings

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "300" if LONG else "8"))

TestAgreedBooks = pytest.mark.timeout(3_600)(AgreedBooks.TestCase)
TestAgreedBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30 if LONG else 18,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
