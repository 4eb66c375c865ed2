"""Both books, the fast one and its slow twin, driven by the same commands and compared after each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from book_world import (
    AREA,
    BRP,
    DSO,
    ENERGY,
    FLEX,
    HOMES,
    NOON,
    World,
    mtu_message,
    two_streets,
)
from changing_world import ChangingWorld
from drawn_wishes import (
    PLAIN,
    RULES,
    Instructions,
    Wish,
    fills,
    groups,
    instructions,
    prices,
    products,
    quantities,
    units,
)
from external_world import tell
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from naive_book import NaiveBook
from naive_calls import hash_of
from naive_orders import Entry, Hold

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse_orderbook.domain import book

PRODUCTS = {"energy": pb.PRODUCT_LOCAL_ENERGY, "up": pb.PRODUCT_FLEX_UP, "down": pb.PRODUCT_FLEX_DOWN}
STATES = {
    pb.ORDER_STATUS_CANCELLED: "cancelled", pb.ORDER_STATUS_EXPIRED: "expired", pb.ORDER_STATUS_KILLED: "killed",
}  # fmt: skip


class BothBooks(ChangingWorld):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    twin = NaiveBook

    def __init__(self) -> None:
        super().__init__()
        # The slow twin tries all that wait; no bound of one command stands against that here.
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(book, "MAX_ATTEMPTS_AT_ONCE", 10_000)
        self.world = World(starts=(NOON,), model=two_streets(thin_ka=0.03)).ready()
        self.version = 1
        ticks = self.world.publish_tariff(NOON, 1)
        self.world.tick()
        self.naive = self.twin(self.world.topology, ticks)
        self.naive.now_ms = self.world.clock_ms

    # --- orders

    @rule(
        subject=units, product=products, buys=st.booleans(), quantity=quantities, price=prices, fill=fills,
        conditional=st.booleans(), instructions=instructions, group=groups,
    )  # fmt: skip
    def submit(
        self, subject: str, product: str, buys: bool, quantity: int, price: int, fill: str, conditional: bool = False,
        instructions: Instructions = PLAIN, group: str = "", spread_offer: bool = False,
    ) -> None:  # fmt: skip
        """Submit; flexibility is offered by batteries and requested by a balance responsible party."""
        changes: dict[str, Any] = {
            "fill_rule": RULES[fill], "product": PRODUCTS[product], "conditional": conditional,
            "exclusive_group": group, "spread_offer": spread_offer,
        }  # fmt: skip
        party = self.world.party_of(subject)
        if product != "energy" and buys:
            subject, party = f"mp-{subject}", BRP
            changes |= {"unit_id": "", "metering_point_id": subject}
        elif product != "energy":
            subject = f"battery-{subject[-2:]}"
        side, own = (pb.SIDE_BUY if buys else pb.SIDE_SELL), instructions._asdict()
        lasts_ms = own.pop("lasts_ms")
        own["until_ms"] = self.world.clock_ms + lasts_ms if lasts_ms else 0
        own["spread_offer"] = spread_offer
        if instructions != PLAIN:
            changes["instructions"] = pb.ExecutionInstructions(
                min_quantity_w=instructions.least, clip_w=instructions.clip, clip_step_ticks=instructions.clip_step,
                valid_until_ms=own["until_ms"], session_id=instructions.session,
            )  # fmt: skip
        self.world.submit(self.world.order(side, subject, quantity, price, **changes), party=party)
        self.naive.submit(subject, product, buys, quantity, price, fill, conditional, group, **own)

    def sell(self, subject: str, quantity: int, price: int, product: str = "energy", fill: str = "normal") -> None:
        self.submit(subject, product, buys=False, quantity=quantity, price=price, fill=fill)

    def buy(self, subject: str, quantity: int, price: int, product: str = "energy", fill: str = "normal") -> None:
        self.submit(subject, product, buys=True, quantity=quantity, price=price, fill=fill)

    @rule(
        homes=st.permutations(HOMES), product=products, quantity=quantities, fill=fills, depth=st.integers(1, 4),
        price=st.sampled_from([1_000, 1_100, 2_000, 30_000, 30_000]),
    )  # fmt: skip
    def sell_and_buy(self, homes: list[str], product: str, quantity: int, fill: str, depth: int, price: int) -> None:
        for home in homes[1 : 1 + depth]:
            self.sell(f"battery-{home}", quantity, 1_000, product=product)
        self.buy(f"battery-{homes[0]}", 2 * quantity, price, product=product, fill=fill)

    @rule(subject=units, buys=st.booleans(), price=prices, beyond=st.sampled_from([0, 100]), fill=fills)
    def submit_at_the_edge(self, subject: str, buys: bool, price: int, beyond: int, fill: str) -> None:
        """Ask for just what the position has room for, or a little more."""
        step = self.naive.markets[ENERGY].quantity_step_w
        room = self.naive.room(Entry(0, "", subject, "energy", buys, price, 0, fill))
        self.submit(subject, "energy", buys, max(0, room) // step * step + beyond, price, fill)

    @rule(homes=st.permutations(HOMES), product=products, quantity=quantities, price=prices, fill=fills)
    def buy_and_sell(self, homes: list[str], product: str, quantity: int, price: int, fill: str) -> None:
        self.buy(f"battery-{homes[0]}", quantity, price, product=product)
        self.sell(f"battery-{homes[1]}", quantity, price - 50, product=product, fill=fill)

    @rule(product=products, homes=st.permutations(HOMES), price=st.sampled_from([1_000, 2_000]))
    def crowd_under_an_unknown_light(self, product: str, homes: list[str], price: int) -> None:
        """More pairs come to cross than one time record tries."""
        for zone in ("street-a", "street-b"):
            self.light_changes(zone, "unknown")
        for turn in range(3):
            for home in homes[:3]:
                self.sell(f"battery-{home}", 100, price - turn, product=product)
            for home in homes[3:]:
                self.buy(f"battery-{home}", 100, price + 500 + turn, product=product)
        self.light_changes(f"street-{homes[0][0]}", "green")

    @rule(
        homes=st.permutations(HOMES), product=products, rests=st.booleans(), buys=st.booleans(), part=quantities,
        parts=st.integers(1, 4), restriction=st.sampled_from(["aon", "least", "clip", "stepped"]), fill=fills,
        price=st.sampled_from([1_000, 1_100, 30_000]),
    )  # fmt: skip
    def restrict(
        self, homes: list[str], product: str, rests: bool, buys: bool, part: int, parts: int, restriction: str,
        fill: str, price: int,
    ) -> None:  # fmt: skip
        """Let a restricted order come before, or behind, smaller ones that cross it."""
        own = {
            "aon": PLAIN, "least": Instructions(2 * part), "clip": Instructions(0, part),
            "stepped": Instructions(0, part, 10),
        }[restriction]  # fmt: skip

        def submit_large() -> None:
            rule = "aon" if restriction == "aon" else "normal"
            limit = price if buys else 950
            self.submit(f"battery-{homes[0]}", product, buys, 3 * part, limit, rule, instructions=own)

        if rests:
            submit_large()
        for index in range(parts):
            limit = price - index if not buys else 960 + index
            limit = 960 if buys else max(limit, 1_000)
            self.submit(f"battery-{homes[1 + index]}", product, not buys, part * (1 + index % 2), limit, fill)
        if not rests:
            submit_large()

    @rule(
        street=st.sampled_from("ab"), product=products, buys=st.booleans(),
        parts=st.lists(quantities, min_size=2, max_size=4), sleeps=st.booleans(), fill=fills,
        of_all=st.sampled_from([1, 2, 3]), price=st.sampled_from([1_000, 1_100, 30_000]),
        kinds=st.lists(st.sampled_from(["normal", "normal", "aon"]), min_size=4, max_size=4),
    )  # fmt: skip
    def exclude(
        self, street: str, product: str, buys: bool, parts: list[int], sleeps: bool, fill: str, of_all: int, price: int,
        kinds: list[str],
    ) -> None:  # fmt: skip
        """Let members of a group rest, in this book and another, and an order of another party meet them."""
        other = "up" if product == "energy" else "energy"
        home, group = f"{street}1", f"x{self.world.orders}"
        for number, quantity in enumerate(parts):
            # The same party's second battery takes its turn.
            place = home if number % 2 else f"{'b' if street == 'a' else 'a'}1"
            limit = price if buys else 950 + number
            self.submit(f"battery-{place}", product, buys, quantity, limit, kinds[number], group=group)
        self.submit(f"battery-{home}", other, buys=False, quantity=parts[0], price=300_000, fill="normal", group=group)
        if sleeps and self.naive.open_entries():
            entry = self.naive.open_entries()[-1]
            body = pb.OrderCommand(area_id=AREA, hibernate=pb.HibernateOrders(order_ids=[entry.order_id]))
            self.world.command(body, self.party_of(entry.subject))
            self.naive.sleep(len(self.naive.open_entries()) - 1)
        quantity = sum(parts) * of_all // 3 // 100 * 100
        self.submit(f"battery-{street}2", product, not buys, quantity, 960 if buys else price, fill)
        if sleeps and self.naive.asleep:
            self.wakes(len(self.naive.asleep) - 1)

    @rule()
    def all_cancel(self) -> None:
        for entry in self.naive.open_entries():
            body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[entry.order_id]))
            self.world.command(body, self.party_of(entry.subject))
            self.naive.cancel(0)

    @rule(
        product=products, quantity=st.sampled_from([500, 1_000, 2_500]), fill=fills, buys=st.booleans(),
        paid=st.integers(0, 4), more=st.sampled_from([-1, 0, 1, 500]),
    )  # fmt: skip
    def relieve_within_a_budget(self, product: str, quantity: int, fill: str, buys: bool, paid: int, more: int) -> None:
        """Let one order meet several that relieve the grid, under a budget that ends at one of their payments."""
        homes = sorted(HOMES, key=lambda home: self.naive.ticks[self.world.topology.node_index[home]])
        if product == "down":
            homes.reverse()
        many, one = (homes[:3], homes[-1]) if buys else (homes[3:], homes[0])
        story = [Wish(f"battery-{home}", product, not buys, quantity, 1_000, "normal") for home in many]
        limit = 30_000 if buys else -50_000
        story.append(Wish(f"battery-{one}", product, buys, 3 * quantity, limit, fill))
        market_id = ENERGY if product == "energy" else FLEX
        before = self.naive.spent(market_id)
        payments = self.payments(market_id, story)
        self.publish(market_id, dnut_budget_micro_euro=max(0, before + sum(payments[:paid]) + more))
        for entry in story:
            self.submit(*entry)

    def payments(self, market_id: str, story: list[Wish]) -> list[int]:
        """Return what a story would be paid for negative DNUT, one amount per trade, if there were no budget."""
        free = self.naive.imagined()
        free.markets[market_id].dnut_budget_micro_euro = None
        for wish in story:
            request = wish.buys and wish.product != "energy"
            free.submit(*wish._replace(subject=f"mp-{wish.subject}" if request else wish.subject))
        return [-deal.dnut for deal in free.deals[len(self.naive.deals) :] if deal.dnut < 0]

    @rule(
        homes=st.permutations(HOMES), product=st.sampled_from(["up", "down"]), price=st.sampled_from([1_500, 30_000]),
        quantity=st.sampled_from([500, 1_000, 3_000, 8_000]), by=st.sampled_from(["offer", "request"]),
        depth=st.integers(1, 4), ends=st.lists(st.booleans(), max_size=2), retries=st.sampled_from([None, None, True]),
    )  # fmt: skip
    def hold(
        self, homes: list[str], product: str, price: int, quantity: int, by: str, depth: int, ends: list[bool],
        retries: bool | None,
    ) -> None:  # fmt: skip
        """Let one offer be held by several, and some of them end it."""
        if retries:
            self.publish(FLEX, retries_after_match=retries)
        offer = Wish(f"battery-{homes[0]}", product, buys=False, quantity=depth * quantity, price=950, fill="normal")
        self.submit(*offer, conditional=by == "offer")
        for home in homes[1 : 1 + depth]:
            request = Wish(f"battery-{home}", product, buys=True, quantity=quantity, price=price, fill="normal")
            self.submit(*request, conditional=by == "request")
        for made in ends:
            if self.naive.kept:
                self.end(len(self.naive.kept) - 1, made=made)

    @precondition(lambda self: self.naive.kept)
    @rule(data=st.data(), made=st.booleans())
    def end_call(self, data: st.DataObject, made: bool) -> None:
        self.end(data.draw(st.integers(0, len(self.naive.kept) - 1)), made=made)

    def end(self, index: int, *, made: bool) -> None:
        wish = pb.EndCall(call_ids=[f"{AREA}.{NOON}.h.{self.naive.kept[index].number}"], made=made)
        self.world.command(pb.OrderCommand(area_id=AREA, end_call=wish), BRP)
        self.naive.calls.end(index, made=made)

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        entries = self.naive.open_entries()
        index = data.draw(st.integers(0, len(entries) - 1))
        body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[entries[index].order_id]))
        self.world.command(body, self.party_of(entries[index].subject))
        self.naive.cancel(index)

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data(), wakes=st.booleans())
    def sleep(self, data: st.DataObject, wakes: bool) -> None:
        entries = self.naive.open_entries()
        index = data.draw(st.integers(0, len(entries) - 1))
        entry = entries[index]
        body = pb.OrderCommand(area_id=AREA, hibernate=pb.HibernateOrders(order_ids=[entry.order_id]))
        self.world.command(body, self.party_of(entry.subject))
        self.naive.sleep(index)
        if wakes:
            self.wakes(len(self.naive.asleep) - 1)

    @precondition(lambda self: self.naive.asleep)
    @rule(data=st.data())
    def wake(self, data: st.DataObject) -> None:
        self.wakes(data.draw(st.integers(0, len(self.naive.asleep) - 1)))

    def wakes(self, index: int) -> None:
        entry = self.naive.asleep[index]
        body = pb.OrderCommand(area_id=AREA, reactivate=pb.ReactivateOrders(order_ids=[entry.order_id]))
        self.world.command(body, self.party_of(entry.subject))
        self.naive.wake(index)

    @precondition(lambda self: self.naive.open_entries())
    @rule(
        data=st.data(),
        quantity=quantities,
        price=prices,
        keeps_price=st.booleans(),
        more_open=st.sampled_from([0, 0, 100]),
    )
    def replace(self, data: st.DataObject, quantity: int, price: int, keeps_price: bool, more_open: int = 0) -> None:
        entries = self.naive.open_entries()
        index = data.draw(st.integers(0, len(entries) - 1))
        entry = entries[index]
        price = entry.price if keeps_price else price
        known = self.world.drive.program._books[AREA].state.orders[entry.order_id]
        change = pb.ReplaceOrder(
            order_id=entry.order_id, quantity_w=quantity, limit_price_ticks=price,
            expected_revision=known.terms.revision, expected_open_w=entry.open + more_open,
        )  # fmt: skip
        self.world.command(pb.OrderCommand(area_id=AREA, replace=change), self.party_of(entry.subject))
        if not more_open:
            self.naive.change(index, quantity, price)

    def party_of(self, subject: str) -> str:
        return BRP if subject.startswith("mp-") else self.world.party_of(subject)

    # --- headroom

    @rule(
        powers=st.dictionaries(
            st.sampled_from(HOMES), st.sampled_from([-9_000, -1_000, 1_000, 9_000]), min_size=1, max_size=2
        ),
        for_ms=st.sampled_from([1_500, 10**6]), any_fill=st.booleans(), by_service=st.booleans(),
    )  # fmt: skip
    def hold_headroom(self, powers: dict[str, int], for_ms: int, any_fill: bool, by_service: bool = False) -> None:
        self.version += 1
        name, until_ms = f"r-{self.version}", self.world.clock_ms + for_ms
        wish = pb.ReserveHeadroom(
            reservation_id=name, area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=until_ms, any_fill=any_fill,
            changes=[pb.NodeChange(node_id=home, p_w=p_w) for home, p_w in powers.items()],
        )  # fmt: skip
        index = self.naive.topology.node_index
        hold = Hold(name, {index[home]: p_w for home, p_w in powers.items()}, until_ms, any_fill, by_service)
        self.about_headroom(by_service, lambda: self.naive.hold(hold), reserve=wish)

    def about_headroom(self, by_service: bool, naively: Callable[[], None], **body: Any) -> None:
        """Say something about headroom: an operator at once, a service at a time record."""
        if by_service:
            tell(self.world, **body)
            self.world.tick()
            self.naive.now_ms = self.world.clock_ms
            naively()
            self.naive.time(self.world.clock_ms, changed=False)
        else:
            self.world.command(pb.OrderCommand(area_id=AREA, **body), DSO)
            naively()

    @precondition(lambda self: any(hold.any_fill for hold in self.naive.held))
    @rule(data=st.data(), part=st.sampled_from([1, 2, 4]), comes=st.booleans())
    def a_part_comes_or_is_given_up(self, data: st.DataObject, part: int, comes: bool) -> None:
        index = data.draw(st.sampled_from([i for i, hold in enumerate(self.naive.held) if hold.any_fill]))
        hold = self.naive.held[index]
        node = data.draw(st.sampled_from(sorted(hold.p_w)))
        came = hold.p_w[node] // part
        change = pb.NodeChange(node_id=self.naive.topology.node_ids[node], p_w=came)
        if comes:
            wish = pb.ConfirmHeadroom(reservation_id=hold.name, changes=[change])
            self.about_headroom(hold.by_service, lambda: self.naive.fill(index, node, came), confirm=wish)
        else:
            wish = pb.ReleaseHeadroom(reservation_id=hold.name, changes=[change])
            self.about_headroom(hold.by_service, lambda: self.naive.give_up(index, node, came), release=wish)

    @precondition(lambda self: self.naive.held)
    @rule(data=st.data(), confirm=st.booleans())
    def settle_headroom(self, data: st.DataObject, confirm: bool) -> None:
        index = data.draw(st.integers(0, len(self.naive.held) - 1))
        hold = self.naive.held[index]
        said: dict[str, Any] = (
            {"confirm": pb.ConfirmHeadroom(reservation_id=hold.name)}
            if confirm
            else {"release": pb.ReleaseHeadroom(reservation_id=hold.name)}
        )
        self.about_headroom(hold.by_service, lambda: self.naive.settle(index, confirm=confirm), **said)

    @rule(
        home=st.sampled_from(HOMES), kilowatts=st.sampled_from([-9, 9, 15, -15, 25]), buys=st.booleans(), fill=fills,
        quantity=quantities, ends=st.sampled_from(["given up", "in part", "stays"]),
    )  # fmt: skip
    def rest_elsewhere(self, home: str, kilowatts: int, buys: bool, fill: str, quantity: int, ends: str) -> None:
        """Let a firm order come to stand against external orders of its street, and some be withdrawn."""
        self.hold_headroom({home: kilowatts * 1_000}, 10**6, any_fill=True, by_service=True)
        others = [other for other in HOMES if other[0] != home[0]]
        near = next(other for other in HOMES if other[0] == home[0] and other != home)
        self.submit(f"battery-{others[0]}", "energy", not buys, 45_000, 30_000 if not buys else 900, "normal")
        self.submit(f"battery-{near}", "energy", buys, quantity, 30_000 if buys else 900, fill)
        if ends == "stays" or not self.naive.held:
            return
        index, hold = len(self.naive.held) - 1, self.naive.held[-1]
        if not hold.any_fill:
            return
        node = next(iter(hold.p_w))
        part = hold.p_w[node] if ends == "given up" else hold.p_w[node] // 2
        wish = pb.ReleaseHeadroom(
            reservation_id=hold.name,
            changes=[pb.NodeChange(node_id=self.naive.topology.node_ids[node], p_w=part)],
        )
        self.about_headroom(hold.by_service, lambda: self.naive.give_up(index, node, part), release=wish)

    @invariant()
    def both_agree(self) -> None:
        state = snapshot_pb2.OrderBookSnapshot.FromString(self.world.drive.program.snapshot()).areas[0]
        told: dict[str, list[Any]] = {
            "trade": [], "skipped": [], "closed": [], "call_ended": [], "headroom_contested": [],
        }  # fmt: skip
        for event in self.world.drive.events:
            field = event.WhichOneof("event") if isinstance(event, pb.OrderEvent) else None
            if field in told:
                told[field].append(getattr(event, field))
        fast = (
            [
                (o.order_id, o.sequence, o.open_w, o.filled_w, o.limit_price_ticks, o.hidden_w) for o in state.orders
            ],
            [
                (
                    t.seller.order_id, t.buyer.order_id, t.quantity_w, t.price_ticks, t.dnut_micro_euro,
                    t.potential_after_micro_euro,
                )
                for t in told["trade"]
            ],
            [(s.aggressor_order_id, s.resting_order_id, s.reason.code) for s in told["skipped"]]
            if not self.naive.scan.has_run
            else [],
            [(c.order_id, c.resting_order_id, c.quantity_w) for c in told["headroom_contested"]]
            if not self.naive.scan.has_run
            else [],
            [(c.order_id, STATES[c.status], c.open_w) for c in told["closed"]],
            [
                (h.sequence, h.seller.order_id, h.buyer.order_id, h.quantity_w, h.price_ticks)
                for period in state.periods
                for h in period.held_calls
            ],
            [(number_of(c.call_id), c.reason) for c in told["call_ended"]],
        )  # fmt: skip
        assert hash_of(fast) == self.naive.state_hash(), (fast, self.naive.told())

    def teardown(self) -> None:
        """Recover; then close the gate, after which nothing is left and nothing enters."""
        self.world.drive.recovered()
        self.world.clock_ms = (NOON - 7_200) * 1_000
        self.world.tick(0)
        self.naive.gate_closes(self.world.clock_ms)
        self.buy("battery-a1", 1_000, 1_000)
        self.both_agree()
        self.world.drive.recovered()
        self.patch.undo()


def number_of(call_id: str) -> int:
    return int(call_id.rpartition(".")[2])
