"""Calls and their auctions: who takes part, what is traded and said, by the book and by enumeration."""

from __future__ import annotations

import os

import pytest
from auction_books import AuctionBooks
from hypothesis import HealthCheck, settings

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "300" if LONG else "12"))

TestAuctionBooks = pytest.mark.timeout(3_600)(AuctionBooks.TestCase)
TestAuctionBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30 if LONG else 20,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
