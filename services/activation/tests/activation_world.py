"""A shard with an area, operators, an aggregator and units on a small tree; every event is folded a second time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from headroom_book import HeadroomBook

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.events import Event, OrderIssued
from flexbourse_activation.domain.machine import ActivationShard, Fact
from flexbourse_activation.domain.network.coordination import CoordinationRules
from flexbourse_activation.domain.network.effects import Effect
from flexbourse_activation.domain.network.lights import RED, BeatFact, LightFact
from flexbourse_activation.domain.objects import Activation, NeedTerms, OfferTerms, ReservationTerms
from flexbourse_activation.domain.registry_state import (
    Area,
    MeteringPoint,
    Participant,
    Portfolio,
    RightToOffer,
    Role,
    Unit,
)
from flexbourse_activation.domain.sales.selling_outside import ResultFact, Sale
from flexbourse_activation.domain.sales.trading import CurtailedFact, TradeFact, TradeSide
from flexbourse_activation.domain.terms import Direction, Purpose, Window
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection

AREA = "village"
START_S = 1_767_225_600  # 2026-01-01T00:00Z
NOON_S = START_S + 12 * 3600
UP, DOWN = Direction.UP, Direction.DOWN
ANY_PRICE = 10**11
PARTIES = {
    "dso": Role.DSO, "tso": Role.TSO, "agr": Role.AGR, "bsp": Role.BSP, "brp": Role.BRP, "ops": Role.MARKET_OPERATOR,
}  # fmt: skip
# Branches: trunk carries everything; left carries a and b, right carries c. Injection relieves consumption-loaded ones.
NODES = {"a1": ("trunk", "left"), "a2": ("trunk", "left"), "b1": ("trunk", "left", "twig"), "c1": ("trunk", "right")}


def window(first: int = 0, count: int = 1, start_s: int = NOON_S) -> Window:
    """Return quarter-hours from noon on."""
    return Window(start_s + 900 * first, start_s + 900 * (first + count), 900)


class World:
    """Facts of a small area, and short ways to send commands."""

    def __init__(self, rules: CoordinationRules | str = "common") -> None:
        self.shard = ActivationShard(0, "platform")
        self.copy = ActivationShard(0, "platform")
        self.events: list[Event] = []
        self.book = HeadroomBook()
        self.sold: dict[tuple[str, str], list[int]] = {}  # outside, by result and unit: all versions
        self.now_ms = START_S * 1000
        self.time(0)
        self.fact(Area(AREA, 0, "dso"))
        for name, role in PARTIES.items():
            self.fact(Participant(name, frozenset({int(role)}), active=True))
        for node in NODES:
            self.unit(f"unit-{node}", node)
        self.fact(Portfolio("pool", "agr", ("unit-a1", "unit-a2")))
        self.send(set_rules(rules), "ops")
        signed = [Effect(branch, node, -1000) for node, path in NODES.items() for branch in path]
        self.ok(c.SetEffects(1, tuple(signed)), "dso")

    # --- facts -------------------------------------------------------------------------------------------------------

    def fact(self, fact: Fact) -> None:
        for shard in (self.shard, self.copy):
            shard.take(fact)
        self._fold(self.shard.react(fact))

    def unit(self, unit_id: str, node: str, span_w: int = 20_000, *, active: bool = True) -> None:
        self.fact(MeteringPoint(f"mp-{unit_id}", AREA, node, active=True))
        feeder = NODES[node][1] if node in NODES else "left"
        self.fact(Unit(unit_id, f"mp-{unit_id}", "agr", span_w // 2, -span_w // 2, True, active, feeder))  # noqa: FBT003
        self.fact(RightToOffer(f"right-{unit_id}", unit_id, "agr", 0, 10**10, revoked=False))

    def light(self, zone: str, colour: int = RED, first: int = 0, count: int = 4) -> None:
        for mtu in window(first, count).mtus():
            self.fact(LightFact(AREA, zone, mtu, colour))
        self.fact(BeatFact(AREA, zone, self.now_ms + 3_600_000 * 24, 0))

    def trade(
        self, name: str, unit_id: str, moved_w: int, *, first: int = 0, by: str = "", element: str = "", price: int = 50
    ) -> None:
        side = TradeSide("seller", "agr", unit_id, moved_w)
        mtu = Mtu(NOON_S + 900 * first, 900)
        self.fact(TradeFact(name, AREA, mtu, price * 1_000_000, (side,), by, element))

    def curtail(self, name: str, left_w: int) -> None:
        self.fact(CurtailedFact(name, AREA, left_w))

    def sell_outside(self, name: str, unit_id: str, sold_w: int, own: Window | None = None) -> None:
        """Take a result of one unit, or the version that takes the place of the one before."""
        versions = self.sold.setdefault((name, unit_id), [0])
        period = own or window()
        sale = Sale("agr", AREA, unit_id, versions[-1], sold_w, 60_000_000)
        mtu = Mtu(period.start_s, period.end_s - period.start_s)
        self.fact(ResultFact("okte", name, len(versions), mtu, (sale,)))
        versions.append(sold_w)

    def time(self, at_s: int) -> None:
        self.now_ms = max(self.now_ms, at_s * 1000)
        self.copy.tick(self.now_ms, 0)
        self._fold(self.shard.advance(self.now_ms, 0))

    # --- commands ----------------------------------------------------------------------------------------------------

    def send(self, command: Any, party: str) -> list[Rejection]:
        """Send a command; returns every rule that it breaks."""
        found = self.shard.decide(AREA, command, party)
        problems = [entry for entry in found if isinstance(entry, Rejection)]
        self._fold([entry for entry in found if not isinstance(entry, Rejection)])
        return problems

    def ok(self, command: Any, party: str) -> None:
        assert self.send(command, party) == []

    def offer(self, name: str, unit: str = "", direction: Direction = UP, quantity: int = 10_000, **more: Any) -> None:
        problems = self.send(offer_of(name, unit, direction, quantity, **more), "agr")
        assert problems == [], problems

    def reserve(self, name: str, offer: str, quantity: int, party: str = "dso", **more: Any) -> list[Rejection]:
        own = more.pop("own", window(0, 4))
        purpose = more.pop("purpose", Purpose.CONGESTION)
        return self.send(ReservationTerms(name, offer, purpose, own, quantity, ANY_PRICE), party)

    def need(self, name: str, element: str, quantity: int, party: str = "dso", direction: Direction = UP) -> None:
        self.ok(NeedTerms(name, element, Purpose.CONGESTION, direction, window(0, 4), quantity), party)

    def activate(self, name: str, offer: str, quantity: int, party: str = "dso", **more: Any) -> list[Rejection]:
        return self.send(activation_of(name, offer_id=offer, quantity_w=quantity, **more), party)

    def serve(self, name: str, need: str, party: str = "dso", limit: int = ANY_PRICE) -> list[Rejection]:
        return self.send(activation_of(name, need_id=need, limit_price_micro_euro_per_mwh=limit), party)

    def override(self, name: str, unit: str, direction: Direction, quantity: int, **more: Any) -> list[Rejection]:
        own = more.pop("own", window(0, 2))
        return self.send(
            c.OverrideTerms(name, unit, direction, own, quantity, "cable on fire"), more.pop("party", "dso")
        )

    # --- looks -------------------------------------------------------------------------------------------------------

    def activation(self, name: str) -> Activation:
        return self.shard.desks[AREA].state.activations[name]

    def claimed(self, unit: str, direction: Direction = UP, start_s: int = NOON_S) -> int:
        return self.shard.desks[AREA].state.guard.claimed_w(unit, start_s, direction)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def orders(self, name: str) -> list[Any]:
        return [event.order for event in self.of(OrderIssued) if event.order.activation_id == name]

    def _fold(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.append(event)
            self.copy.evolve(event)
            self.book.hear(event)
        live, folded = self.shard.desks.get(AREA), self.copy.desks.get(AREA)
        if live and folded:
            for part in ("activations", "reservations", "calls", "bids", "needs", "rules", "interface", "over"):
                assert getattr(live.state, part) == getattr(folded.state, part), part
            for part in ("offers", "claims", "totals"):
                assert getattr(live.state.guard, part) == getattr(folded.state.guard, part), part
            assert list(live.state.headroom.all()) == list(folded.state.headroom.all())
        for answer in self.book.answers():
            self.fact(answer)


def set_rules(rules: CoordinationRules | str) -> c.SetCoordination:
    return c.SetCoordination(rules, None) if isinstance(rules, str) else c.SetCoordination("", rules)


def offer_of(name: str, unit: str, direction: Direction, quantity: int, **more: Any) -> OfferTerms:
    """Return an offer of a unit, or of a portfolio where one is named; prices in euro."""
    own = more.pop("own", window(0, 8))
    price, fee = more.pop("price", 100), more.pop("fee", 5)
    portfolio, least = more.pop("portfolio", ""), more.pop("least", 0)
    assert not more, more
    return OfferTerms(name, unit, portfolio, direction, own, quantity, least, price * 1_000_000, fee * 1_000_000)


def activation_of(name: str, **more: Any) -> c.ActivationTerms:
    """Return a request to activate."""
    return c.ActivationTerms(
        activation_id=name, offer_id=more.pop("offer_id", ""), reservation_id=more.pop("reservation_id", ""),
        claim_id=more.pop("claim_id", ""), need_id=more.pop("need_id", ""),
        purpose=more.pop("purpose", Purpose.CONGESTION), window=more.pop("own", window(0, 2)),
        quantity_w=more.pop("quantity_w", 0), element_id=more.pop("element", ""),
        limit_price_micro_euro_per_mwh=more.pop("limit_price_micro_euro_per_mwh", ANY_PRICE),
    )  # fmt: skip
