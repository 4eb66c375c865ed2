"""Exclusive groups: orders of one party in one area of which the executed parts add up to one at most.

What was filled of a member's whole quantity is its share. When one member has filled a share, every other one keeps
what is left of one, times its own quantity. The whole is the quantity as it stands when the group is first executed;
from then on it is fixed. Shares are exact fractions, so that they add up without any rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flexbourse_core.ids import is_command_id
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.orders import Forwarding, NewOrder, Order

# Orders of one group that are open, or were executed in part: a fill looks at all of them.
MAX_GROUP = 16
GROUP_EXECUTED = "another order of its exclusive group was executed"

# Party and name.
GroupKey = tuple[str, str]
# What a plan would execute of groups beside what they have executed.
Shares = dict[GroupKey, Fraction]
_NO_SHARES: Mapping[GroupKey, Fraction] = {}


@dataclass(frozen=True, slots=True)
class GroupMember:
    """An order that is open, or was executed in part."""

    party: str
    group: str
    order_id: str
    mtu: Mtu
    whole_w: int
    filled_w: int


class Groups:
    """The groups of one area. A group is forgotten when the last period of its members has ended."""

    def __init__(self) -> None:
        self._groups: dict[GroupKey, dict[str, GroupMember]] = {}

    def admit(self, order: Order) -> None:
        """Let an order be a member."""
        member = GroupMember(order.party, order.exclusive_group, order.order_id, order.mtu, order.quantity_w, 0)
        self.restore(member)

    def change(self, order: Order) -> None:
        """Note the quantity of a member that was changed; it counts until the group is first executed."""
        members = self._groups[_key(order)]
        if not self.taken(order):
            members[order.order_id] = replace(members[order.order_id], whole_w=order.quantity_w)

    def fill(self, order: Order, filled_w: int) -> None:
        """Note what was filled of a member, altogether."""
        members = self._groups[_key(order)]
        members[order.order_id] = replace(members[order.order_id], filled_w=filled_w)

    def leave(self, order: Order) -> None:
        """Forget a member that left and was not executed."""
        members = self._groups[_key(order)]
        if not members[order.order_id].filled_w:
            del members[order.order_id]
        if not members:
            del self._groups[_key(order)]

    def forget(self, is_past: Callable[[Mtu], bool]) -> None:
        """Forget groups all of whose periods have ended and hold no open book."""
        ended = [
            key for key, members in self._groups.items() if all(is_past(member.mtu) for member in members.values())
        ]
        for key in ended:
            del self._groups[key]

    def members(self, order: Order | NewOrder, party: str = "") -> list[GroupMember]:
        """Return the members of an order's group, the earliest first."""
        return list(self._groups.get(_key(order, party), {}).values())

    def taken(self, order: Order | NewOrder, party: str = "") -> Fraction:
        """Return what an order's group has executed: the sum of its members' shares."""
        members = self._groups.get(_key(order, party), {}).values()
        return sum((Fraction(member.filled_w, member.whole_w) for member in members if member.filled_w), Fraction(0))

    def left_w(self, order: Order, planned: Mapping[GroupKey, Fraction] = _NO_SHARES) -> int:
        """Return how much of its whole quantity the group leaves to a member, beside what a plan would execute."""
        left = 1 - self.taken(order) - planned.get(_key(order), 0)
        return int(left * self._groups[_key(order)][order.order_id].whole_w)

    def plan(self, planned: Shares, order: Order, quantity_w: int) -> None:
        """Note that a plan would fill so much of a member."""
        key = _key(order)
        share = Fraction(quantity_w, self._groups[key][order.order_id].whole_w)
        planned[key] = planned.get(key, Fraction(0)) + share

    def refuse_more(self, order: Order, quantity_w: int) -> Rejection | None:
        """Return why a member may not be as large as its party wants, or None."""
        if not order.exclusive_group or not self.taken(order):
            return None
        left_w = self.left_w(order)
        return None if quantity_w <= left_w else _executed(quantity_w, left_w)

    def refuse(self, party: str, order: NewOrder, step_w: int, least_w: int) -> Rejection | None:
        """Return why a group does not take another member, or leaves nothing to it, or None."""
        held = len(self.members(order, party))
        if held >= MAX_GROUP:
            return Rejection(
                Code.TOO_MANY_ENTRIES, "an exclusive group holds few orders", field="exclusive_group",
                element=order.exclusive_group, value=held + 1, limit=MAX_GROUP, unit="orders",
            )  # fmt: skip
        taken = self.taken(order, party)
        left_w = int((1 - taken) * order.quantity_w) // step_w * step_w
        if not taken or (left_w >= least_w and not order.fill_rule.is_whole):
            return None
        return _executed(order.quantity_w, left_w)

    def kept(self) -> Iterator[GroupMember]:
        """Iterate over all members."""
        for key in sorted(self._groups):
            yield from self._groups[key].values()

    def restore(self, member: GroupMember) -> None:
        """Put a member back."""
        self._groups.setdefault((member.party, member.group), {})[member.order_id] = member


def _key(order: Order | NewOrder, party: str = "") -> GroupKey:
    return order.party if isinstance(order, Order) else party, order.exclusive_group


def are_of_one_group(one: Order, other: Order) -> bool:
    """Tell whether two orders exclude each other."""
    return bool(one.exclusive_group) and _key(one) == _key(other)


def refuse_form(order: NewOrder) -> Rejection | None:
    """Return why an order may not be of a group, or None."""
    name, own = order.exclusive_group, order.instructions
    if not name:
        return None
    if not is_command_id(name):
        rule = "a group's name is 1 to 64 of A-Z a-z 0-9 . _ : -"
        return Rejection(Code.FIELD_MALFORMED, rule, field="exclusive_group", element=name)
    clips = own is not None and own.clip_w
    if clips or order.conditional or order.relief_targets or order.forwarding is not Forwarding.UNSPECIFIED:
        rule = "an order of a group is no iceberg, not conditional, without targets, and is not forwarded"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="exclusive_group", element=name)
    return None


def _executed(quantity_w: int, left_w: int) -> Rejection:
    return Rejection(
        Code.GROUP_EXECUTED, "the executed parts of an exclusive group add up to one at most", field="quantity_w",
        value=quantity_w, limit=left_w, unit="W", headroom_w=left_w,
    )  # fmt: skip
