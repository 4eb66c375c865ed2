"""What may change about a bid once the platform has it: the same id again is an update, quantity 0 a withdrawal.

Only changes are sent. Period, resource, zone and direction stay; a simple bid never joins a group; a group is withdrawn
as a whole or not at all, and with a bid all that hang on it by conditional links go or are sent anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.bids.links import left_without_link
from flexbourse_core.rejection import Code, Rejection

FIXED = ("mtu", "resource_id", "zone", "direction")


def find_change_problems(bids: Sequence[Bid], live: Mapping[str, Bid]) -> list[Rejection]:
    """Return every rule that these bids break as changes of the live ones."""
    found: list[Rejection] = []
    for bid in bids:
        earlier = live.get(bid.bid_id)
        if earlier is None:
            if bid.is_withdrawal:
                found.append(Rejection(Code.UNKNOWN_OBJECT, "a bid that is withdrawn stands", "bid_id", bid.bid_id))
            continue
        found += _update_problems(bid, earlier)
    withdrawn = {bid.bid_id for bid in bids if bid.is_withdrawal}
    found += _group_problems(withdrawn, live)
    sent = {bid.bid_id for bid in bids}
    for orphan in left_without_link(live, withdrawn):
        if orphan not in sent:
            rule = "with a bid go those that are linked to it"
            found.append(Rejection(Code.FIELD_MISSING, rule, "conditional_links", orphan))
    return found


def _update_problems(bid: Bid, earlier: Bid) -> Iterator[Rejection]:
    if bid == earlier:
        yield Rejection(Code.FIELD_MALFORMED, "only changes are sent", "bid_id", bid.bid_id)
    for name in FIXED:
        if getattr(bid, name) != getattr(earlier, name):
            yield Rejection(Code.FROZEN_FIELD, "cannot change after the bid was sent", name, bid.bid_id)
    if earlier.is_simple and not bid.is_simple:
        yield Rejection(Code.FROZEN_FIELD, "a simple bid never joins a group", "groups", bid.bid_id)


def _group_problems(withdrawn: set[str], live: Mapping[str, Bid]) -> Iterator[Rejection]:
    members: dict[tuple[str, str], set[str]] = {}
    for bid in live.values():
        for key in bid.groups:
            members.setdefault(key, set()).add(bid.bid_id)
    for (kind, group), ids in sorted(members.items()):
        left = ids - withdrawn
        if left and left != ids:
            rule = f"an {kind} group is withdrawn as a whole"
            yield Rejection(Code.FIELD_MISSING, rule, "groups", group, value=len(ids - left), limit=len(ids))
