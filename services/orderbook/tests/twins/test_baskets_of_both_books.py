"""Linked baskets amid all else that goes on: the book and its slow twin agree in every step, and so does recovery."""

from __future__ import annotations

import os

import pytest
from basket_books import BasketBooks, BasketsOfADay
from hypothesis import HealthCheck, settings

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "200" if LONG else "4"))

TestBasketBooks = pytest.mark.timeout(3_600)(BasketBooks.TestCase)
TestBasketsOfADay = pytest.mark.timeout(3_600)(BasketsOfADay.TestCase)
TestBasketBooks.settings = TestBasketsOfADay.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40 if LONG else 20,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
