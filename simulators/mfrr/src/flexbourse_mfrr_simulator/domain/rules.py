"""Rules of a ReserveBid document and of each of its series, apart from groups, links and what the book holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flexbourse_mfrr_simulator.domain.bids import DOWN, UP, Problem
from flexbourse_mfrr_simulator.domain.identifiers import is_eic, is_uuid
from flexbourse_mfrr_simulator.domain.messages import BidSeries, Header, Party, Period, ReserveBid
from flexbourse_mfrr_simulator.domain.profile import MTU_S, Profile

AUCTION: Final = "MFRR_ENERGY_ACTIVATION_MARKET"
PRODUCTS: Final = ("A02", "A05", "A06", "A07")
STATUSES: Final = ("A06", "A65", "A66")
FREE_TEXT_CODE: Final = "A95"
FREE_TEXT_LENGTH: Final = 100

MARKET_RULE: Final = "A59"
GATE: Final = "A57"
INTERVAL: Final = "A04"
RESOLUTION: Final = "A41"
RECEIVER: Final = "A53"
IDENTITY: Final = "A55"
VERSION: Final = "A51"
AREA: Final = "A23"
PARTY: Final = "A22"
PRICE: Final = "B51"
QUANTITY: Final = "A42"
MISSING: Final = "A69"


@dataclass(frozen=True, slots=True)
class Place:
    """Whom and what a document must name: the platform's party, and the zones with their EIC."""

    platform: Party
    zones: frozenset[str]


def document_problems(document: ReserveBid, party: str, now: int, place: Place, profile: Profile) -> list[Problem]:
    """Return every broken rule of the document's head and of each series by itself."""
    problems = [Problem("", code, text) for code, text in _head(document, party, now, place, profile)]
    counted = Counter(series.mrid for series in document.series)
    for series in document.series:
        broken = list(_series(series, document, now, place, profile))
        if counted[series.mrid] > 1:
            broken.append((IDENTITY, "the document names this series more than once"))
        problems += [Problem(series.mrid, code, text) for code, text in broken]
    return problems


