"""From marked offers to parcels: lots are claimed before the gate of bids, pooled, and given back where not forwarded.

A lot that the grid takes only in part is tried again with less: each refusal halves its pieces, so that it ends. Public
methods decide, apply what they decided and return it; `evolve` only applies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Product
from flexbourse_ancillary_gateway.domain.grid_gate.method import Method
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import Parcel
from flexbourse_ancillary_gateway.domain.lots.events import (
    Event,
    LotAsked,
    LotCut,
    LotEnded,
    LotHeld,
    LotPart,
    LotsLowered,
    OfferMarked,
    OfferUnmarked,
    PiecesPooled,
)
from flexbourse_ancillary_gateway.domain.lots.grounds import Ground, Grounds, KnownRight
from flexbourse_ancillary_gateway.domain.lots.lot import (
    Lot,
    LotStage,
    LotState,
    Mark,
    MarkTerms,
    Piece,
    StandingOffer,
    Unmark,
)
from flexbourse_ancillary_gateway.domain.lots.mark_rules import mark_problems
from flexbourse_ancillary_gateway.domain.lots.pooling import Pool, PoolOffer, pool_offers
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_ancillary_gateway.domain.redispatch import RedispatchNeed
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection

MAX_MARKS = 20_000
MAX_LOTS = 50_000
MAX_ASKED = 2  # times that a lot is claimed: as marked, and as much as activation said is left
RETAINED_S = 3_600  # lots are kept so long after their MTU, for activations and results that come late

OfferKey = tuple[str, str]
LotKey = tuple[str, str, str, int]  # area, offer, unit and start of its MTU


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingTimes:
    """When a period is forwarded, in seconds before the gate of bids."""

    claim_lead_s: int = 20 * 60
    answer_wait_s: int = 120  # so long claims and the grid are waited for before what is there goes on alone
    close_s: int = 150  # nothing new is pooled from then on


@dataclass(slots=True)
class LotBook:
    """Marks, lots and the pieces of live parcels."""

    rules: PlatformRules
    times: ForwardingTimes
    zone: str
    method: Method = Method.FILTER
    offers: dict[OfferKey, StandingOffer] = field(default_factory=dict)
    marks: dict[OfferKey, Mark] = field(default_factory=dict)
    lots: dict[str, LotState] = field(default_factory=dict)
    pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)  # by parcel
    asked: set[LotKey] = field(default_factory=set)
    used_w: dict[str, int] = field(default_factory=dict)  # by lot
    qualified: set[str] = field(default_factory=set)  # units
    grounds: Grounds = field(default_factory=Grounds)
    sequence: int = 0
    now_s: int = 0

    # --- marks -------------------------------------------------------------------------------------------------------

    def mark(self, terms: MarkTerms, party: str) -> list[Event] | list[Rejection]:
        """Let an offer go to the platform; returns every rule that it breaks."""
        key = (terms.area_id, terms.offer_id)
        offer = self.offers.get(key)
        if offer is None:
            return [Rejection(Code.UNKNOWN_OBJECT, "the offer stands at activation", "offer_id", terms.offer_id[:64])]
        problems = mark_problems(terms, offer, party, self.rules)
        problems += self.grounds.problems(party, offer.area_id, offer.units, offer.start_s, offer.end_s)
        for unit_id in sorted(set(offer.units) - self.qualified):
            rule = "the registry has qualified the unit for the product type MFRR"
            problems.append(Rejection(Code.NOT_QUALIFIED, rule, "offer_id", unit_id))
        if key in self.marks:
            problems.append(Rejection(Code.IDENTIFIER_IN_USE, "an offer is marked once", "offer_id", terms.offer_id))
        if len(self.marks) >= MAX_MARKS:
            problems.append(Rejection(Code.TOO_MANY_ENTRIES, "offers that are marked", "offer_id", limit=MAX_MARKS))
        return problems or self._apply([OfferMarked(Mark(terms, party))])

    def unmark(self, wish: Unmark, party: str) -> list[Event] | list[Rejection]:
        """Take a mark back; what was forwarded is for the caller to withdraw."""
        mark = self.marks.get((wish.area_id, wish.offer_id))
        if mark is None:
            return [Rejection(Code.UNKNOWN_OBJECT, "the offer is marked", "offer_id", wish.offer_id[:64])]
        if mark.party != party:
            return [Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "offer_id", wish.offer_id)]
        return self._apply([OfferUnmarked(wish.area_id, wish.offer_id, "unmarked")])

    def lost_marks(self, news: Ground) -> list[OfferUnmarked]:
        """Return the marks that an object of the registry leaves no ground; the caller unmarks them one by one."""
        found = []
        for key, mark in sorted(self.marks.items()):
            offer = self.offers.get(key)
            if offer is None or (isinstance(news, KnownRight) and news.unit_id not in offer.units):
                continue
            problems = self.grounds.problems(mark.party, offer.area_id, offer.units, offer.start_s, offer.end_s)
            first = next(problems, None)
            if first is not None:
                found.append(OfferUnmarked(*key, f"{first.element}: {first.code.meaning}"))
        return found

    def lose(self, unmarked: OfferUnmarked) -> list[Event]:
        """A mark has lost its ground; what was forwarded is for the caller to withdraw."""
        return self._apply([unmarked])

    # --- claims ------------------------------------------------------------------------------------------------------

    def claim(self, now_s: int) -> list[Event]:
        """Ask for claims on what is marked, in every MTU whose turn has come."""
        events: list[Event] = []
        starts = tuple(self._open_starts(now_s))
        for key, mark in sorted(self.marks.items()) if starts else ():
            offer = self.offers.get(key)
            for start in starts if offer is not None else ():
                assert offer is not None
                if offer.start_s <= start and start + self.rules.mtu_s <= offer.end_s:
                    events += self._claim(mark, offer, start)
        return events

    def claim_for(self, need: RedispatchNeed) -> list[Event]:
        """Ask for claims on what may be called against congestion, in whole MW: such a bid is of one unit."""
        events: list[Event] = []
        for key, mark in sorted(self.marks.items()):
            offer, start = self.offers.get(key), need.mtu.start_s
            if offer is None or not mark.terms.redispatch or offer.direction is not need.direction:
                continue
            if need.mtu.length_s == self.rules.mtu_s and offer.start_s <= start < need.mtu.end_s <= offer.end_s:
                events += self._claim(mark, offer, start, need.need_id)
        return events

    def _claim(self, mark: Mark, offer: StandingOffer, start: int, need_id: str = "") -> list[Event]:
        """Ask for what each unit of an offer gives in an MTU, once; for a request of redispatch in whole MW."""
        events: list[Event] = []
        step = self.rules.step_w if need_id else self.rules.member_step_w if offer.is_portfolio else 1
        wanted = min(mark.terms.quantity_w or offer.quantity_w, offer.quantity_w)
        for unit_id, watts in offer.members_w(wanted).items():
            known = (offer.area_id, offer.offer_id, unit_id, start) in self.asked
            if known or unit_id not in self.qualified or watts < step or len(self.lots) >= MAX_LOTS:
                continue
            lot = self._new_lot(mark, offer, start, unit_id)
            lot = replace(lot, quantity_w=watts // step * step if need_id else watts)
            if need_id:
                lot = replace(lot, product=Product.SCHEDULED, need_id=need_id)
            events += self._apply([LotAsked(lot)])
        return events

    def parcel_for(self, lot: Lot, new_id: Callable[[str], str]) -> tuple[Parcel, PiecesPooled]:
        """Return the parcel of a lot that answers a request of redispatch: one bid, divisible."""
        bid_id = new_id(f"{self.sequence}/{lot.need_id}/{lot.lot_id}")
        bid = Bid(
            bid_id=bid_id, mtu=lot.mtu, direction=lot.direction, quantity_w=lot.quantity_w, minimum_w=0,
            price_ticks=lot.price_ticks, product=lot.product, zone=self.zone,
        )  # fmt: skip
        parcel = Parcel(bid_id, lot.area_id, (bid,), {bid_id: lot.node_id}, lot.need_id)
        return parcel, PiecesPooled(bid_id, (Piece(bid_id, lot.lot_id, lot.quantity_w),))

    def claim_held(self, lot_id: str) -> list[Event]:
        """Activation has claimed a lot."""
        known = self.lots.get(lot_id)
        return self._apply([LotHeld(lot_id)]) if known is not None and known.stage is LotStage.ASKED else []

    def claim_denied(self, lot_id: str, rejections: tuple[Rejection, ...]) -> list[Event]:
        """Activation has refused a lot: what it says is left is asked for once."""
        known = self.lots.get(lot_id)
        if known is None or known.stage is not LotStage.ASKED:
            return []
        rooms = [each.headroom_w for each in rejections if each.headroom_w is not None]
        step = self.rules.member_step_w
        left_w = min(rooms) // step * step if len(rooms) == len(rejections) else 0
        if 0 < left_w < known.lot.quantity_w and known.asked_count < MAX_ASKED:
            return self._apply([LotAsked(replace(known.lot, quantity_w=left_w))])
        return self._apply([LotEnded(lot_id, rejections)])

    def claim_cut(self, lot_id: str, left_w: int, reason: str) -> list[Event]:
        """Somebody else has cut a claim of ours, or our own cut has come back, which changes nothing more."""
        known = self.lots.get(lot_id)
        if known is None or left_w >= known.lot.quantity_w:
            return []
        return self._apply([LotCut(lot_id, known.lot.area_id, left_w, ours=False, reason=reason)])

    def parcels_over(self, lot_id: str) -> list[str]:
        """Return the parcels that hold more of a lot than there is, the last first, until the rest fits."""
        known, found = self.lots[lot_id], []
        over_w = self.used_w.get(lot_id, 0) - known.lot.quantity_w
        for parcel_id, pieces in reversed(self.pieces.items()):
            held_w = sum(piece.quantity_w for piece in pieces if piece.lot_id == lot_id)
            if over_w > 0 and held_w:
                found.append(parcel_id)
                over_w -= held_w
        return found

    def parcels_of(self, area_id: str, offer_id: str) -> list[str]:
        """Return the parcels in which lots of an offer stand."""
        return [
            parcel_id
            for parcel_id, pieces in self.pieces.items()
            if any(
                (lot := self.lots[piece.lot_id].lot).area_id == area_id and lot.offer_id == offer_id for piece in pieces
            )
        ]

    def give_back(self, now_s: int) -> list[Event]:
        """Give back what is not forwarded of lots whose gate has passed, or whose offer is no longer marked."""
        events: list[Event] = []
        for lot_id, known in sorted(self.lots.items()):
            lot, used = known.lot, self.used_w.get(lot_id, 0)
            marked = (lot.area_id, lot.offer_id) in self.marks
            if known.stage is not LotStage.HELD or used >= lot.quantity_w or lot.mtu.start_s <= now_s:
                continue
            if not marked or now_s >= self._gate_s(lot.mtu):
                events += self._apply([LotCut(lot_id, lot.area_id, used, ours=True, reason="not forwarded")])
        return events

    # --- pools -------------------------------------------------------------------------------------------------------

    def pool(self, now_s: int, new_id: Callable[[str], str]) -> list[tuple[Parcel, PiecesPooled]]:
        """Return the parcels that lots make up now; the caller offers each to the grid, then `take`s it."""
        ready = self._ready(now_s)
        offers = [
            PoolOffer(
                unit_id=known.lot.lot_id,
                node_id=known.lot.node_id,
                area_id=known.lot.area_id,
                mtu=known.lot.mtu,
                direction=known.lot.direction,
                quantity_w=free_w,
                price_ticks=known.lot.price_ticks,
                product=known.lot.product,
                zone=self.zone,
            )
            for known in ready
            if (free_w := known.poolable_w - self.used_w.get(known.lot.lot_id, 0)) >= self.rules.member_step_w
        ]
        number = self.sequence
        whole = self.method is Method.INTERFACE
        plan = pool_offers(offers, self.rules, lambda name: new_id(f"{number}/{name}"), whole=whole)
        return [_parcel(pool) for pool in plan.pools]

    def take(self, pooled: PiecesPooled) -> list[Event]:
        """A parcel was offered to the grid."""
        return self._apply([pooled])

    def lower(self, pieces: Sequence[Piece], *, halved: bool) -> list[Event]:
        """Try less of the lots of a parcel that was refused: half of its pieces, or nothing beside what else stands.

        Of a whole group at the interface the dearest pieces stay at home, a quarter of it at a time.
        """
        parts = []
        step, whole = self.rules.member_step_w, self.method is Method.INTERFACE
        left = cheapest_w(pieces, self.rules) if whole else [piece.quantity_w // 2 // step * step for piece in pieces]
        for piece, kept_w in zip(pieces, left, strict=True):
            lot_id = piece.lot_id
            tried_w = kept_w if halved else 0
            left_w = min(self.lots[lot_id].poolable_w, self.used_w.get(lot_id, 0) + tried_w)
            parts.append(LotPart(lot_id, left_w))
        return self._apply([LotsLowered(tuple(parts))])

    def _ready(self, now_s: int) -> Iterator[LotState]:
        """Return held lots whose MTU waits for no other claim."""
        open_starts = set(self._open_starts(now_s))
        waiting = {known.lot.mtu.start_s for known in self.lots.values() if known.stage is LotStage.ASKED}
        for _, known in sorted(self.lots.items()):
            start = known.lot.mtu.start_s
            if known.stage is not LotStage.HELD or start not in open_starts or known.lot.need_id:
                continue
            waited = now_s >= start - self.rules.bid_gate_s - self.times.claim_lead_s + self.times.answer_wait_s
            if (waited or start not in waiting) and (known.lot.area_id, known.lot.offer_id) in self.marks:
                yield known

    def _open_starts(self, now_s: int) -> Iterator[int]:
        """Return the starts of MTUs that are claimed and pooled now."""
        first = now_s + self.rules.bid_gate_s + self.times.close_s
        last = now_s + self.rules.bid_gate_s + self.times.claim_lead_s
        length = self.rules.mtu_s
        return iter(range((first // length + 1) * length, last + 1, length))

    # --- time --------------------------------------------------------------------------------------------------------

    def next_timer_s(self) -> int | None:
        """Return when something is to be claimed or given back at latest."""
        times = []
        for lot_id, known in self.lots.items():
            lot = known.lot
            unused = self.used_w.get(lot_id, 0) < lot.quantity_w
            if known.stage is LotStage.HELD and unused and self.now_s < lot.mtu.start_s:
                times.append(self._gate_s(lot.mtu))
        return min(times, default=None)

    def tick(self, now_s: int) -> None:
        """Time has advanced: forget lots, offers and marks that are over."""
        self.now_s = now_s
        for lot_id in [key for key, known in self.lots.items() if known.lot.claimed_end_s + RETAINED_S <= now_s]:
            lot = self.lots.pop(lot_id).lot
            self.asked.discard(key_of(lot))
            self.used_w.pop(lot_id, None)
        for key in [key for key, offer in self.offers.items() if offer.end_s + RETAINED_S <= now_s]:
            del self.offers[key]
            self.marks.pop(key, None)

    def qualify(self, unit_id: str, *, qualified: bool) -> None:
        """A unit is qualified for mFRR, or no longer: then nothing more of it is claimed."""
        if qualified:
            self.qualified.add(unit_id)
        else:
            self.qualified.discard(unit_id)

    def put_offer(self, offer: StandingOffer) -> None:
        """An offer stands at activation."""
        self.offers[offer.area_id, offer.offer_id] = offer

    def drop_offer(self, area_id: str, offer_id: str) -> list[Event]:
        """An offer stands no longer: its mark goes with it."""
        self.offers.pop((area_id, offer_id), None)
        if (area_id, offer_id) not in self.marks:
            return []
        return self._apply([OfferUnmarked(area_id, offer_id, "the offer was withdrawn")])

    # --- state -------------------------------------------------------------------------------------------------------

    def evolve(self, event: Event) -> None:
        """Apply an event."""
        match event:
            case OfferMarked():
                self.marks[event.mark.terms.area_id, event.mark.terms.offer_id] = event.mark
            case OfferUnmarked():
                self.marks.pop((event.area_id, event.offer_id), None)
            case LotAsked():
                self._ask(event.lot)
            case LotHeld():
                self._set(event.lot_id, LotStage.HELD)
            case LotEnded():
                self._set(event.lot_id, LotStage.ENDED)
            case LotCut():
                self._cut(event)
            case PiecesPooled():
                self.sequence += 1
                self.pieces[event.parcel_id] = event.pieces
                self._use(event.pieces, 1)
            case LotsLowered():
                for part in event.parts:
                    self.lots[part.lot_id] = replace(self.lots[part.lot_id], poolable_w=part.quantity_w)

    def free(self, parcel_id: str) -> None:
        """A parcel is gone: its pieces are free again."""
        self._use(self.pieces.pop(parcel_id, ()), -1)

    def _use(self, pieces: Iterable[Piece], sign: int) -> None:
        for piece in pieces:
            if piece.lot_id in self.lots:
                self.used_w[piece.lot_id] = self.used_w.get(piece.lot_id, 0) + sign * piece.quantity_w

    def _ask(self, lot: Lot) -> None:
        known = self.lots.get(lot.lot_id)
        if known is None:
            self.sequence += 1
            self.asked.add(key_of(lot))
        count = known.asked_count + 1 if known is not None else 1
        self.lots[lot.lot_id] = LotState(lot, LotStage.ASKED, lot.quantity_w, count)

    def _set(self, lot_id: str, stage: LotStage) -> None:
        self.lots[lot_id] = replace(self.lots[lot_id], stage=stage)

    def _cut(self, event: LotCut) -> None:
        known = self.lots[event.lot_id]
        lot = replace(known.lot, quantity_w=event.left_w)
        stage = known.stage if event.left_w else LotStage.ENDED
        self.lots[event.lot_id] = replace(known, lot=lot, stage=stage, poolable_w=min(known.poolable_w, event.left_w))

    def _new_lot(self, mark: Mark, offer: StandingOffer, start_s: int, unit_id: str) -> Lot:
        length = self.rules.mtu_s
        product = mark.terms.product
        if product.is_direct and start_s + 2 * length > offer.end_s:
            product = Product.SCHEDULED  # nothing is offered in the MTU into which a direct activation would run
        assert offer.direction is not None  # activation takes no other
        return Lot(
            lot_id=f"mfrr-{self.sequence + 1}",
            area_id=offer.area_id,
            offer_id=offer.offer_id,
            party=offer.party,
            unit_id=unit_id,
            node_id=offer.units[unit_id],
            mtu=Mtu(start_s, length),
            direction=offer.direction,
            product=product,
            quantity_w=0,
            price_ticks=mark.terms.price_ticks,
            of_portfolio=offer.is_portfolio,
        )

    def _gate_s(self, mtu: Mtu) -> int:
        return mtu.start_s - self.rules.bid_gate_s

    def _apply(self, events: list[Event]) -> list[Event]:
        for event in events:
            self.evolve(event)
        return events


def key_of(lot: Lot) -> LotKey:
    """Return what a lot is asked for once."""
    return lot.area_id, lot.offer_id, lot.unit_id, lot.mtu.start_s


def cheapest_w(pieces: Sequence[Piece], rules: PlatformRules) -> list[int]:
    """Return what stays of each piece, in order of price, where the dearest quarter, a step at least, is given up."""
    total = sum(piece.quantity_w for piece in pieces)
    left = total - max(total // 4 // rules.step_w * rules.step_w, rules.step_w)
    kept = []
    for piece in pieces:
        kept.append(max(0, min(piece.quantity_w, left)))
        left -= piece.quantity_w
    return kept


def _parcel(pool: Pool) -> tuple[Parcel, PiecesPooled]:
    nodes = {member.bid_id: member.node_id for member in pool.members}
    pieces = tuple(Piece(member.bid_id, member.unit_id, member.quantity_w) for member in pool.members)
    return Parcel(pool.group_id, pool.area_id, pool.bids, nodes), PiecesPooled(pool.group_id, pieces)
