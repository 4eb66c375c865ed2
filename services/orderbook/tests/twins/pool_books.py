"""A pool's call and its clearing, told to the book and to its slow twin."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from book_world import AREA, two_streets
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from naive_pools import UPSTREAM as ABOVE
from naive_pools import Member, NaivePool, Told
from pool_world import CONNECTED, ISLANDED, UPSTREAM, PoolWorld

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

UNITS = ("battery-a1", "battery-a2", "battery-b1", "battery-b1", "battery-b2", "battery-b3", "house-b3", "house-a1")
# What the exact grid may leave: rows are linear, and each asks for a little more than the last.
LEFT_W = 2_000

units = st.sampled_from(UNITS)
sizes = st.sampled_from([500, 1_000, 2_500, 8_000, 25_000])
prices = st.sampled_from([400, 800, 1_000, 1_000, 1_001, 2_000, 3_000, 4_000])
CONNECTIONS = st.sampled_from(
    [
        CONNECTED,
        CONNECTED,
        CONNECTED | {"import_limit_w": 2_000},
        CONNECTED | {"export_limit_w": 0},
        ISLANDED | {"forming_reserve_w": 1_000},
        ISLANDED | {"forming_reserve_w": 9_000},
        ISLANDED | {"forming_reserve_w": 50_000},
    ]
)


class PoolBooks(RuleBasedStateMachine):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    @initialize(terms=CONNECTIONS, wide=st.booleans(), careful=st.booleans())
    def begin(self, terms: dict[str, Any], wide: bool, careful: bool) -> None:
        self.wide, self.careful = wide, careful
        model = two_streets(1.0, 1.0) if wide else two_streets()
        self.world = PoolWorld(terms, either_side_missing=careful, model=model)
        self.naive = NaivePool(self.world.topology, self.world.terms)

    @rule(unit=units, buys=st.booleans(), quantity=sizes, price=prices)
    def enter(self, unit: str, buys: bool, quantity: int, price: int) -> None:
        side = pb.SIDE_BUY if buys else pb.SIDE_SELL
        (result,) = self.world.submit(self.world.order(side, unit, quantity, price))
        entered = self.naive.enter(unit, buys=buys, quantity=quantity, price=price)
        assert entered is not result.HasField("rejection"), result
        assert not entered or result.id == self.name(self.naive.members[-1])

    @rule(price=st.sampled_from([9_000, 20_000]), first=st.sampled_from(["a1", "a2"]), euro=st.integers(1, 80))
    def crowd(self, price: int, first: str, euro: int) -> None:
        """Let two behind the thin cable want more than it takes, one of them more dearly."""
        for home, limit in ((first, price), ("a2" if first == "a1" else "a1", price + euro * 100)):
            self.enter(f"battery-{home}", buys=True, quantity=25_000, price=limit)

    @precondition(lambda self: self.naive.waiting())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        member = data.draw(st.sampled_from(self.naive.waiting()))
        body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[self.name(member)]))
        self.world.command(body, self.world.party_of(member.unit))
        member.gone = "cancelled"

    @rule(from_snapshot=st.booleans())
    def restart(self, from_snapshot: bool) -> None:
        self.world.drive.restart(from_snapshot=from_snapshot)

    @staticmethod
    def name(member: Member) -> str:
        return f"{AREA}.{member.sequence}"

    def teardown(self) -> None:
        """Let the call end, and compare what came of it."""
        if not hasattr(self, "world"):
            return
        told, expected = self.world.clear(), self.naive.clear()
        fast = self.fast(told)
        traded = self.traded()
        if self.naive.grid_takes(self.expected_takes(expected), either_side=self.careful):
            assert fast._replace(forming=0) == expected._replace(forming=0), (fast, expected)
            assert abs(fast.forming - expected.forming) <= 2
        else:
            assert not self.wide
            self.check_cut(fast, traded)
        waited = {self.name(member): member.quantity for member in self.naive.waiting()}
        left = {event.order_id: event.open_w for event in self.world.events("closed") if event.order_id in waited}
        assert left == {name: quantity - traded.get(name, 0) for name, quantity in waited.items() if
                        quantity > traded.get(name, 0)}  # fmt: skip
        assert not self.world.drive.program._books[AREA].state.orders
        self.world.drive.recovered()

    def fast(self, told: pb.PoolCleared) -> Told:
        table = tuple(
            (ABOVE if seller == UPSTREAM else seller, ABOVE if buyer == UPSTREAM else buyer, quantity)
            for seller, buyer, quantity, price in self.world.table()
        )
        assert all(price == told.price_ticks for *_, price in self.world.table())
        price = told.price_ticks if told.HasField("price_ticks") else None
        return Told(told.agreed, price, told.imported_w, told.forming_w, table)

    def traded(self) -> dict[str, int]:
        got: dict[str, int] = {}
        for trade in self.world.trades():
            for side in (trade.seller, trade.buyer):
                got[side.order_id] = got.get(side.order_id, 0) + trade.quantity_w
        return got

    def expected_takes(self, expected: Told) -> list[tuple[Member, int]]:
        """Return what members move by the twin, added up by unit and side: that is all the grid sees."""
        found = []
        for at, buys in ((0, False), (1, True)):
            for unit in UNITS:
                quantity = sum(trade[2] for trade in expected.trades if trade[at] == unit)
                if quantity and all(own.unit != unit or own.buys != buys for own, _ in found):
                    found.append((Member(0, buys, quantity, 0, unit=unit), quantity))
        return found

    def check_cut(self, fast: Told, traded: dict[str, int]) -> None:
        """The grid takes what is left; of two purchases behind a cable the one that loses less is cut first."""
        taken = [(m, traded[self.name(m)]) for m in self.naive.waiting() if traded.get(self.name(m))]
        assert fast.agreed
        assert self.naive.grid_takes(taken, either_side=self.careful)
        price = fast.price or 0
        behind = [m for m in self.naive.waiting() if m.buys and m.unit in ("battery-a1", "battery-a2")]
        eager = sorted((m for m in behind if m.price > price), key=lambda m: -m.price)
        for better, worse in pairwise(eager):
            if (better.price - price) > 1.1 * (worse.price - price) and traded.get(self.name(worse)):
                assert traded.get(self.name(better)) == better.quantity, (fast, traded)
