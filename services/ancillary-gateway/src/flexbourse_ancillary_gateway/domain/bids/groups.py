"""Groups of bids in one MTU.

exclusive  at most one is activated
multipart  same direction, different prices; a dearer part only after all cheaper ones
inclusive  same price and direction, all in the same proportion; members in hundredths of a MW, their sum a whole step
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_core.rejection import Code, Rejection


def find_group_problems(standing: Sequence[Bid], touched: Collection[str], rules: PlatformRules) -> list[Rejection]:
    """Return every rule broken by a group with a member in `touched`; `standing` are all bids, withdrawn ones out."""
    found = []
    members: dict[tuple[str, str], list[Bid]] = {}
    for bid in standing:
        if len(bid.groups) > 1 and bid.bid_id in touched:
            found.append(Rejection(Code.FIELD_MALFORMED, "a bid is in one group at most", "groups", bid.bid_id))
        for key in bid.groups:
            members.setdefault(key, []).append(bid)
    for (kind, group), bids in sorted(members.items()):
        if any(bid.bid_id in touched for bid in bids):
            found += _common_problems(kind, group, bids)
            if kind == "multipart":
                found += _multipart_problems(group, bids)
            if kind == "inclusive":
                found += _inclusive_problems(group, bids, rules)
    return found


def _common_problems(kind: str, group: str, bids: Sequence[Bid]) -> Iterator[Rejection]:
    for name, values in (
        ("mtu", {bid.mtu for bid in bids}),
        ("zone", {bid.zone for bid in bids}),
        ("product", {bid.product for bid in bids}),
        ("technical_link", {bid.technical_link for bid in bids}),
    ):
        if len(values) > 1:
            yield _differs(kind, group, name, len(values))
    if kind in ("exclusive", "multipart"):
        for bid in bids:
            if bid.conditional_links:
                rule = f"no conditional link on a member of an {kind} group"
                yield Rejection(Code.FIELD_MALFORMED, rule, "conditional_links", bid.bid_id)


def _multipart_problems(group: str, bids: Sequence[Bid]) -> Iterator[Rejection]:
    if len({bid.direction for bid in bids}) > 1:
        yield _differs("multipart", group, "direction", 2)
    prices = [bid.price_ticks for bid in bids]
    if len(set(prices)) < len(prices):
        yield Rejection(Code.FIELD_MALFORMED, "parts of a multipart group have different prices", "price", group)


def _inclusive_problems(group: str, bids: Sequence[Bid], rules: PlatformRules) -> Iterator[Rejection]:
    if len({bid.direction for bid in bids}) > 1:
        yield _differs("inclusive", group, "direction", 2)
    prices = {bid.price_ticks for bid in bids}
    if len(prices) > 1:
        yield _differs("inclusive", group, "price", len(prices))
    total = sum(bid.quantity_w for bid in bids)
    if total < rules.minimum_w:
        rule = "the least sum of an inclusive group"
        yield Rejection(
            Code.QUANTITY_OUT_OF_RANGE, rule, "quantity", group, value=total, limit=rules.minimum_w, unit="W"
        )
    if total % rules.step_w:
        rule = "the sum of an inclusive group is a multiple of the step"
        yield Rejection(Code.QUANTITY_OFF_STEP, rule, "quantity", group, value=total, limit=rules.step_w, unit="W")


def _differs(kind: str, group: str, name: str, count: int) -> Rejection:
    rule = f"members of an {kind} group have the same {name.replace('_', ' ')}"
    return Rejection(Code.FIELD_MALFORMED, rule, name, group, value=count, limit=1)
