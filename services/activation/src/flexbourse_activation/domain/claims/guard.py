"""Never the same kilowatt twice: what is offered, claimed and left, per unit, quarter-hour and direction.

Two rules, whoever asks. The claims on a unit in a direction never exceed what it offers, nor do those on the units of a
portfolio exceed what the portfolio offers. And where a unit is claimed in both directions, no operator is among them.

A unit's own offers bound it; a unit that is offered only in portfolios is bounded by its span. A trade of the order
book is an offer that was taken: it raises the bound to what is traded. An override at a red light is nobody's offer: it
raises the unit's bound likewise and does not count in portfolios.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flexbourse_activation.domain.objects import Claim, Offer, UnitTotal
from flexbourse_activation.domain.terms import Claimant, Direction, Share, Window
from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import largest_remainder

NOTHING = (0, 0, 0)  # UP and DOWN in W, revision


def amount_w(claim: Claim, unit_id: str, start_s: int) -> int:
    """Return what a claim takes of a unit in a quarter-hour."""
    window = claim.window
    if not window.start_s <= start_s < window.end_s:
        return 0
    place = (start_s - window.start_s) // window.mtu_length_s
    return sum(share.quantities_w[place] for share in claim.shares if share.unit_id == unit_id)


def is_override(claim: Claim) -> bool:
    """Tell whether a claim is an operator's override: neither of an offer nor of a trade."""
    return not claim.offer_id and not claim.trade_id


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a unit or portfolio in a quarter-hour: what is offered, and what is claimed with and without an offer."""

    offered_w: int
    unoffered_w: int
    claimed_w: int

    @property
    def excess_w(self) -> int:
        """Return by how much the claims exceed their bound; 0 or less: they do not."""
        return self.unoffered_w + self.claimed_w - max(self.offered_w, self.unoffered_w)

    def room_w(self, traded_w: int = 0) -> int:
        """Return how much more can be claimed; a trade raises the bound as far as nothing but trades is claimed."""
        room = self.offered_w - self.unoffered_w - self.claimed_w
        return max(0, room) if self.claimed_w else max(0, room, traded_w)


class Guard:
    """Offers and claims of one area."""

    def __init__(self, area_id: str) -> None:
        self.area_id = area_id
        self.offers: dict[str, Offer] = {}
        self.claims: dict[str, Claim] = {}
        self.totals: dict[tuple[str, int], UnitTotal] = {}
        self._offers_of: dict[str, dict[str, None]] = {}  # by unit, in the order of arrival
        self._offers_in: dict[str, dict[str, None]] = {}  # by portfolio
        self._claims_of: dict[str, dict[str, None]] = {}

    # --- what stands -------------------------------------------------------------------------------------------------

    def put_offer(self, offer: Offer) -> None:
        """Take an offer."""
        self.offers[offer.terms.offer_id] = offer
        if offer.terms.portfolio_id:
            self._offers_in.setdefault(offer.terms.portfolio_id, {})[offer.terms.offer_id] = None
        for member in offer.members:
            self._offers_of.setdefault(member.unit_id, {})[offer.terms.offer_id] = None

    def drop_offer(self, offer_id: str) -> None:
        """Forget an offer."""
        offer = self.offers.pop(offer_id)
        self._offers_in.get(offer.terms.portfolio_id, {}).pop(offer_id, None)
        for member in offer.members:
            del self._offers_of[member.unit_id][offer_id]
            if not self._offers_of[member.unit_id]:
                del self._offers_of[member.unit_id]

    def put_claim(self, claim: Claim, totals: Iterable[UnitTotal]) -> None:
        """Take a claim, new or changed, with the totals that follow from it."""
        self.claims[claim.claim_id] = claim
        for share in claim.shares:
            self._claims_of.setdefault(share.unit_id, {})[claim.claim_id] = None
        for total in totals:
            self.totals[total.unit_id, total.mtu.start_s] = total

    def forget(self, before_s: int) -> None:
        """Drop offers, claims and totals of windows that ended before a second."""
        for offer in [own for own in self.offers.values() if own.terms.window.end_s <= before_s]:
            self.drop_offer(offer.terms.offer_id)
        for claim in [own for own in self.claims.values() if own.window.end_s <= before_s]:
            del self.claims[claim.claim_id]
            for share in claim.shares:
                self._claims_of[share.unit_id].pop(claim.claim_id, None)
        for key in [key for key, total in self.totals.items() if total.mtu.end_s <= before_s]:
            del self.totals[key]

    # --- sums --------------------------------------------------------------------------------------------------------

    def claimed_w(self, unit_id: str, start_s: int, direction: Direction) -> int:
        """Return all that is claimed of a unit."""
        total = self.totals.get((unit_id, start_s))
        if total is None:
            return 0
        return total.up_w if direction is Direction.UP else total.down_w

    def claims_on(self, unit_id: str) -> Iterator[Claim]:
        """Iterate over the claims on a unit, the oldest first."""
        return (self.claims[name] for name in self._claims_of.get(unit_id, ()))

    def offers_of(self, unit_id: str) -> Iterator[Offer]:
        """Iterate over the offers that a unit stands behind, the oldest first."""
        return (self.offers[name] for name in self._offers_of.get(unit_id, ()))

    def offers_in(self, portfolio_id: str) -> Iterator[Offer]:
        """Iterate over the offers of a portfolio, the oldest first."""
        return (self.offers[name] for name in self._offers_in.get(portfolio_id, ()))

    def of_offer_w(self, offer_id: str, start_s: int) -> int:
        """Return what is claimed of an offer."""
        offer = self.offers[offer_id]
        found = {
            claim.claim_id: claim
            for member in offer.members
            for claim in self.claims_on(member.unit_id)
            if claim.offer_id == offer_id
        }
        return sum(amount_w(claim, member.unit_id, start_s) for claim in found.values() for member in offer.members)

    def totals_after(self, claim: Claim) -> tuple[UnitTotal, ...]:
        """Return the totals that change when a claim comes to stand, in place of what it was before."""
        before = self.claims.get(claim.claim_id)
        units = dict.fromkeys(share.unit_id for held in (before, claim) if held for share in held.shares)
        found = []
        for unit_id in units:
            for mtu in claim.window.mtus():
                change = amount_w(claim, unit_id, mtu.start_s)
                change -= amount_w(before, unit_id, mtu.start_s) if before else 0
                if change:
                    found.append(self._moved(unit_id, mtu, claim, change))
        return tuple(found)

    def _moved(self, unit_id: str, mtu: Mtu, claim: Claim, change_w: int) -> UnitTotal:
        total = self.totals.get((unit_id, mtu.start_s))
        up_w, down_w, revision = (total.up_w, total.down_w, total.revision) if total else NOTHING
        up_w += change_w if claim.direction is Direction.UP else 0
        down_w += change_w if claim.direction is Direction.DOWN else 0
        if up_w < 0 or down_w < 0:
            raise InvariantError(f"total of {unit_id} at {mtu.start_s} would be {up_w} up, {down_w} down")
        others = (own for own in self.claims_on(unit_id) if own.claim_id != claim.claim_id)
        operated = any(own.claimant.is_operator and amount_w(own, unit_id, mtu.start_s) for own in (claim, *others))
        return UnitTotal(self.area_id, unit_id, mtu, up_w, down_w, revision + 1, operated)

    # --- what is left ------------------------------------------------------------------------------------------------

    def offered_w(self, unit_id: str, start_s: int, direction: Direction) -> int:
        """Return what a unit offers: its own offers, or its span where it is offered in portfolios alone."""
        own, span = 0, 0
        for offer in self._standing(self.offers_of(unit_id), start_s, direction):
            own += offer.terms.quantity_w if offer.terms.unit_id else 0
            span = max(span, *(member.span_w for member in offer.members if member.unit_id == unit_id))
        return own or span

    def opposed(self, unit_id: str, start_s: int, direction: Direction, claimant: Claimant) -> bool:
        """Tell whether a claim in a direction would stand against another one, with an operator on either side."""
        if not self.claimed_w(unit_id, start_s, direction.opposite):
            return False
        return claimant.is_operator or any(
            claim.claimant.is_operator and claim.direction is direction.opposite
            for claim in self.claims_on(unit_id)
            if amount_w(claim, unit_id, start_s)
        )

    def unit_room_w(self, unit_id: str, start_s: int, direction: Direction, *, traded_w: int = 0) -> int:
        """Return how much more of a unit can be claimed; `traded_w` is what a new trade brings along as its offer."""
        return self._unit_sums(unit_id, start_s, direction).room_w(traded_w)

    def portfolio_room_w(self, portfolio_id: str, start_s: int, direction: Direction, *, traded_w: int = 0) -> int:
        """Return how much more of a portfolio can be claimed, of whichever unit."""
        return self._portfolio_sums(portfolio_id, start_s, direction).room_w(traded_w)

    def _unit_sums(self, unit_id: str, start_s: int, direction: Direction) -> Sums:
        claims = [claim for claim in self.claims_on(unit_id) if claim.direction is direction]
        unoffered = sum(amount_w(claim, unit_id, start_s) for claim in claims if not claim.offer_id)
        claimed = self.claimed_w(unit_id, start_s, direction) - unoffered
        return Sums(self.offered_w(unit_id, start_s, direction), unoffered, claimed)

    def _portfolio_sums(self, portfolio_id: str, start_s: int, direction: Direction) -> Sums:
        standing = list(self._standing(self.offers_in(portfolio_id), start_s, direction))
        members = dict.fromkeys(member.unit_id for offer in standing for member in offer.members)
        traded = claimed = 0
        for unit_id in members:
            for claim in self.claims_on(unit_id):
                if claim.direction is direction and not is_override(claim):
                    amount = amount_w(claim, unit_id, start_s)
                    traded += amount if claim.trade_id else 0
                    claimed += 0 if claim.trade_id else amount
        return Sums(sum(offer.terms.quantity_w for offer in standing), traded, claimed)

    def of_offers_w(self, unit_id: str, start_s: int, direction: Direction) -> int:
        """Return what is claimed of a unit by way of offers."""
        return self._unit_sums(unit_id, start_s, direction).claimed_w

    def portfolios_of(self, unit_id: str, start_s: int, direction: Direction) -> tuple[str, ...]:
        """Return the portfolios that offer a unit."""
        standing = self._standing(self.offers_of(unit_id), start_s, direction)
        return tuple(dict.fromkeys(offer.terms.portfolio_id for offer in standing if offer.terms.portfolio_id))

    def available_w(self, offer: Offer, start_s: int, claimant: Claimant) -> int:
        """Return how much more of an offer a claimant can have in a quarter-hour."""
        terms = offer.terms
        rooms = self._member_rooms(offer, start_s, claimant)
        bounds = [terms.quantity_w - self.of_offer_w(terms.offer_id, start_s), sum(rooms)]
        if terms.portfolio_id:
            bounds.append(self.portfolio_room_w(terms.portfolio_id, start_s, terms.direction))
        return max(0, min(bounds))

    def available_in(self, offer: Offer, window: Window, claimant: Claimant) -> int:
        """Return how much more of an offer a claimant can have in every quarter-hour of a window."""
        if not offer.terms.window.holds(window):
            return 0
        return min(self.available_w(offer, start, claimant) for start in window.starts())

    def excess_w(self, offer: Offer, start_s: int) -> int:
        """Return by how much claims on an offer's unit or portfolio exceed their bound; 0 or less: they do not."""
        direction, name = offer.terms.direction, offer.terms.portfolio_id
        if not name:
            return self._unit_sums(offer.terms.unit_id, start_s, direction).excess_w
        return self._portfolio_sums(name, start_s, direction).excess_w

    def allocate(self, offer: Offer, window: Window, quantity_w: int, claimant: Claimant) -> tuple[Share, ...]:
        """Return what each unit behind an offer gives, in proportion to what it has left; at most what is available."""
        parts = [
            largest_remainder(quantity_w, list(self._member_rooms(offer, start, claimant))) for start in window.starts()
        ]
        shares = [
            Share(member.unit_id, tuple(period[place] for period in parts))
            for place, member in enumerate(offer.members)
        ]
        return tuple(share for share in shares if any(share.quantities_w))

    def _member_rooms(self, offer: Offer, start_s: int, claimant: Claimant) -> tuple[int, ...]:
        direction, own = offer.terms.direction, offer.terms.portfolio_id
        rooms = []
        for member in offer.members:
            room = self.unit_room_w(member.unit_id, start_s, direction)
            for portfolio_id in self.portfolios_of(member.unit_id, start_s, direction):
                if portfolio_id != own:
                    room = min(room, self.portfolio_room_w(portfolio_id, start_s, direction))
            rooms.append(0 if self.opposed(member.unit_id, start_s, direction, claimant) else max(0, room))
        return tuple(rooms)

    @staticmethod
    def _standing(offers: Iterable[Offer], start_s: int, direction: Direction) -> Iterator[Offer]:
        return (
            offer
            for offer in offers
            if offer.terms.direction is direction and offer.terms.window.start_s <= start_s < offer.terms.window.end_s
        )
