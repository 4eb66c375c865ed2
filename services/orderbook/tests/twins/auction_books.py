"""A call and its auction, told to the book and to its slow twin."""

from __future__ import annotations

from typing import Any

from book_world import AREA, ENERGY, FLAT, NOON, PARTIES, World, two_streets
from called_world import CALL_MS, CALLED, FREEZE_MS, block
from drawn_wishes import RULES
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from naive_auctions import NaiveAuction, Result, Wish
from naive_calls import hash_of
from phased_world import OPENS_MS, OPERATOR, halt, phase, resume

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry

SELL, BUY = pb.SIDE_SELL, pb.SIDE_BUY
sizes = st.sampled_from([100, 300, 500, 1_000, 2_000])
# Of blocks that may be taken in part: no order has these limits, so it is plain who is served in part.
BLOCK_PRICES = (887, 947, 997, 1_007, 1_057, 1_507)
prices = st.sampled_from([-100, 0, 900, 990, 1_000, 1_000, 1_001, 1_005, 1_100, 2_000])


class AuctionBooks(RuleBasedStateMachine):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    def __init__(self) -> None:
        super().__init__()
        model = two_streets(thin_ka=1.0, thick_ka=1.0)
        self.world = World(starts=(NOON,), model=model, market_changes=CALLED, parameters=FLAT).ready()
        roles = [registry.ROLE_MARKET_OPERATOR]
        self.world.entity(
            "participant", OPERATOR, registry.Participant(participant_id=OPERATOR, name="o", roles=roles, active=True)
        )
        self.world.tick(0)
        self.naive = NaiveAuction(self.world.clock_ms)
        self.units: dict[int, str] = {}
        self.wished: list[tuple[Wish, str, str]] = []

    def names(self) -> list[tuple[Wish, str, str]]:
        """Return what was let in with its order id and its party."""
        return [entry for entry in self.wished if entry[0].waits]

    @precondition(lambda self: self.naive.phase != "CONTINUOUS")
    @rule(
        buys=st.booleans(), number=st.integers(1, 3), quantity=sizes, price=prices,
        fill=st.sampled_from(["normal"] * 6 + ["fak", "fok"]), as_block=st.sampled_from([False, False, False, True]),
    )  # fmt: skip
    def submit(self, buys: bool, number: int, quantity: int, price: int, fill: str, as_block: bool) -> None:
        """Let street a buy and street b sell."""
        unit, side = f"battery-{'a' if buys else 'b'}{number}", BUY if buys else SELL
        as_block = as_block and sum(wish.block for wish in self.naive.waiting()) < 4
        if as_block:
            results = block(self.world, side, unit, price, {0: quantity})
        else:
            order = self.world.order(side, unit, quantity, price, fill_rule=RULES[fill])
            results = self.world.submit(order)
        before = self.naive.sequence
        self.naive.submit(buys, quantity, price, "normal" if as_block else fill, block=as_block)
        entered = self.naive.sequence > before
        assert entered is not results[0].HasField("rejection"), results
        if entered:
            wish = self.naive.wishes[-1]
            self.wished.append((wish, f"{AREA}.{wish.sequence}", PARTIES[number - 1]))

    @precondition(lambda self: self.naive.phase in ("PRE_OPEN", "CALL"))
    @rule(
        buys=st.booleans(), number=st.integers(1, 3), quantity=sizes, least_ppm=st.sampled_from([0, 300_000, 600_000]),
        data=st.data(), tie=st.sampled_from(["", "", "parent", "group"]),
    )  # fmt: skip
    def submit_block(
        self, buys: bool, number: int, quantity: int, least_ppm: int, data: st.DataObject, tie: str
    ) -> None:  # fmt: skip
        """Let a block enter that may be taken in part, or needs another one, or excludes another one."""
        waiting = [wish for wish in self.naive.waiting() if wish.block]
        left = [price for price in BLOCK_PRICES if all(wish.price != price for wish in waiting)]
        if len(waiting) > 4 or not left:
            return
        unit, side, party = f"battery-{'a' if buys else 'b'}{number}", BUY if buys else SELL, PARTIES[number - 1]
        price, group = data.draw(st.sampled_from(left)), f"{party} g" if tie == "group" else ""
        least_ppm = 1_000_000 if group else least_ppm
        own = [(w, name) for w, name, of in self.names() if of == party and w.block and w.least_ppm]
        parent, name = data.draw(st.sampled_from(own)) if own and tie == "parent" else (None, "")
        results = block(self.world, side, unit, price, {0: quantity}, least_ppm, name, group[-1:])
        before = self.naive.sequence
        sequence = parent.sequence if parent is not None else 0
        self.naive.submit(
            buys, quantity, price, block=True, least_ppm=least_ppm, group=group, parent=sequence
        )  # fmt: skip
        assert (self.naive.sequence > before) is not results[0].HasField("rejection"), results
        self.wished.append((self.naive.wishes[-1], f"{AREA}.{self.naive.wishes[-1].sequence}", party))

    @precondition(lambda self: self.naive.phase != "CONTINUOUS")
    @rule(quantities=st.lists(sizes, min_size=2, max_size=6), price=prices, apart=st.sampled_from([0, 0, 10, 500]))
    def submit_many(self, quantities: list[int], price: int, apart: int) -> None:
        for index, quantity in enumerate(quantities):
            buys = index % 2 == 0
            limit = price + (apart if buys else -apart) * (index // 2)
            self.submit(buys, 1 + index % 3, quantity, limit, "normal", as_block=False)

    def command(self, party: str, **body: Any) -> None:
        self.world.command(pb.OrderCommand(area_id=AREA, **body), party)

    @precondition(lambda self: self.names())
    @rule(data=st.data(), by_operator=st.booleans())
    def cancel(self, data: st.DataObject, by_operator: bool) -> None:
        wish, name, party = data.draw(st.sampled_from(self.names()))
        if by_operator:
            self.command(OPERATOR, cancel_for=pb.CancelFor(order_ids=[name], reason="r"))
        else:
            self.command(party, cancel=pb.CancelOrders(order_ids=[name]))
        self.naive.cancel(wish, "cancel for" if by_operator else "cancel")

    @precondition(lambda self: self.names() and self.naive.phase != "CONTINUOUS")
    @rule(data=st.data(), quantity=sizes, price=prices, keeps=st.booleans())
    def replace(self, data: st.DataObject, quantity: int, price: int, keeps: bool) -> None:
        wish, name, party = data.draw(st.sampled_from(self.names()))
        known = self.world.drive.program._books[AREA].state.orders[name].terms
        limit = wish.price if keeps or wish.price in BLOCK_PRICES else price
        change = pb.ReplaceOrder(
            order_id=name, quantity_w=quantity, limit_price_ticks=limit, expected_revision=known.revision
        )
        self.command(party, replace=change)
        self.naive.change(wish, quantity, limit)

    @rule(seconds=st.sampled_from([1, 20, 200]))
    def time_passes(self, seconds: int) -> None:
        self.tick(seconds * 1_000)

    @rule(after=st.sampled_from([0, CALL_MS, CALL_MS + FREEZE_MS, CALL_MS + FREEZE_MS]))
    def the_time_comes(self, after: int) -> None:
        self.tick(max(0, OPENS_MS + after - self.world.clock_ms))

    def tick(self, ms: int) -> None:
        self.world.tick(ms)
        self.naive.time(self.world.clock_ms)

    @rule(for_ms=st.sampled_from([0, 5_000, 100_000]))
    def operator_halts(self, for_ms: int) -> None:
        until_ms = self.world.clock_ms + for_ms if for_ms else 0
        self.command(OPERATOR, halt_books=halt(ENERGY, until_ms=until_ms))
        self.naive.halt(until_ms)

    @precondition(lambda self: self.naive.phase == "HALTED")
    @rule()
    def operator_resumes(self) -> None:
        self.command(OPERATOR, resume_books=resume(ENERGY))
        self.naive.resume()

    @rule(from_snapshot=st.booleans())
    def restart(self, from_snapshot: bool) -> None:
        self.world.drive.restart(from_snapshot=from_snapshot)

    @invariant()
    def both_agree(self) -> None:
        orders = self.world.drive.program._books[AREA].state.orders.values()
        resting = sorted((o.sequence, o.open_w, o.filled_w, o.terms.limit_price_ticks) for o in orders)
        held = [e for e in self.world.events("auction_cleared") if (e.market_id, e.mtu.start_s) == (ENERGY, NOON)]
        assert len(held) <= 1
        result = None
        if held:
            (own,) = held
            assert own.agreed
            price = own.price_ticks if own.HasField("price_ticks") else None
            result = Result(price, own.volume_w, own.orders, own.blocks, {})
            assert {trade.price_ticks for trade in self.world.trades()} <= {price}, (own, self.naive.wishes)
        fast = [phase(self.world).name, resting, result]
        assert hash_of((fast,)) == hash_of((self.naive.told(),)), (fast, self.naive.told())

    def teardown(self) -> None:
        """Let the auction be held, whatever halted its book; then recover."""
        if self.naive.phase == "HALTED":
            self.operator_resumes()
        self.the_time_comes(CALL_MS + FREEZE_MS)
        self.tick(1_000)
        self.both_agree()
        self.world.drive.recovered()
