"""What activations bring to whom: preliminary when an order is accepted, final by the platform's result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, OrderedBid, OrderKind
from flexbourse_ancillary_gateway.domain.bids.bid import Bid, Direction
from flexbourse_ancillary_gateway.domain.lots.lot import Lot
from flexbourse_core.external_share import ExternalShare, Tightening
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro, divide_half_even, largest_remainder

MAX_SHARES = 500  # of one result
KEPT_S = 48 * 3600


@dataclass(frozen=True, slots=True)
class Accepted:
    """How much of a bid the platform accepted in a step of time, and at which price where it says one."""

    bid_id: str
    direction: Direction
    start_s: int
    length_s: int
    quantity_w: int
    price_ticks: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """A result of one order in one MTU; a later version takes the place of the one before.

    `blocked`: of what was called and refused for the grid, else of what was delivered.
    """

    result_id: str
    version: int
    kind: OrderKind
    final: bool
    mtu: Mtu
    shares: tuple[ExternalShare, ...]
    document_sha256: bytes
    reason: str
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class ResultFound:
    """A result, whole."""

    result: Result


@dataclass(frozen=True, slots=True)
class CalledUnit:
    """A called bid, the lot behind it, and the activation that was asked for in quarter-hours [start_s, end_s)."""

    activation_id: str
    order_id: str
    called: OrderedBid
    bid: Bid
    lot: Lot
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class NetworkCharge:
    """What an accepted change of an order, or its taking back, does to the cost potential; and whose it is, as W."""

    result_id: str
    bid_ids: tuple[str, ...]
    quantities_w: tuple[int, ...]
    end_s: int
    dnut_micro_euro: int

    def parts(self) -> dict[str, int]:
        """Return each bid's part, by largest remainder."""
        parts = largest_remainder(self.dnut_micro_euro, list(self.quantities_w))
        return dict(zip(self.bid_ids, parts, strict=True))


