"""All that a platform knows and has said."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from flexbourse_mfrr_simulator.domain.bids import Bid
from flexbourse_mfrr_simulator.domain.book import Book
from flexbourse_mfrr_simulator.domain.faults import Fault, strike
from flexbourse_mfrr_simulator.domain.links import Fate
from flexbourse_mfrr_simulator.domain.messages import (
    Acknowledgement,
    Activation,
    AvailabilitySeries,
    Code,
    Document,
    Header,
    Interval,
    Party,
)
from flexbourse_mfrr_simulator.domain.needs import Inputs, RedispatchCall
from flexbourse_mfrr_simulator.domain.orders import ActivationOrder
from flexbourse_mfrr_simulator.domain.profile import MTU_S, NORDIC, Profile

Key = TypeVar("Key")
Value = TypeVar("Value")
MAX_PARTIES: Final = 200
MAX_REMEMBERED: Final = 20_000
MAX_EVENTS: Final = 200_000


class PlatformError(Exception):
    """An operator's command that cannot be carried out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Who the platform is, where it is, and by which rules it works."""

    platform: Code
    domain: Code
    area: Code
    zones: tuple[Code, ...]
    profile: Profile = NORDIC
    price_rule: str = "dearest-activated"
    price_point: str = "activated"
    direct_price: str = "best"
    counter_activation: bool = True

    def party(self, role: str) -> Party:
        """Return the platform in a role."""
        return Party(self.platform.value, self.platform.scheme, role)

    def zone(self, value: str) -> Code:
        """Return a zone's identifier with its scheme."""
        return next(zone for zone in self.zones if zone.value == value)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A document to be delivered; `kind` is its EDX-like message type, `spoilt` that its XML is to break its schema."""

    at: int
    party: str
    document: Document
    kind: str
    spoilt: bool = False


@dataclass(slots=True)
class Mtu:
    """What happened in one MTU: kW taken per bid, prices per zone, flows per border, and who was left out and why."""

    scheduled: dict[str, int] = field(default_factory=dict)
    direct: dict[str, int] = field(default_factory=dict)
    prices: dict[str, int | None] = field(default_factory=dict)
    flows: dict[str, int] = field(default_factory=dict)
    left_behind: dict[str, int] = field(default_factory=dict)
    make_whole: dict[str, int] = field(default_factory=dict)
    unavailable: dict[str, AvailabilitySeries] = field(default_factory=dict)
    welfare: int = 0
    proven: bool = True
    selected: bool = False


@dataclass(slots=True)
class Redispatch:
    """A call with its offers; `orders` are made at its order time."""

    call: RedispatchCall
    id: str
    offers: dict[str, Bid] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """The platform's memory. `events` is the timeline, `outbox` what is ready to be delivered."""

    settings: Settings
    inputs: Inputs
    new_id: Callable[[], str]
    now: int
    parties: dict[str, str] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    limits: dict[str, AvailabilitySeries] = field(default_factory=dict)
    mtus: dict[int, Mtu] = field(default_factory=dict)
    orders: dict[str, ActivationOrder] = field(default_factory=dict)
    redispatches: dict[str, Redispatch] = field(default_factory=dict)
    suspended: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    answers: OrderedDict[tuple[str, str], tuple[int, Acknowledgement]] = field(default_factory=OrderedDict)
    unacknowledged: OrderedDict[str, tuple[str, str, int]] = field(default_factory=OrderedDict)
    counted: dict[str, tuple[int, int]] = field(default_factory=dict)
    events: list[tuple[int, int, str, object]] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)
    planned_until: int = 0
    sequence: int = 0

    def at(self, time: int, kind: str, payload: object) -> None:
        """Put an event on the timeline; of events of one time the earlier entered comes first."""
        if len(self.events) >= MAX_EVENTS:
            raise PlatformError(f"the timeline holds {MAX_EVENTS} events already")
        self.sequence += 1
        heapq.heappush(self.events, (time, self.sequence, kind, payload))

    def mtu(self, start: int) -> Mtu:
        """Return an MTU's record, begun where it is new."""
        return self.mtus.setdefault(start, Mtu())

    def header(self, kind: str, process: str, party: str, roles: tuple[str, str] = ("A04", "A46")) -> Header:
        """Begin a document of the platform to a party."""
        receiver = Party(party, self.parties[party], roles[1])
        return Header(self.new_id(), kind, process, self.settings.party(roles[0]), receiver, self.now)

    def send(self, party: str, document: Document, kind: str) -> None:
        """Hand a document over for delivery, with what the scripted faults make of it."""
        mrid = document.mrid if isinstance(document, Acknowledgement) else document.header.mrid
        late = 0
        if isinstance(document, Acknowledgement):
            if strike(self.faults, "no-ack", party, self.now):
                return
            fault = strike(self.faults, "late-ack", party, self.now)
            late = fault.delay_s if fault else 0
        else:
            stale = strike(self.faults, "stale-document", party, self.now)
            if stale:
                created = document.header.created - stale.delay_s
                document = replace(document, header=replace(document.header, created=created))
            remember(self.unacknowledged, mrid, (party, kind, self.now))
        spoilt = strike(self.faults, "wrong-schema", party, self.now) is not None
        outgoing = Outgoing(self.now + late, party, document, kind, spoilt)
        twice = isinstance(document, Activation) and strike(self.faults, "duplicate-order", party, self.now)
        for copy in (outgoing, outgoing) if twice else (outgoing,):
            if late:
                self.at(copy.at, "deliver", copy)
            else:
                self.outbox.append(copy)

    def fates(self) -> dict[str, Fate]:
        """Return what became of every bid that was taken."""
        fates: dict[str, Fate] = {}
        for mtu in self.mtus.values():
            for mrid in mtu.scheduled.keys() | mtu.direct.keys():
                fates[mrid] = Fate(scheduled=mrid in mtu.scheduled, direct=mrid in mtu.direct)
        return fates

    def direct_links(self) -> frozenset[tuple[str, int]]:
        """Return technical links with the MTU in which one of their bids was directly activated."""
        taken = (self.book.bids.get(mrid) for mtu in self.mtus.values() for mrid in mtu.direct)
        return frozenset((bid.technical_link, bid.mtu) for bid in taken if bid and bid.technical_link)


def remember(memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    """Keep a value, and forget the oldest beyond the bound."""
    memory[key] = value
    while len(memory) > MAX_REMEMBERED:
        memory.popitem(last=False)


def quarter(start: int) -> Interval:
    """Return the interval of an MTU."""
    return Interval(start, start + MTU_S)
