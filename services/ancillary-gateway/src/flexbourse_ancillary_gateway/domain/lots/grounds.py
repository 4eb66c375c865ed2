"""What a mark stands on beside its offer: rights to offer its units, on the chain where the area asks, and enrolment.

Of a unit of which no right is known activation has said that it may be offered; so it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from flexbourse_core.rejection import Code, Rejection


@dataclass(frozen=True, slots=True)
class KnownRight:
    """The right of a participant to offer a unit; `granted_to_s`: until when the chain grants it, 0 if it does not."""

    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    granted_to_s: int


@dataclass(frozen=True, slots=True)
class KnownArea:
    """An area, and whether rights to offer its units hold on the chain alone."""

    area_id: str
    rights_on_chain: bool


@dataclass(frozen=True, slots=True)
class KnownMarket:
    """A market of an area, and whether it asks its parties to enrol."""

    market_id: str
    area_id: str
    asks_enrolment: bool
    active: bool


@dataclass(frozen=True, slots=True)
class KnownEnrolment:
    """That a participant takes part in a market, or no longer."""

    enrolment_id: str
    market_id: str
    participant_id: str
    active: bool


Ground = KnownRight | KnownArea | KnownMarket | KnownEnrolment


@dataclass(slots=True)
class Grounds:
    """The newest version of each."""

    rights: dict[str, dict[str, KnownRight]] = field(default_factory=dict)  # by unit and id
    areas: dict[str, KnownArea] = field(default_factory=dict)
    markets: dict[str, KnownMarket] = field(default_factory=dict)
    enrolments: dict[str, KnownEnrolment] = field(default_factory=dict)

    def put(self, ground: Ground) -> None:
        """Take a version in."""
        match ground:
            case KnownRight():
                self.rights.setdefault(ground.unit_id, {})[ground.right_id] = ground
            case KnownArea():
                self.areas[ground.area_id] = ground
            case KnownMarket():
                self.markets[ground.market_id] = ground
            case KnownEnrolment():
                self.enrolments[ground.enrolment_id] = ground

    def problems(self, party: str, area_id: str, units: Iterable[str], start_s: int, end_s: int) -> Iterator[Rejection]:
        """Yield why a party may not let units of an area go for a whole period."""
        area = self.areas.get(area_id)
        asks = area is not None and area.rights_on_chain
        for unit_id in sorted(units):
            known = self.rights.get(unit_id, {}).values()
            held = [
                right
                for right in known
                if right.holder_id == party and not right.revoked and right.valid_from_s <= start_s
                and end_s <= right.valid_to_s
            ]  # fmt: skip
            if known and not held:
                rule = "the party holds the right to offer the unit for the whole period"
                yield Rejection(Code.NO_RIGHT_TO_OFFER, rule, "offer_id", unit_id)
            elif asks and not any(end_s <= right.granted_to_s for right in held):
                rule = "the chain grants the right for the whole period; rights of the area hold on the chain"
                yield Rejection(Code.RIGHT_NOT_ON_CHAIN, rule, "offer_id", unit_id)
        if not self._is_enrolled(party, area_id):
            rule = "the party takes part in a market of the area"
            yield Rejection(Code.NOT_ENROLLED, rule, "offer_id", area_id)

    def _is_enrolled(self, party: str, area_id: str) -> bool:
        """Tell whether a market of the area admits the party; an area without a market asks for nothing."""
        markets = [own for own in self.markets.values() if own.area_id == area_id and own.active]
        joined = {own.market_id for own in self.enrolments.values() if own.participant_id == party and own.active}
        return not markets or any(not own.asks_enrolment or own.market_id in joined for own in markets)
