"""The activations of one area as far as they are to be settled: what is owed, what is payable, what is held.

Owed is what the units' operator answers for; payable is what he is paid for at most. They are the same until an
activation fails: an order that is refused, not acknowledged, or lost with its unit stays owed, what is stopped is no
longer payable. What the buyer ends, and what gives way to an override, is neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flexbourse_settlement.domain.activations.baselines import MAX_DAYS, BaselineMethod
from flexbourse_settlement.domain.activations.facts import (
    CANCELLED,
    FAILED,
    OUTSIDE,
    QUARTER_S,
    TRADE,
    Activated,
    ActivationEnded,
    ActivationFact,
    ActivationOrdered,
    ClaimMade,
    ClaimReduced,
    ContractLost,
    NeedStated,
    NeedsWaived,
    Reserved,
    Scheduled,
    Slot,
    WindowsOver,
    own_claim,
    settled_elsewhere,
)
from flexbourse_settlement.domain.activations.products import Product, of_override

DAY_S = 86_400
NEEDS_KEPT_S = 35 * DAY_S  # behind a period that is settled: runs may settle a month in any order


History = dict[str, dict[int, int]]  # metering point -> start of a quarter-hour -> mean W


@dataclass(slots=True)
class Claim:
    """A claim, and what is left of it."""

    claim_id: str
    start_s: int
    left_w: dict[Slot, int]


@dataclass(frozen=True, slots=True)
class Reservation:
    """A reservation, with the product that held when it was made."""

    terms: Reserved
    product: Product


@dataclass(frozen=True, slots=True)
class Need:
    """What an operator seeks, and whether the other's larger need covers it."""

    terms: NeedStated
    is_waived: bool = False


@dataclass(slots=True)
class Activation:
    """An activation as it is to be settled."""

    terms: Activated
    product: Product
    owed_w: dict[Slot, int]
    payable_w: dict[Slot, int]
    is_ordered: bool = False
    outcome: str = ""

    def end(self, outcome: str) -> None:
        """Take that it is over. Before its order nothing was asked of anybody."""
        self.outcome = outcome
        if outcome == CANCELLED or (outcome == FAILED and not self.is_ordered):
            self.owed_w.clear()
            self.payable_w.clear()

    @property
    def follows_claim(self) -> bool:
        """Tell whether it shrinks with its claim: until it is over, and what has failed with a claim of its own."""
        return not self.outcome or (self.outcome == FAILED and own_claim(self.terms.claim_id))

    def set_left(self, left_w: dict[Slot, int]) -> None:
        """Take what is left of its order."""
        self.payable_w = dict(left_w)
        if self.outcome != FAILED:
            self.owed_w = dict(left_w)


