"""From bids and needs of one MTU to an optimisation problem, and from its selection back to each bid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flexbourse_mfrr_simulator.domain.bids import KW_PER_MW, UP, Bid
from flexbourse_mfrr_simulator.domain.clearing import Border, Kind, Order, Problem, Selection
from flexbourse_mfrr_simulator.domain.needs import Need

STEP_KW: Final = 10  # members of inclusive groups have two decimals


@dataclass(frozen=True, slots=True)
class Auction:
    """A problem with the bids behind each of its keys (several for an inclusive group)."""

    problem: Problem
    members: Mapping[str, tuple[Bid, ...]] = field(default_factory=dict)

    def activated(self, selection: Selection) -> dict[str, int]:
        """Return kW per bid that was taken; members of an inclusive group get the same proportion."""
        taken: dict[str, int] = {}
        for key, bids in self.members.items():
            if selection.accepted[key]:
                taken |= shares(bids, selection.accepted[key] * KW_PER_MW)
        return taken


def make_auction(
    bids: Sequence[Bid], offered: Mapping[str, int], needs: Iterable[Need], zones: Sequence[str],
    borders: Sequence[Border], *, counter_activation: bool,
) -> Auction:  # fmt: skip
    """Build the problem of an MTU from bids in their order of acceptance.

    `offered` is kW per bid that may be taken; bids that are missing there, or whose minimum no longer fits, stay out.
    """
    usable = [bid for bid in bids if offered.get(bid.mrid, 0) >= max(bid.minimum_kw, 1)]
    present = {bid.mrid for bid in usable}
    orders: list[Order] = []
    members: dict[str, tuple[Bid, ...]] = {}
    for unit in _units(usable, bids):
        order = _order(unit, offered)
        if order.quantity and order.minimum <= order.quantity:
            orders.append(order)
            members[order.key] = unit
    orders += [order for place, need in enumerate(needs) for order in _need_orders(place, need)]
    keys = {order.key for order in orders}
    ordered, dropped = _ordered(bids, present & keys)
    orders = [order for order in orders if order.key not in dropped]
    problem = Problem(
        tuple(zones), tuple(orders), tuple(borders), exclusive=_exclusive(usable, keys), ordered=ordered,
        counter_activation=counter_activation,
    )  # fmt: skip
    return Auction(problem, {key: unit for key, unit in members.items() if key not in dropped})


def _units(usable: Sequence[Bid], bids: Sequence[Bid]) -> list[tuple[Bid, ...]]:
    """Return simple bids alone and inclusive groups together; a group with a missing member stays out."""
    groups: dict[str, list[Bid]] = {}
    for bid in usable:
        groups.setdefault(bid.group if bid.inclusive else bid.mrid, []).append(bid)
    sizes: dict[str, int] = {}
    for bid in bids:
        name = bid.group if bid.inclusive else bid.mrid
        sizes[name] = sizes.get(name, 0) + 1
    return [tuple(unit) for name, unit in groups.items() if len(unit) == sizes[name]]


def _order(unit: tuple[Bid, ...], offered: Mapping[str, int]) -> Order:
    """Return one order; a group is limited by its most limited member, from below and from above."""
    total = sum(bid.quantity_kw for bid in unit)
    most = min(offered[bid.mrid] * total // bid.quantity_kw for bid in unit)
    least = max(-(-bid.minimum_kw * total // bid.quantity_kw) for bid in unit)
    first = unit[0]
    key = first.group if first.inclusive else first.mrid
    return Order(
        key, first.zone, supply=first.direction == UP, quantity=most // KW_PER_MW, minimum=-(-least // KW_PER_MW),
        price=first.price, kind=Kind.BID,
    )  # fmt: skip


def _need_orders(place: int, need: Need) -> list[Order]:
    supply = need.direction != UP  # a downward need is energy to be taken off
    name = f"need {place} {need.zone}"
    orders = [Order(name, need.zone, supply, need.quantity, 0, need.price, Kind.NEED)] if need.quantity else []
    if need.tolerance:
        orders.append(Order(f"tolerance {name}", need.zone, supply, need.tolerance, 0, None, Kind.TOLERANCE))
    return orders


def _exclusive(bids: Sequence[Bid], keys: set[str]) -> tuple[tuple[str, ...], ...]:
    groups: dict[str, list[str]] = {}
    for bid in bids:
        if bid.exclusive and bid.mrid in keys:
            groups.setdefault(bid.exclusive, []).append(bid.mrid)
    return tuple(tuple(group) for group in groups.values())


def _ordered(bids: Sequence[Bid], present: set[str]) -> tuple[tuple[tuple[str, ...], ...], set[str]]:
    """Return multipart groups from the first part on, and the parts that cannot be reached over a missing one."""
    groups: dict[str, list[Bid]] = {}
    for bid in bids:
        if bid.multipart:
            groups.setdefault(bid.multipart, []).append(bid)
    reachable, dropped = [], set()
    for members in groups.values():
        cheapest_first = sorted(members, key=lambda bid: bid.price, reverse=members[0].direction != UP)
        chain = [bid.mrid for bid in cheapest_first]
        whole = next((place for place, key in enumerate(chain) if key not in present), len(chain))
        dropped |= set(chain[whole:])
        if whole:
            reachable.append(tuple(chain[:whole]))
    return tuple(reachable), dropped


def shares(bids: Sequence[Bid], kilowatts: int) -> dict[str, int]:
    """Split an activation in proportion to the bids, in steps of 10 kW; the largest remainders get the rest."""
    if len(bids) == 1:
        return {bids[0].mrid: kilowatts}
    total = sum(bid.quantity_kw for bid in bids)
    exact = {bid.mrid: bid.quantity_kw * kilowatts for bid in bids}
    split = {key: value // total // STEP_KW * STEP_KW for key, value in exact.items()}
    rest = sorted(bids, key=lambda bid: (split[bid.mrid] * total - exact[bid.mrid], bid.sequence))
    for bid in rest[: (kilowatts - sum(split.values())) // STEP_KW]:
        split[bid.mrid] += STEP_KW
    return split