def head_problems(header: Header, party: str, now: int, place: Place, profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield the broken rules of any BSP's document: identities, addressee, time of creation."""
    if header.sender.mrid != party:
        yield PARTY, f"the sender is {header.sender.mrid}, the message came from {party}"
    if header.receiver.mrid != place.platform.mrid:
        yield RECEIVER, f"the receiver is {header.receiver.mrid}, this is {place.platform.mrid}"
    if profile.uuid_required and not is_uuid(header.mrid):
        yield MARKET_RULE, f"the document id {header.mrid} is not a UUID"
    if header.created > now + profile.ahead_s:
        yield INTERVAL, f"the document was created {header.created - now} s ahead of the platform's time"
    for named in (header.sender, header.receiver):
        if named.scheme == "A01" and not is_eic(named.mrid):
            yield PARTY, f"{named.mrid} is no energy identification code"


def _head(document: ReserveBid, party: str, now: int, place: Place, profile: Profile) -> Iterator[tuple[str, str]]:
    header = document.header
    yield from head_problems(header, party, now, place, profile)
    if header.kind != "A37":
        yield MARKET_RULE, f"the document's type is {header.kind}, bids are A37"
    if header.sender.role != "A46" or header.receiver.role != "A34":
        yield MARKET_RULE, "bids go from role A46 to role A34"
    if header.revision != 1:
        yield VERSION, "the revision of a bid document is always 1; a change is a new document"
    if not document.series:
        yield MISSING, "the document holds no series"
    if len(document.series) > profile.max_series:
        yield MARKET_RULE, f"the document holds {len(document.series)} series, at most {profile.max_series} are taken"
    if document.interval.end <= document.interval.start:
        yield INTERVAL, "the document's interval is empty"


def _series(
    series: BidSeries, document: ReserveBid, now: int, place: Place, profile: Profile
) -> Iterator[tuple[str, str]]:
    yield from _constants(series, place, profile)
    if len(series.periods) != 1:
        yield MARKET_RULE, f"the series has {len(series.periods)} periods, a bid is for one"
        return
    period = series.periods[0]
    yield from _time(period, document, now, profile)
    yield from _quantity(series, period, profile)
    yield from _price(period, profile)
    yield from _durations(series)


def _constants(series: BidSeries, place: Place, profile: Profile) -> Iterator[tuple[str, str]]:
    found = (
        ("businessType", series.business_type, ("B74",)),
        ("auction.mRID", series.auction, (AUCTION,)),
        ("quantity unit", series.quantity_unit, ("MAW",)),
        ("currency", series.currency, ("EUR",)),
        ("price unit", series.price_unit, ("MWH",)),
        ("direction", series.direction, (UP, DOWN)),
        ("divisible", series.divisible, ("A01", "A02")),
        ("marketProductType", series.product, PRODUCTS),
        ("status", series.status or "A06", STATUSES),
    )
    for name, value, allowed in found:
        if value not in allowed:
            yield MARKET_RULE, f"{name} is {value or 'missing'}, allowed: {' '.join(allowed)}"
    yield from _identifiers(series, profile)
    if series.connecting.value not in place.zones:
        yield AREA, f"zone {series.connecting.value} is not served here"
    for reason in series.reasons:
        if reason.code == FREE_TEXT_CODE and len(reason.text) > FREE_TEXT_LENGTH:
            yield MARKET_RULE, f"the free text has {len(reason.text)} characters, at most {FREE_TEXT_LENGTH}"


def _identifiers(series: BidSeries, profile: Profile) -> Iterator[tuple[str, str]]:
    for named in (series.acquiring, series.connecting):
        if named.scheme == "A01" and not is_eic(named.value):
            yield AREA, f"{named.value} is no energy identification code"
    groups = (series.exclusive, series.multipart, series.inclusive)
    for identifier in filter(None, (series.mrid, series.technical_link, *groups)):
        if profile.uuid_required and not is_uuid(identifier):
            yield MARKET_RULE, f"the id {identifier} is not a UUID"
    if sum(map(bool, groups)) > 1:
        yield MARKET_RULE, "a bid is in one group at most"


def _time(period: Period, document: ReserveBid, now: int, profile: Profile) -> Iterator[tuple[str, str]]:
    start, end = period.interval.start, period.interval.end
    if start % MTU_S or end - start != MTU_S:
        yield INTERVAL, "the interval is no quarter of an hour of the market"
    if start < document.interval.start or end > document.interval.end:
        yield INTERVAL, "the interval lies outside the document's"
    if period.resolution_s != MTU_S:
        yield RESOLUTION, f"the resolution is {period.resolution_s} s, it must be PT15M"
    if period.points != 1 or period.position != 1:
        yield "A49", "the period must hold one point, in position 1"
    if now > start - profile.gate_closure_s:
        yield GATE, f"the gate closed {profile.gate_closure_s // 60} minutes before the start"
    if now < start - profile.gate_opening_s:
        yield GATE, f"the gate opens {profile.gate_opening_s // 86_400} days before the start"


def _quantity(series: BidSeries, period: Period, profile: Profile) -> Iterator[tuple[str, str]]:
    quantity, minimum = period.quantity, period.minimum
    if quantity == 0:
        return  # a cancellation; whether there is something to cancel is the book's matter
    step = Decimal("0.01") if series.inclusive else Decimal(1)
    if quantity < step or quantity > profile.max_quantity:
        yield QUANTITY, f"the quantity is {quantity} MW, allowed: {step} to {profile.max_quantity}"
    if quantity % step:
        yield QUANTITY, f"the quantity is {quantity} MW, its step is {step}"
    if series.divisible == "A01":
        if minimum is None:
            yield MISSING, "a divisible bid needs a minimum quantity"
        elif minimum < 0 or minimum > quantity or minimum % step:
            yield QUANTITY, f"the minimum is {minimum} MW, allowed: 0 to {quantity} in steps of {step}"
    elif minimum is not None:
        yield QUANTITY, "an indivisible bid has no minimum quantity"


def _price(period: Period, profile: Profile) -> Iterator[tuple[str, str]]:
    if period.price is None:
        if period.quantity != 0:
            yield MISSING, "the bid has no price"
        return
    if period.price % Decimal("0.01"):
        yield PRICE, f"the price is {period.price} EUR/MWh, its step is 0.01"
    if abs(period.price) * 100 > profile.price_limit:
        yield PRICE, f"the price is {period.price} EUR/MWh, the limit is {profile.price_limit // 100} up or down"


def _durations(series: BidSeries) -> Iterator[tuple[str, str]]:
    for name, duration in (("resting", series.resting_s), ("maximum", series.maximum_s)):
        if duration is not None and (duration <= 0 or duration % MTU_S):
            yield MARKET_RULE, f"the {name} duration must be whole quarters of an hour"
    if series.maximum_s is not None and not series.technical_link:
        yield MARKET_RULE, "a maximum duration needs a technical link"
    if series.activation_s is not None and series.activation_s <= 0:
        yield MARKET_RULE, "the activation duration must be positive"
