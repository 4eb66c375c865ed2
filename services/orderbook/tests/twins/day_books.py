"""The call of a day and its auction, told to the book and to its slow twin: curves and blocks of two quarters."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

from book_world import AREA, FLAT, NOON, World, mtu_message, two_streets
from called_world import AFTER_MS, CALL_MS, CALLED, DAY, block, line
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from naive_clearing import NaiveClearing
from naive_curves import limits_of
from phased_world import at

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Curve, Orders, Segment, Side
from flexbourse_auction.rules import Margin, Pricing, Rules
from flexbourse_core.market_time import Mtu

STEP = 100
QUARTERS = (0, 1)
# What prices of an auction may be: the market's own, and what the grid may cost an order beside them.
LOWEST, HIGHEST = -550_000, 900_000
PRICING = {
    Pricing.PAY_AS_CLEAR: registry.AUCTION_PRICING_UNSPECIFIED,
    Pricing.PAY_AS_BID: registry.AUCTION_PRICING_PAY_AS_BID,
}
sizes = st.sampled_from([100, 300, 500, 1_000, 2_000])
prices = st.sampled_from([-100, 0, 900, 990, 1_000, 1_000, 1_001, 1_005, 1_100, 2_000])
# Of blocks no curve has these limits, so it is plain who is served in part.
BLOCK_PRICES = (887, 947, 997, 1_007, 1_057, 1_507)
quarters = st.sampled_from(QUARTERS)


class DayBooks(RuleBasedStateMachine):
    """Orders of a call for both; then its auction, and what both say of it.

    Quantities are told in steps of 100 W; on the wire they are `scale` times as large.
    """

    scale = 1
    most_blocks = 5
    blocks_as_bid = True

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Curve | Block] = {}
        self.rest: dict[str, int] = {}
        self.parties: dict[str, str] = {}
        self.sequence = 0

    @initialize(pricing=st.sampled_from([*Pricing, Pricing.PAY_AS_CLEAR]), margin=st.sampled_from(list(Margin)))
    def begin(self, pricing: Pricing, margin: Margin) -> None:
        by_time = registry.AUCTION_MARGIN_TIME if margin is Margin.TIME else registry.AUCTION_MARGIN_UNSPECIFIED
        terms = {"auction_pricing": PRICING[pricing], "auction_margin": by_time}
        terms |= {"quantity_step_w": self.step_w, "min_quantity_w": self.step_w}
        model = two_streets(thin_ka=1.0, thick_ka=1.0)
        self.world = World(model=model, market_changes=CALLED | DAY | terms, parameters=FLAT).ready()
        at(self.world, 1_000)
        self.rules = Rules(pricing, margin, LOWEST, HIGHEST, tick_micro_euro_per_mwh=10_000 * self.step_w)

    @property
    def step_w(self) -> int:
        """Return the quantity step of the market, W."""
        return STEP * self.scale

    # --- orders

    def enter(self, order: Curve | Block, unit: str, results: list[Any], count: int = 1) -> bool:
        """Note an order that was let in; tells whether it was, which is not so beyond a unit's own power alone."""
        codes = {result.rejection.code for result in results if result.HasField("rejection")}
        assert codes <= {"BASIS_EXCEEDED"}, results
        if not codes:
            self.orders[order.order_id] = order
            self.parties[order.order_id] = self.world.party_of(unit)
            self.sequence += count
        return not codes

    def next_name(self) -> str:
        return f"{self.sequence + 1:06d}"

    @rule(buys=st.booleans(), number=st.integers(1, 3), quantity=sizes, price=prices, quarter=quarters)
    def submit(self, buys: bool, number: int, quantity: int, price: int, quarter: int) -> None:
        """Let street a buy and street b sell."""
        unit, side = self.unit_of(buys, number), Side.BUY if buys else Side.SELL
        wire = self.world.order(WIRE[side], unit, quantity * self.scale, price, mtu=mtu_message(NOON + 900 * quarter))
        name = self.next_name()
        curve = Curve(
            name, side, Contract(quarter), (Segment(quantity // STEP, price),), self.node_of(unit), self.sequence
        )
        if self.enter(curve, unit, self.world.submit(wire)):
            self.rest[name] = quantity * self.scale

    @precondition(lambda self: self.rules.pricing is Pricing.PAY_AS_CLEAR or not self.blocks())
    @rule(
        buys=st.booleans(), number=st.integers(1, 3), quantity=sizes, price=prices,
        length=st.sampled_from([0, 3, 40, 700]),
    )  # fmt: skip
    def submit_line(self, buys: bool, number: int, quantity: int, price: int, length: int) -> None:
        """Let a straight line enter the first quarter."""
        unit, side = self.unit_of(buys, number), Side.BUY if buys else Side.SELL
        end = price + (-length if buys else length)
        piece = Segment(quantity // STEP, price, None if end == price else end)
        curve = Curve(self.next_name(), side, Contract(0), (piece,), self.node_of(unit), self.sequence)
        self.enter(curve, unit, [line(self.world, WIRE[side], unit, quantity * self.scale, price, end)])

    @precondition(lambda self: self.may_have_block())
    @rule(
        buys=st.booleans(), number=st.integers(1, 3), powers=st.lists(sizes, min_size=1, max_size=2),
        least_ppm=st.sampled_from([0, 200_000, WHOLE_PPM]), data=st.data(),
        tie=st.sampled_from(["", "", "parent", "group"]),
    )  # fmt: skip
    def submit_block(
        self, buys: bool, number: int, powers: list[int], least_ppm: int, data: st.DataObject, tie: str
    ) -> None:
        """Let a block enter both quarters or one; of those that may be taken in part there are two, of equal powers.

        Paid as bid there is one, of several one may find too little of its partners.
        """
        left = [price for price in BLOCK_PRICES if all(block.price_ticks != price for block in self.blocks())]
        in_part = [block for block in self.blocks() if block.minimum_ppm < WHOLE_PPM]
        whole = tie == "group" or len(in_part) > 1
        powers = powers if whole or least_ppm == WHOLE_PPM else [1_000] * len(powers)
        least_ppm = WHOLE_PPM if whole else least_ppm
        unit, side = self.unit_of(buys, number), Side.BUY if buys else Side.SELL
        party, group = self.world.party_of(unit), "g" if tie == "group" else ""
        own = [each.order_id for each in self.blocks() if self.parties[each.order_id] == party and each.minimum_ppm]
        parent = data.draw(st.sampled_from(own)) if own and tie == "parent" else ""
        price, wire = data.draw(st.sampled_from(left)), {q: w * self.scale for q, w in enumerate(powers)}
        needs = f"{AREA}.{int(parent)}" if parent else ""
        results = block(self.world, WIRE[side], unit, price, wire, least_ppm, needs, group)
        quantities = tuple((Contract(quarter), power // STEP) for quarter, power in enumerate(powers))
        named = f"{party} {group}" if group else ""
        order = Block(self.next_name(), side, price, quantities, least_ppm, self.node_of(unit), parent, named)
        self.enter(order, unit, results, len(powers))

    def may_have_block(self) -> bool:
        """Tell whether another block may enter. Paid as bid, lines stand beside none: their mean is not their limit."""
        if self.rules.pricing is Pricing.PAY_AS_CLEAR:
            return len(self.blocks()) < self.most_blocks
        return self.blocks_as_bid and len(self.orders) == len(self.rest)

    def unit_of(self, buys: bool, number: int) -> str:
        return f"battery-{'a' if buys else 'b'}{number}"

    def node_of(self, unit: str) -> str:
        """Return where a unit stands in the auction of the twin; without lines all stand at one place."""
        del unit
        return ""

    def blocks(self) -> list[Block]:
        return [order for order in self.orders.values() if isinstance(order, Block)]

    @rule(from_snapshot=st.booleans())
    def restart(self, from_snapshot: bool) -> None:
        self.world.drive.restart(from_snapshot=from_snapshot)

    # --- the auction

    def teardown(self) -> None:
        """Hold the auction and compare; then recover."""
        if hasattr(self, "world"):
            at(self.world, CALL_MS + 1_000)
            at(self.world, AFTER_MS)
            self.both_agree()
            self.world.drive.recovered()

    def both_agree(self) -> None:
        curves = tuple(order for order in self.orders.values() if isinstance(order, Curve))
        auction = NaiveClearing(Orders(curves, tuple(self.blocks())), self.rules)
        got = self.traded()
        best = auction.best()
        assert got in [naive.got for naive in best], (got, best)
        naive = next(naive for naive in best if naive.got == got)
        said = [self.said(quarter) for quarter in QUARTERS]
        stated = [each.price_ticks if each.HasField("price_ticks") else None for each in said]
        found = [stated[contract.mtu] for contract in naive.contracts]
        assert found in naive.published() or self.rules.pricing is Pricing.PAY_AS_BID, (found, naive.prices)
        welfare = auction.micro_euro(naive.welfare)
        for each in said:
            assert (each.agreed, each.welfare_micro_euro) == (True, welfare)
            assert (each.orders, each.blocks) == (len(curves), len(self.blocks()))
        assert sum(each.volume_w for each in said) == naive.volume * self.step_w
        assert {f"{number:06d}" for number in said[0].paradoxically_rejected} == auction.would_gain(naive, found)
        self.check_trades(said, got)
        self.check_rest(got)

    def said(self, quarter: int) -> pb.AuctionCleared:
        (event,) = [e for e in self.world.events("auction_cleared") if e.mtu.start_s == NOON + 900 * quarter]
        assert isinstance(event, pb.AuctionCleared)
        return event

    def traded(self) -> dict[tuple[str, Contract], int]:
        """Return steps by order and quarter that trades moved."""
        got: dict[tuple[str, Contract], int] = {}
        for trade in self.world.trades():
            quarter = (trade.mtu.start_s - NOON) // 900
            for side in (trade.seller, trade.buyer):
                key = self.name_of(side.order_id), Contract(quarter)
                got[key] = got.get(key, 0) + trade.quantity_w // self.step_w
        return got

    def name_of(self, order_id: str) -> str:
        """Return the order that a wire order is of: of a block its first one."""
        number = int(order_id.rpartition(".")[2])
        return max(name for name in self.orders if int(name) <= number)

    def check_trades(self, said: list[pb.AuctionCleared], got: dict[tuple[str, Contract], int]) -> None:
        """One price of a quarter for all; paid as bid the limit of the seller: of a line the mean of those that it
        trades at, rounded up."""
        for trade in self.world.trades():
            price = said[(trade.mtu.start_s - NOON) // 900]
            assert not trade.HasField("spread")
            if self.rules.pricing is Pricing.PAY_AS_CLEAR:
                assert trade.price_ticks == price.price_ticks
                continue
            seller = self.orders[self.name_of(trade.seller.order_id)]
            if not isinstance(seller, Block):
                own = limits_of(seller)[: got[seller.order_id, seller.contract]]
                assert trade.price_ticks == ceil(Fraction(sum(own), len(own)))

        for own_block in self.blocks() if self.rules.pricing is Pricing.PAY_AS_BID else ():
            self.check_block_as_bid(own_block)

    def check_block_as_bid(self, block: Block) -> None:
        """A sale gets one price of all, or what they pay at most: no tick more than its limit on the average asks; a
        purchase pays no more than its limit on the average."""
        own = [t for t in self.world.trades() if block.order_id in map(self.name_of, ids_of(t))]
        energy = sum(trade.quantity_w for trade in own)
        paid = sum(trade.quantity_w * trade.price_ticks for trade in own)
        if not own or block.side is Side.BUY:
            assert paid <= energy * block.price_ticks
            return
        level, most = max(trade.price_ticks for trade in own), {}
        for trade in own:
            buyer = self.orders[self.name_of(trade.buyer.order_id)]
            assert isinstance(buyer, Curve)
            most[trade.trade_id] = buyer.segments[0].price_ticks
            assert trade.price_ticks == min(level, most[trade.trade_id])
        assert paid >= energy * block.price_ticks
        less = sum(trade.quantity_w * min(level - 1, most[trade.trade_id]) for trade in own)
        assert less < energy * block.price_ticks

    def check_rest(self, got: dict[tuple[str, Contract], int]) -> None:
        """What was for the auction alone is over, taken in part or not; the others go on with what they have left."""
        known = self.world.drive.program._books[AREA].state
        open_w = {self.name_of(name): order.open_w for name, order in known.orders.items()}
        left = {
            name: quantity - self.step_w * sum(w for (of, _), w in got.items() if of == name)
            for name, quantity in self.rest.items()
        }
        assert open_w == {name: quantity for name, quantity in left.items() if quantity}
        assert not any(known.period(Mtu(NOON + 900 * q, 900)).book("energy", 1).waiting for q in QUARTERS)


def ids_of(trade: pb.TradeExecuted) -> tuple[str, str]:
    return trade.seller.order_id, trade.buyer.order_id


WIRE = {Side.BUY: pb.SIDE_BUY, Side.SELL: pb.SIDE_SELL}