@dataclass(slots=True)
class Results:
    """The newest version of every result, and which lot each called bid stands for."""

    points: dict[str, str] = field(default_factory=dict)  # unit → metering point
    newest: dict[str, Result] = field(default_factory=dict)
    charges: dict[str, tuple[NetworkCharge, ...]] = field(default_factory=dict)  # by result

    def preliminary(self, order: ActivationOrder, calls: Sequence[CalledUnit], mtu_s: int) -> list[ResultFound]:
        """Return what an accepted order brings at the prices of its bids; a change of it is a new version."""
        return self._found(order, calls, mtu_s, {}, b"")

    def final(
        self,
        order: ActivationOrder,
        calls: Sequence[CalledUnit],
        mtu_s: int,
        accepted: Sequence[Accepted],
        sha256: bytes,
    ) -> list[ResultFound]:
        """Return what a result of the platform makes of an order; MTUs that it does not speak of stay as they are."""
        by_bid: dict[str, list[Accepted]] = {}
        for entry in accepted:
            by_bid.setdefault(entry.bid_id, []).append(entry)
        return self._found(order, calls, mtu_s, by_bid, sha256)

    def blocked(
        self, order: ActivationOrder, calls: Sequence[tuple[CalledUnit, Tightening]], mtu_s: int, sha256: bytes
    ) -> list[ResultFound]:
        """Return what was called of an order and is missing: what it would have brought, and what has tightened.

        A change of the order that names nothing leaves what was named before.
        """
        before = [
            own for own in self.newest.values() if own.blocked and own.result_id.rsplit("/", 2)[0] == order.order_id
        ]
        named = {(share.order_id, share.unit_id): share.tightening for own in before for share in own.shares}
        units = [unit for unit, _ in calls]
        events = []
        for mtu in _touched(units, mtu_s, [own.mtu for own in before]):
            shares = tuple(
                replace(
                    self._share(unit, mtu, None), tightening=by or named.get((unit.lot.offer_id, unit.lot.unit_id), by)
                )
                for unit, by in calls
                if _window_overlap_s(unit.called, mtu)
            )
            name = f"{result_name(order.order_id, mtu)}/blocked"
            events += self._versioned(
                Result(name, 1, order.kind, True, mtu, shares[:MAX_SHARES], sha256, "", blocked=True)  # noqa: FBT003
            )
        return events

    def charge(self, order_id: str, mtu: Mtu, quantities_w: Mapping[str, int], dnut_micro_euro: int) -> None:
        """Note what an area told of bids of an order in an MTU; results that are found from now on bear it."""
        moved = {bid_id: watts for bid_id, watts in sorted(quantities_w.items()) if watts}
        if dnut_micro_euro and moved:
            name = result_name(order_id, mtu)
            own = NetworkCharge(name, tuple(moved), tuple(moved.values()), mtu.end_s, dnut_micro_euro)
            self.charges[name] = (*self.charges.get(name, ()), own)

    def evolve(self, event: ResultFound) -> None:
        """Apply an event."""
        self.newest[event.result.result_id] = event.result

    def tick(self, now_s: int) -> None:
        """Time has advanced: forget what no correction comes for any more."""
        self.newest = {key: own for key, own in self.newest.items() if own.mtu.end_s + KEPT_S > now_s}
        self.charges = {key: own for key, own in self.charges.items() if own[0].end_s + KEPT_S > now_s}

    def _found(
        self,
        order: ActivationOrder,
        calls: Sequence[CalledUnit],
        mtu_s: int,
        accepted: Mapping[str, Sequence[Accepted]],
        sha256: bytes,
    ) -> list[ResultFound]:
        events = []
        for mtu in _touched(calls, mtu_s, self._known(order)):
            said = {bid_id for bid_id, entries in accepted.items() if any(_overlap_s(e, mtu) for e in entries)}
            concerned = {each.called.bid_id for each in calls if _window_overlap_s(each.called, mtu)}
            if accepted and not said & concerned:
                continue
            name = result_name(order.order_id, mtu)
            shares = [self._share(each, mtu, accepted.get(each.called.bid_id)) for each in calls]
            shares = _charged(shares, [each.called.bid_id for each in calls], self.charges.get(name, ()))
            result = Result(
                name, 1, order.kind, bool(accepted) and concerned <= said, mtu,
                tuple(share for share in shares if share.quantity_w)[:MAX_SHARES], sha256, "",
            )  # fmt: skip
            events += self._versioned(result)
        return events

    def _known(self, order: ActivationOrder) -> list[Mtu]:
        return [own.mtu for own in self.newest.values() if own.result_id.rsplit("/", 1)[0] == order.order_id]

    def _versioned(self, result: Result) -> list[ResultFound]:
        before = self.newest.get(result.result_id)
        if before is None and not result.shares and result.blocked:
            return []
        if before is None:
            return self._apply([ResultFound(result)])
        if (before.shares, before.final) == (result.shares, result.final) or (before.final and not result.final):
            return []
        reason = "final" if result.final and not before.final else "changed"
        return self._apply([ResultFound(replace(result, version=before.version + 1, reason=reason))])

    def _share(self, each: CalledUnit, mtu: Mtu, accepted: Sequence[Accepted] | None) -> ExternalShare:
        """Return the share of one bid: energy of the MTU as mean power, money per step of the platform's result."""
        price = each.bid.price_ticks
        if accepted is None:
            parts = [(each.called.quantity_w, _window_overlap_s(each.called, mtu), price)]
        else:
            parts = [
                (entry.quantity_w, _overlap_s(entry, mtu), price if entry.price_ticks is None else entry.price_ticks)
                for entry in accepted
            ]
        sign = 1 if each.bid.direction is Direction.UP else -1
        mean_w = divide_half_even(sum(watts * seconds for watts, seconds, _ in parts), mtu.length_s)
        amount = sum(amount_micro_euro(watts, ticks, seconds) for watts, seconds, ticks in parts)
        lot = each.lot
        return ExternalShare(
            lot.party, lot.area_id, self.points.get(lot.unit_id, ""), lot.unit_id, lot.offer_id, sign * mean_w,
            sign * amount,
        )  # fmt: skip

    def _apply(self, events: list[ResultFound]) -> list[ResultFound]:
        for event in events:
            self.evolve(event)
        return events


def result_name(order_id: str, mtu: Mtu) -> str:
    """Return the id of the result of an order in an MTU."""
    return f"{order_id}/{mtu.start_s}"


def _charged(shares: list[ExternalShare], bid_ids: list[str], charges: Sequence[NetworkCharge]) -> list[ExternalShare]:
    """Return shares, each of the bid at its place, with the bids' own parts of all charges.

    The part of a bid that is not called is nobody's: it stays a revision, and is netted once its change is taken back.
    """
    for parts in [charge.parts() for charge in charges]:
        shares = [
            replace(share, dnut_micro_euro=share.dnut_micro_euro + parts.get(bid_id, 0))
            for share, bid_id in zip(shares, bid_ids, strict=True)
        ]
    return shares


def _touched(calls: Sequence[CalledUnit], mtu_s: int, known: Iterable[Mtu]) -> list[Mtu]:
    """Return the MTUs that called bids touch, and those that an earlier version of the order touched."""
    found = set(known)
    for each in calls:
        first = each.called.start_s // mtu_s * mtu_s
        found |= {Mtu(start, mtu_s) for start in range(first, each.called.end_s, mtu_s)}
    return sorted(found)


def _overlap_s(entry: Accepted, mtu: Mtu) -> int:
    return max(0, min(entry.start_s + entry.length_s, mtu.end_s) - max(entry.start_s, mtu.start_s))


def _window_overlap_s(called: OrderedBid, mtu: Mtu) -> int:
    return max(0, min(called.end_s, mtu.end_s) - max(called.start_s, mtu.start_s))
