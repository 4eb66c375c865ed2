"""What a platform would refuse about bids, told before anything is sent: all of it, not only the first.

`find_bid_problems` is the whole check of one document against the bids that are live on the platform.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from flexbourse_ancillary_gateway.domain.bids.bid import Availability, Bid
from flexbourse_ancillary_gateway.domain.bids.changes import find_change_problems
from flexbourse_ancillary_gateway.domain.bids.document_day import document_day
from flexbourse_ancillary_gateway.domain.bids.eic import is_eic
from flexbourse_ancillary_gateway.domain.bids.groups import find_group_problems
from flexbourse_ancillary_gateway.domain.bids.links import find_link_problems
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection

MAX_ID = 60
MAX_NOTE = 100


def find_bid_problems(
    bids: Sequence[Bid], live: Mapping[str, Bid], rules: PlatformRules, now_s: int
) -> list[Rejection]:
    """Return every rule that a document of these bids breaks; `live` are the bids accepted before, by id."""
    found = list(_document_problems(bids, rules))
    for bid in bids:
        found += _gate_problems(bid, rules, now_s)
        if not bid.is_withdrawal:
            found += _bid_problems(bid, rules)
    found += find_change_problems(bids, live)
    after = {**live, **{bid.bid_id: bid for bid in bids}}
    standing = [bid for bid in after.values() if not bid.is_withdrawal]
    touched = {bid.bid_id for bid in bids}
    found += find_group_problems(standing, touched, rules)
    found += find_link_problems(standing, touched)
    found += _portfolio_problems(standing, {bid.mtu for bid in bids}, rules)
    found += _small_bid_problems(standing, touched, rules)
    return found


def _document_problems(bids: Sequence[Bid], rules: PlatformRules) -> Iterator[Rejection]:
    if not bids:
        yield Rejection(Code.FIELD_MISSING, "a document holds at least one series", "series")
    if len(bids) > rules.max_series:
        yield Rejection(
            Code.TOO_MANY_ENTRIES, "series of a document", "series", value=len(bids), limit=rules.max_series
        )
    for bid_id, count in sorted(Counter(bid.bid_id for bid in bids).items()):
        if count > 1:
            yield Rejection(Code.DUPLICATE_IDENTIFIER, "a series stands once in a document", "bid_id", bid_id)
    days = {document_day(bid.mtu.start_s) for bid in bids}
    if len(days) > 1:
        yield Rejection(Code.FIELD_OUT_OF_RANGE, "a document holds one day", "mtu", value=len(days), limit=1)


def _gate_problems(bid: Bid, rules: PlatformRules, now_s: int) -> Iterator[Rejection]:
    if bid.mtu.length_s != rules.mtu_s or not bid.mtu.is_aligned():
        yield _about(bid, Code.FIELD_MALFORMED, "an MTU of the platform's length", "mtu", bid.mtu.length_s, rules.mtu_s)
    closes = bid.mtu.start_s - rules.bid_gate_s
    if now_s >= closes:
        yield _about(bid, Code.GATE_CLOSED, "the gate of bids has closed", "mtu", now_s, closes, "s")
    opens = bid.mtu.start_s - rules.opens_s
    if now_s < opens:
        yield _about(bid, Code.BOOK_NOT_OPEN, "the gate of bids is not open yet", "mtu", now_s, opens, "s")


def _bid_problems(bid: Bid, rules: PlatformRules) -> Iterator[Rejection]:
    step = rules.member_step_w if bid.inclusive_group else rules.step_w
    least = step if bid.inclusive_group else (rules.small_bid_w or rules.minimum_w)
    if not least <= bid.quantity_w <= rules.maximum_w:
        limit = least if bid.quantity_w < least else rules.maximum_w
        yield _about(bid, Code.QUANTITY_OUT_OF_RANGE, "least and most of a bid", "quantity", bid.quantity_w, limit, "W")
    if bid.quantity_w % step:
        yield _about(bid, Code.QUANTITY_OFF_STEP, "a multiple of the step", "quantity", bid.quantity_w, step, "W")
    if bid.minimum_w is not None:
        if not 0 <= bid.minimum_w <= bid.quantity_w:
            rule = "the minimum lies between 0 and the quantity"
            yield _about(bid, Code.QUANTITY_OUT_OF_RANGE, rule, "minimum", bid.minimum_w, bid.quantity_w, "W")
        if bid.minimum_w % step:
            yield _about(bid, Code.QUANTITY_OFF_STEP, "a multiple of the step", "minimum", bid.minimum_w, step, "W")
    if abs(bid.price_ticks) > rules.price_limit_ticks:
        yield _about(
            bid, Code.PRICE_OFF_TICK, "the price range", "price", bid.price_ticks, rules.price_limit_ticks, "ticks"
        )
    yield from _text_problems(bid)
    yield from _constraint_problems(bid, rules)


def _text_problems(bid: Bid) -> Iterator[Rejection]:
    if not 0 < len(bid.bid_id) <= MAX_ID:
        yield _about(bid, Code.FIELD_MALFORMED, "characters of an id", "bid_id", len(bid.bid_id), MAX_ID)
    if len(bid.resource_id) > MAX_ID:
        yield _about(bid, Code.FIELD_MALFORMED, "characters of an id", "resource_id", len(bid.resource_id), MAX_ID)
    if len(bid.note) > MAX_NOTE:
        yield _about(bid, Code.FIELD_MALFORMED, "characters of a note", "note", len(bid.note), MAX_NOTE)
    if not is_eic(bid.zone):
        yield Rejection(Code.FIELD_MALFORMED, "the zone is an EIC with its check character", "zone", bid.bid_id)


def _constraint_problems(bid: Bid, rules: PlatformRules) -> Iterator[Rejection]:
    for name, seconds in (("maximum_duration", bid.maximum_duration_s), ("resting", bid.resting_s)):
        if seconds < 0 or seconds % rules.mtu_s:
            yield _about(bid, Code.FIELD_OUT_OF_RANGE, "a multiple of the MTU", name, seconds, rules.mtu_s, "s")
        if seconds and not bid.technical_link:
            yield Rejection(Code.FIELD_MISSING, "durations need a technical link", "technical_link", bid.bid_id)
    if (bid.availability is not Availability.AVAILABLE) != bool(bid.conditional_links):
        rule = "a bid is conditionally available exactly if it has conditional links"
        yield Rejection(Code.FIELD_MALFORMED, rule, "availability", bid.bid_id)


def _portfolio_problems(standing: Sequence[Bid], mtus: set[Mtu], rules: PlatformRules) -> Iterator[Rejection]:
    totals: Counter[tuple[Mtu, str]] = Counter()
    for bid in _largest_of_exclusive(standing):
        if bid.mtu in mtus:
            totals[bid.mtu, bid.direction.value] += bid.quantity_w
    for (mtu, direction), total in sorted(totals.items()):
        if total > rules.portfolio_w:
            element = f"{direction} {mtu.start_s}"
            rule = "all bids of a direction in an MTU"
            yield Rejection(
                Code.QUANTITY_OUT_OF_RANGE, rule, "quantity", element, value=total, limit=rules.portfolio_w, unit="W"
            )


def _largest_of_exclusive(standing: Sequence[Bid]) -> Iterator[Bid]:
    """Only one bid of an exclusive group is ever activated; the largest of each direction counts."""
    largest: dict[tuple[str, Mtu, str], Bid] = {}
    for bid in standing:
        if not bid.exclusive_group:
            yield bid
            continue
        key = (bid.exclusive_group, bid.mtu, bid.direction.value)
        if key not in largest or bid.quantity_w > largest[key].quantity_w:
            largest[key] = bid
    yield from largest.values()


def _small_bid_problems(standing: Sequence[Bid], touched: set[str], rules: PlatformRules) -> Iterator[Rejection]:
    if rules.small_bid_w is None:
        return
    seen: dict[tuple[str, str, Mtu], str] = {}
    small = (bid for bid in standing if bid.quantity_w < rules.minimum_w and not bid.inclusive_group)
    for bid in sorted(small, key=lambda bid: (bid.bid_id in touched, bid.bid_id)):
        key = (bid.resource_id, bid.direction.value, bid.mtu)
        if seen.setdefault(key, bid.bid_id) != bid.bid_id and bid.bid_id in touched:
            rule = "one small bid per resource, direction and MTU"
            yield _about(bid, Code.QUANTITY_OUT_OF_RANGE, rule, "quantity", bid.quantity_w, rules.minimum_w, "W")


def _about(bid: Bid, code: Code, rule: str, field: str, value: int, limit: int, unit: str = "") -> Rejection:
    return Rejection(code, rule, field, bid.bid_id, value=value, limit=limit, unit=unit)
