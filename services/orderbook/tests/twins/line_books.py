"""Auctions of a day over several lines that may be full, told to the book and to the library's slow twin.

The lines are limits of the operator's schedule: of what two homes of street b inject, each and together, and of what a
home of street a draws. They are sums of W, so the rows that the exact grid answers with are known to the step: the twin
has those that it objected to, in their order, and the result has to keep all others too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from book_world import AREA, DSO, NOON, mtu_message
from called_world import QUARTER_S
from day_books import QUARTERS, DayBooks
from hypothesis import strategies as st
from hypothesis.stateful import initialize
from naive_networks import NaiveNetwork, NodalPrices

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_auction.orders import Contract, Curve, Orders, Row
from flexbourse_auction.rules import Margin, Pricing

# What a limit lies above whole steps: a row made from it lies a little inside, more from round to round.
INSIDE_W = 900
# A home draws 3 kW beside its orders; a bound is not below nothing.
LEAST_STEPS = 3


@dataclass(frozen=True)
class Line:
    """A limit of the schedule: what it bounds, as the grid names it, and which way."""

    subject: str
    scope: int
    homes: tuple[str, ...]
    sign: int


OUT_B1 = Line("mp-battery-b1", pb.CAPACITY_SCOPE_CONNECTION, ("b1",), 1)
OUT_B2 = Line("mp-battery-b2", pb.CAPACITY_SCOPE_CONNECTION, ("b2",), 1)
OF_B = Line("street-b", pb.CAPACITY_SCOPE_FEEDER, ("b1", "b2", "b3"), 1)
IN_A = Line("mp-battery-a1", pb.CAPACITY_SCOPE_CONNECTION, ("a1",), -1)
LINES = (OUT_B1, OUT_B2, OF_B, IN_A)
Limits = Mapping[tuple[Line, int], int]


class LineBooks(DayBooks):
    """Home a1 buys, homes b1 and b2 sell; steps are of a kW."""

    scale = 10
    most_blocks = 3
    blocks_as_bid = False

    @initialize(
        pricing=st.sampled_from([*Pricing, *[Pricing.PAY_AS_CLEAR] * 2]),
        margin=st.sampled_from(list(Margin)),
        limits=st.dictionaries(
            st.tuples(st.sampled_from(LINES), st.sampled_from(QUARTERS)), st.integers(LEAST_STEPS, 25), min_size=3
        ),
    )
    def begin(self, pricing: Pricing, margin: Margin, limits: Limits) -> None:
        super().begin(pricing, margin)
        self.limits = limits
        wires = [self.wire_of(line, quarter, steps) for (line, quarter), steps in limits.items()]
        body = pb.SetCapacityLimits(limits=wires)
        results = self.world.command(pb.OrderCommand(area_id=AREA, set_capacity_limits=body), DSO)
        assert not any(result.HasField("rejection") for result in results), results

    def wire_of(self, line: Line, quarter: int, steps: int) -> pb.CapacityLimit:
        """Return a limit of so many steps beside what the homes move anyway."""
        nodes = self.world.topology.node_index
        base = sum(self.world.base_w()[nodes[home]] for home in line.homes)
        bound = line.sign * base + steps * self.step_w + INSIDE_W
        field = "max_injection_w" if line.sign > 0 else "max_consumption_w"
        mtu = mtu_message(NOON + quarter * QUARTER_S)
        return pb.CapacityLimit(mtu=mtu, scope=line.scope, subject_id=line.subject, **{field: bound})

    def unit_of(self, buys: bool, number: int) -> str:
        return "battery-a1" if buys else f"battery-b{1 + number % 2}"

    def node_of(self, unit: str) -> str:
        return unit.removeprefix("battery-")

    # --- the auction

    def both_agree(self) -> None:
        said = [self.said(quarter) for quarter in QUARTERS]
        assert all(each.agreed for each in said), said
        curves = tuple(order for order in self.orders.values() if isinstance(order, Curve))
        rows = tuple(self.row_of(cut, quarter) for quarter in QUARTERS for cut in said[quarter].cuts)
        assert len({row.row_id for row in rows}) == len(rows), said
        auction = NaiveNetwork(Orders(curves, tuple(self.blocks())), self.rules, rows, lot_w=1)
        best = auction.best_at_nodes()
        got = self.traded()
        own = [(naive, prices) for naive, prices in best if naive.got == got]
        assert own, (got, [naive.got for naive, _ in best])
        naive = own[0][0]
        assert {each.welfare_micro_euro for each in said} == {auction.micro_euro(naive.welfare)}
        assert sum(each.volume_w for each in said) == naive.volume * self.step_w
        self.check_limits(got)
        if self.rules.pricing is Pricing.PAY_AS_BID:
            self.check_trades(said, got)
        else:
            assert any(self.are_prices(said, prices) for _, prices in own), (said, own)
        self.check_rest(got)

    def row_of(self, cut: pb.AuctionCut, quarter: int) -> Row:
        """Return the row that a cut has to be, by the limit that it is of."""
        name = cut.cut_id.partition("@")[0]
        line = next(line for line in LINES if name == f"{line.subject}{'+-'[line.sign < 0]}")
        steps = self.limits[line, quarter]
        assert cut.limit_w == steps * self.step_w, (cut, steps)
        weights = tuple((Contract(quarter), home, float(line.sign)) for home in line.homes)
        return Row(f"{name}@{quarter}", weights, float(steps))

    def check_limits(self, got: Mapping[tuple[str, Contract], int]) -> None:
        """No limit is passed, whether the grid had to object to it or not."""
        for (line, quarter), steps in self.limits.items():
            used = sum(
                w
                for (name, contract), w in got.items()
                if contract.mtu == quarter and self.orders[name].node in line.homes
            )
            assert used <= steps, (line, quarter, got)

    def are_prices(self, said: list[pb.AuctionCleared], prices: NodalPrices | None) -> bool:
        """Tell whether each trade is at the prices of the twin at both its nodes, the difference being the rent."""
        assert prices is not None
        if not prices.exact:
            return True
        off = Fraction(0) if prices.whole else Fraction(1)
        rent = 0
        for trade in self.world.trades():
            quarter = (trade.mtu.start_s - NOON) // QUARTER_S
            spread = trade.spread.spread_ticks if trade.HasField("spread") else 0
            assert said[quarter].HasField("price_ticks") is (not said[quarter].nodes)
            for side, ticks in ((trade.seller, trade.price_ticks), (trade.buyer, trade.price_ticks - spread)):
                place = Contract(quarter), self.node_of(side.unit_id)
                if abs(ticks - prices.at[place]) > off:
                    return False
            rent -= spread * trade.quantity_w // self.step_w
        full = (
            prices.shadows[f"{cut.cut_id.partition('@')[0]}@{quarter}"] * Fraction(cut.limit_w, self.step_w)
            for quarter in QUARTERS
            for cut in said[quarter].cuts
        )
        return off > 0 or rent == sum(full)