@dataclass(slots=True)
class ActivationBook:
    """Reservations, activations and lost contracts of one area that are not settled yet; the area's products."""

    area_id: str
    products: dict[str, Product] = field(default_factory=dict)
    from_s: int = 0  # quarter-hours before this one the activation service has not accounted for
    before_s: int = 0
    claims: dict[str, Claim] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    activations: dict[str, Activation] = field(default_factory=dict)
    lost: list[ContractLost] = field(default_factory=list)
    needs: dict[str, Need] = field(default_factory=dict)
    unit_ids: set[str] = field(default_factory=set)  # that operators ever claimed
    history: History = field(default_factory=dict)
    schedules: dict[Slot, int] = field(default_factory=dict)

    def take(self, fact: ActivationFact) -> None:
        """Take a fact over; what is paid for elsewhere leaves nothing."""
        match fact:
            case ClaimMade() | ClaimReduced() | ContractLost():
                self._take_claim(fact)
            case Activated() | ActivationOrdered() | ActivationEnded():
                self._take_activation(fact)
            case Reserved():
                self.reservations[fact.reservation_id] = Reservation(fact, self.product(fact.purpose))
            case NeedStated() | NeedsWaived():
                self._take_need(fact)
            case Scheduled():
                if self.uses(BaselineMethod.NOMINATION):
                    self.schedules[fact.unit_id, fact.start_s] = fact.power_w
            case WindowsOver():
                self.from_s, self.before_s = fact.from_s, fact.before_s

    def _take_need(self, fact: NeedStated | NeedsWaived) -> None:
        if isinstance(fact, NeedStated):
            self.needs[fact.need_id] = Need(fact)
            return
        for need_id in fact.need_ids:
            if need_id in self.needs:
                self.needs[need_id] = replace(self.needs[need_id], is_waived=True)

    def _take_claim(self, fact: ClaimMade | ClaimReduced | ContractLost) -> None:
        if isinstance(fact, ContractLost):
            self.lost.append(fact)
        elif isinstance(fact, ClaimReduced):
            if fact.claim_id in self.claims:
                self._reduce(self.claims[fact.claim_id], fact)
        elif not fact.claim_id.startswith((TRADE, OUTSIDE)):
            self.unit_ids |= {unit for unit, _ in fact.quantities_w}
            self.claims[fact.claim_id] = Claim(fact.claim_id, fact.start_s, dict(fact.quantities_w))

    def _take_activation(self, fact: Activated | ActivationOrdered | ActivationEnded) -> None:
        if isinstance(fact, Activated):
            if not settled_elsewhere(fact.claim_id):
                self._request(fact)
            return
        own = self.activations.get(fact.activation_id)
        if own is None:
            return
        if isinstance(fact, ActivationEnded):
            own.end(fact.outcome)
        else:
            own.is_ordered = True
            own.set_left(dict(fact.quantities_w))

    def uses(self, method: BaselineMethod) -> bool:
        """Tell whether a product of the area has a method."""
        return any(product.method is method for product in self.products.values())

    def remember(self, start_s: int, end_s: int, metered_w: Mapping[str, int], point_of: Mapping[str, str]) -> None:
        """Keep readings of a period for products that look back: of units that operators claim, where nobody did."""
        if not self.uses(BaselineMethod.X_OF_Y):
            return
        moved = {point_of.get(unit) for unit in self.unit_ids_in(start_s, end_s)}
        for point in {point_of[unit] for unit in self.unit_ids if unit in point_of} - moved:
            if point in metered_w:
                kept = self.history.setdefault(point, {})
                kept[start_s] = metered_w[point]
                for old in [start for start in kept if start < start_s - (MAX_DAYS + 1) * DAY_S]:
                    del kept[old]

    def product(self, purpose: str) -> Product:
        """Return the product of a purpose that holds now."""
        return self.products.get(purpose) or Product(purpose)

    def _request(self, fact: Activated) -> None:
        product = self.product(fact.purpose)
        quantities = dict(fact.quantities_w)
        self.activations[fact.activation_id] = Activation(
            fact, of_override(product) if fact.is_override else product, quantities, dict(quantities)
        )

    def _reduce(self, claim: Claim, fact: ClaimReduced) -> None:
        """Take what is left of a claim; cut the activations on it to that, by id, as the activation service does."""
        left = {
            (unit, claim.start_s + place * QUARTER_S): quantity
            for unit, quantities in fact.shares_w.items()
            for place, quantity in enumerate(quantities)
        }
        claim.left_w = {slot: left[slot] for slot in claim.left_w}  # not what is settled
        for _, own in sorted(self.activations.items()):
            if own.terms.claim_id != fact.claim_id or not own.follows_claim:
                continue
            clipped = {}
            for slot, wanted in own.payable_w.items():
                clipped[slot] = min(wanted, left.get(slot, 0))
                left[slot] = left.get(slot, 0) - clipped[slot]
            own.set_left(clipped)

    def waits_for(self, start_s: int, end_s: int) -> bool:
        """Tell whether the activation service has still to say that nothing of a period changes any more."""
        accounted = self.before_s > 0 and start_s >= self.from_s
        return end_s > self.before_s and (accounted or self._has(start_s, end_s))

    def _has(self, start_s: int, end_s: int) -> bool:
        return any(start_s <= start < end_s for _, start in self._slots())

    def _slots(self) -> Iterator[Slot]:
        for claim in self.claims.values():
            yield from claim.left_w
        for own in self.activations.values():
            yield from own.owed_w
        for lost in self.lost:
            yield from lost.quantities_w

    def moved_slots(self) -> Iterator[Slot]:
        """Iterate over units and quarter-hours in which they were to move, or were kept from it."""
        for own in self.activations.values():
            yield from own.owed_w
            yield from own.payable_w
        for lost in self.lost:
            yield from lost.quantities_w

    def unit_ids_in(self, start_s: int, end_s: int) -> set[str]:
        """Return the units that were to move in a period, or were kept from it."""
        return {unit for unit, start in self.moved_slots() if start_s <= start < end_s}

    def is_waived(self, buyer: str, start_s: int) -> bool:
        """Tell whether a buyer owes nothing for what he reserved and does not use in a quarter-hour."""
        return any(
            need.is_waived and need.terms.buyer == buyer and need.terms.start_s <= start_s < need.terms.end_s
            for need in self.needs.values()
        )

    def forget(self, start_s: int, end_s: int) -> None:
        """Drop a period that is settled."""

        def later(quantities_w: dict[Slot, int]) -> dict[Slot, int]:
            return {slot: quantity for slot, quantity in quantities_w.items() if not start_s <= slot[1] < end_s}

        for claim in self.claims.values():
            claim.left_w = later(claim.left_w)
        for own in self.activations.values():
            own.owed_w, own.payable_w = later(own.owed_w), later(own.payable_w)
        self.claims = {name: claim for name, claim in self.claims.items() if claim.left_w}
        self.reservations = {name: own for name, own in self.reservations.items() if own.terms.claim_id in self.claims}
        self.activations = {name: own for name, own in self.activations.items() if own.owed_w or own.payable_w}
        self.schedules = {slot: w for slot, w in self.schedules.items() if not start_s <= slot[1] < end_s}
        self.needs = {name: need for name, need in self.needs.items() if need.terms.end_s > end_s - NEEDS_KEPT_S}
        self.lost = [lost for lost in self.lost if any(not start_s <= start < end_s for _, start in lost.quantities_w)]
