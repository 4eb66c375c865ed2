"""Trades agreed upon amid all else that goes on in a book: its slow twin makes the same ones and refuses the same."""

from __future__ import annotations

import os

import pytest
from agreed_world import AgreedWorld
from book_world import ENERGY, FLEX, HOMES, NOON
from both_books import PRODUCTS, BothBooks
from drawn_wishes import products, units
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule
from naive_agreements import agree

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"


class AgreeingBooks(BothBooks):
    """Two parties agree now and then; what rests, is held and waits is in their way, or is not."""

    @rule(
        seller=units, buyer=units, product=products, quantity=st.sampled_from([150, 500, 1_000, 3_000]),
        price=st.sampled_from([-50_000, 1_000, 1_000, 400_001]),
    )  # fmt: skip
    def agree(self, seller: str, buyer: str, product: str, quantity: int, price: int) -> None:
        if product != "energy":
            seller, buyer = f"battery-{seller[-2:]}", f"mp-{buyer}"
        parties = AgreedWorld(drive=self.world.drive, orders=self.world.orders)
        trade = parties.agreed(seller, buyer, quantity, price, starts=(NOON,), product=PRODUCTS[product])
        result = parties.agree(trade, market_id=ENERGY if product == "energy" else FLEX)
        self.world.orders = parties.orders
        refusal = agree(self.naive, seller, buyer, product, quantity, price)
        assert bool(refusal) == result.HasField("rejection"), (refusal, result)
        if refusal and refusal != "QUANTITY OR PRICE":
            assert result.rejection.code == refusal

    @rule(
        homes=st.permutations(HOMES), quantity=st.sampled_from([1_000, 8_000, 15_000, 25_000]),
        product=st.sampled_from(["energy", "up", "down"]),
    )  # fmt: skip
    def agree_on_much(self, homes: list[str], quantity: int, product: str) -> None:
        """Let batteries agree, neighbours too: large trades of which the grid takes the whole, a side, or neither."""
        self.agree(f"battery-{homes[0]}", f"battery-{homes[1]}", product, quantity, 1_000)


TestAgreeingBooks = pytest.mark.timeout(3_600)(AgreeingBooks.TestCase)
TestAgreeingBooks.settings = settings(
    max_examples=200 if LONG else 4,
    stateful_step_count=60 if LONG else 25,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
