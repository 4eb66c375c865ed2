"""What orders resting on an exchange may do to the grid: room held for every fill from nothing to full.

An order that goes out holds one reservation with any fill in its area in each MTU of its delivery; a fill confirms its
part, the end releases the rest. What a participant holds unexecuted is limited per area and MTU. Injection is positive.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain.lots.pooling import Member, Side, split_fill

MAX_EXPOSURES = 20_000
PPM = 1_000_000
PLACE_S = 900  # exposures are found by area and quarter of an hour
MAX_NODES = 64  # of one order: each is a call of the period, and a period of the book holds a bounded number


@dataclass(frozen=True, slots=True)
class NodePower:
    """A change of injection at a node."""

    node_id: str
    power_w: int


@dataclass(frozen=True, slots=True)
class RoomWish:
    """A reservation to ask of an area: any fill, until it is confirmed in parts, released or expired."""

    reservation_id: str
    area_id: str
    mtu: Mtu
    changes: tuple[NodePower, ...]


@dataclass(frozen=True, slots=True)
class RoomConfirm:
    """The part of a reservation that came by one trade; what is left of it stays held."""

    reservation_id: str
    trade_id: str
    changes: tuple[NodePower, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """An order that is out, or about to be: its members, and W by member that may still be filled."""

    intent_id: str
    area_id: str
    side: Side
    price_ticks: int
    mtus: tuple[Mtu, ...]
    members: tuple[Member, ...]
    left_w: Mapping[str, int]
    fills: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # trade id → W by member

    @property
    def open_w(self) -> int:
        """Return what may still be filled."""
        return sum(self.left_w.values())

    @property
    def reservation_ids(self) -> tuple[str, ...]:
        """Return the reservations, one per MTU."""
        return tuple(f"{self.intent_id}:{mtu.start_s}" for mtu in self.mtus)

    def power(self, watts: Mapping[str, int]) -> tuple[NodePower, ...]:
        """Return what so many W of the members change at their nodes, each once; what is in the base case nothing."""
        nodes: dict[str, int] = {}
        for member in self.members:
            if member.order.moves and (filled_w := watts.get(member.order.order_id, 0)):
                nodes[member.order.node_id] = nodes.get(member.order.node_id, 0) + self.side.sign * filled_w
        return tuple(NodePower(node_id, power_w) for node_id, power_w in sorted(nodes.items()))


@dataclass(slots=True)
class ExposureBook:
    """All exposures of the gateway; `limit_w` is what a participant may hold unexecuted in an area and MTU."""

    limit_w: int
    exposures: dict[str, Exposure] = field(default_factory=dict)
    _places: dict[tuple[str, int], set[str]] = field(default_factory=dict)  # area and quarter → intents

    def unexecuted_w(self, participant_id: str, area_id: str, mtu: Mtu) -> int:
        """Return the room that orders of a participant hold in an area and MTU, both sides together."""
        return sum(
            exposure.left_w[member.order.order_id]
            for exposure in self._touching(area_id, mtu)
            for member in exposure.members
            if member.order.participant_id == participant_id
        )

    def expose(
        self, intent_id: str, price_ticks: int, mtus: Sequence[Mtu], members: Sequence[Member]
    ) -> list[RoomWish] | list[Rejection]:
        """Take an order up and return the room to ask for in each MTU, or every rule against it.

        Members are of one area and side; the order goes out only when all wishes were granted.
        """
        problems = self.problems(intent_id, mtus, members)
        if problems:
            return problems
        exposure = self.put(intent_id, price_ticks, mtus, members)
        # Of what moves nothing the area is asked all the same: whether its light lets anything through.
        changes = exposure.power(exposure.left_w) or (NodePower(members[0].order.node_id, 0),)
        return [
            RoomWish(reservation_id, exposure.area_id, mtu, changes)
            for reservation_id, mtu in zip(exposure.reservation_ids, exposure.mtus, strict=True)
        ]

    def put(self, intent_id: str, price_ticks: int, mtus: Sequence[Mtu], members: Sequence[Member]) -> Exposure:
        """Take an order up that nothing stands against."""
        first = members[0].order
        left_w = {member.order.order_id: member.quantity_w for member in members}
        exposure = Exposure(intent_id, first.area_id, first.side, price_ticks, tuple(mtus), tuple(members), left_w)
        self.take(exposure)
        return exposure

    def take(self, exposure: Exposure) -> None:
        """Take an exposure in as it stands."""
        self.exposures[exposure.intent_id] = exposure
        for mtu in exposure.mtus:
            for place in _places(exposure.area_id, mtu):
                self._places.setdefault(place, set()).add(exposure.intent_id)

    def fill(self, intent_id: str, trade_id: str, quantity_w: int) -> list[RoomConfirm]:
        """Split a trade over the members and return what to confirm; nothing for one that was split before.

        Raises ValueError where more is filled than is left, KeyError for an order that holds nothing.
        """
        exposure = self.exposures[intent_id]
        if trade_id in exposure.fills:
            return []
        shares = split_fill(quantity_w, exposure.left_w)
        self.take_fill(intent_id, trade_id, shares)
        changes = exposure.power(shares)
        return [RoomConfirm(reservation_id, trade_id, changes) for reservation_id in exposure.reservation_ids]

    def take_fill(self, intent_id: str, trade_id: str, shares: Mapping[str, int]) -> None:
        """Take a fill in that was split."""
        exposure = self.exposures[intent_id]
        left_w = {order_id: watts - shares.get(order_id, 0) for order_id, watts in exposure.left_w.items()}
        self.exposures[intent_id] = replace(exposure, left_w=left_w, fills={**exposure.fills, trade_id: dict(shares)})

    def end(self, intent_id: str) -> list[str]:
        """Forget an order that has ended and return the reservations to release; none where all of it was filled."""
        exposure = self.exposures.pop(intent_id, None)
        if exposure is None:
            return []
        for mtu in exposure.mtus:
            self._leave(exposure.area_id, mtu, intent_id)
        return list(exposure.reservation_ids) if exposure.open_w else []

    def withdraw(
        self,
        area_id: str,
        mtu: Mtu,
        effect_ppm: Mapping[str, int],
        relief_w: int,
        asleep: Container[str] = (),
    ) -> list[str]:
        """Return the orders to withdraw so that an element gets room, dearest first, no more than the need.

        `effect_ppm`: flow on the element per injection at a node, in millionths, positive in the direction that binds;
        `relief_w`: the flow that has to go; orders `asleep` hold none. Of an order only the nodes that load the element
        count, since each may be filled alone. Dearest is what a sale asks most and a purchase offers least for, ties by
        intent; all that help are returned where that is not enough.
        """
        needed_uw = relief_w * PPM
        chosen: list[str] = []
        for exposure in sorted(self._touching(area_id, mtu), key=lambda e: (-e.side.sign * e.price_ticks, e.intent_id)):
            if needed_uw <= 0:
                break
            if exposure.intent_id in asleep:
                continue
            loads = [c.power_w * effect_ppm.get(c.node_id, 0) for c in exposure.power(exposure.left_w)]
            if freed_uw := sum(load for load in loads if load > 0):
                needed_uw -= freed_uw
                chosen.append(exposure.intent_id)
        return chosen

    def _touching(self, area_id: str, mtu: Mtu) -> list[Exposure]:
        near = {intent_id for place in _places(area_id, mtu) for intent_id in self._places.get(place, ())}
        return [
            self.exposures[intent_id]
            for intent_id in sorted(near)
            if any(m.start_s < mtu.end_s and mtu.start_s < m.end_s for m in self.exposures[intent_id].mtus)
        ]

    def _leave(self, area_id: str, mtu: Mtu, intent_id: str) -> None:
        for place in _places(area_id, mtu):
            there = self._places.get(place, set())
            there.discard(intent_id)
            if not there:
                self._places.pop(place, None)

    def problems(self, intent_id: str, mtus: Sequence[Mtu], members: Sequence[Member]) -> list[Rejection]:
        """Return every rule that stands against an order."""
        if not members or not mtus:
            return [Rejection(Code.FIELD_MISSING, "an order has members and MTUs", "members", intent_id)]
        problems: list[Rejection] = []
        if intent_id in self.exposures:
            problems.append(Rejection(Code.DUPLICATE_IDENTIFIER, "an order is exposed once", "intent_id", intent_id))
        if len({(member.order.area_id, member.order.side) for member in members}) > 1:
            problems.append(Rejection(Code.ENTITY_INVALID, "members are of one area and side", "members", intent_id))
        nodes = {member.order.node_id for member in members}
        for name, count, limit in (
            ("nodes", len(nodes), MAX_NODES),
            ("orders", len(self.exposures) + 1, MAX_EXPOSURES),
        ):
            if count > limit:
                problems.append(Rejection(Code.TOO_MANY_ENTRIES, "bounded", name, value=count, limit=limit))
        wanted: dict[str, int] = {}
        for member in members:
            wanted[member.order.participant_id] = wanted.get(member.order.participant_id, 0) + member.quantity_w
        for participant_id, watts in sorted(wanted.items()):
            held_w = max(self.unexecuted_w(participant_id, members[0].order.area_id, mtu) for mtu in mtus)
            if held_w + watts > self.limit_w:
                rule = "unexecuted headroom per participant, area and MTU"
                problems.append(Rejection(Code.GRID_LIMIT_EXCEEDED, rule, "quantity_w", participant_id, held_w + watts,
                                          self.limit_w, "W", headroom_w=max(0, self.limit_w - held_w)))  # fmt: skip
        return problems


def _places(area_id: str, mtu: Mtu) -> list[tuple[str, int]]:
    """Return the quarters of an hour that an MTU touches; two that overlap have one in common."""
    return [(area_id, quarter) for quarter in range(mtu.start_s // PLACE_S, -(-mtu.end_s // PLACE_S))]
