"""Auctions of network capacity of one area that are not over, their requests, and what was allocated."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.capacity_auction.events import CapacityPhase, CapacityRequest

# Holder of headroom that is allocated; with the colon it is no participant's id, so nobody ends it by a command.
HOLDER = "capacity:"


def is_holder(party: str) -> bool:
    """Tell whether headroom is held for allocated capacity."""
    return party.startswith(HOLDER)


@dataclass(slots=True)
class Session:
    """One auction: its periods follow each other."""

    market_id: str
    mtu: Mtu
    periods: int
    phase: CapacityPhase

    def mtus(self) -> list[Mtu]:
        """Return its periods."""
        return [Mtu(self.mtu.start_s + i * self.mtu.length_s, self.mtu.length_s) for i in range(self.periods)]

    @property
    def end_s(self) -> int:
        """Return the end of its last period."""
        return self.mtu.start_s + self.periods * self.mtu.length_s


@dataclass(slots=True)
class Right:
    """An allocation in one period. `quantity_w` may be used, `held_w` of it is not yet; `sign` of the injection."""

    request_id: str
    party: str
    market_id: str
    metering_point_id: str
    node_id: str
    sign: int
    mtu: Mtu
    quantity_w: int
    held_w: int
    amount_micro_euro: int
    lapses_at_ms: int

    @property
    def reservation_id(self) -> str:
        """Return the id of the headroom that is held for it."""
        return right_id(self.request_id, self.mtu)

    @property
    def holder(self) -> str:
        """Return who holds the headroom."""
        return HOLDER + self.market_id


def right_id(request_id: str, mtu: Mtu) -> str:
    """Return the name of a request's allocation in a period."""
    return f"{request_id}.{mtu.start_s}"


class CapacityAuctions:
    """All of them in one area."""

    __slots__ = ("_at", "requests", "rights", "sequence", "sessions")

    def __init__(self) -> None:
        self.sessions: dict[tuple[str, int], Session] = {}
        self.requests: dict[str, CapacityRequest] = {}
        self.rights: dict[str, Right] = {}
        self.sequence = 0
        self._at: dict[tuple[str, Mtu], dict[str, Right]] = {}

    def requests_of(self, session: Session) -> list[CapacityRequest]:
        """Return the requests of an auction, the earliest first."""
        found = [
            request
            for request in self.requests.values()
            if request.market_id == session.market_id and session.mtu.start_s <= request.mtus[0].start_s < session.end_s
        ]
        return sorted(found, key=lambda request: request.sequence)

    def session_of(self, market_id: str, mtu: Mtu) -> Session | None:
        """Return the auction of a market in which a period is, None where there is none."""
        for (name, _), session in self.sessions.items():
            if name == market_id and session.mtu.start_s <= mtu.start_s < session.end_s:
                return session
        return None

    def entries(self) -> int:
        """Return how many periods are asked for or allocated, all together."""
        return sum(len(request.mtus) for request in self.requests.values()) + len(self.rights)

    def put(self, right: Right) -> None:
        """Take an allocation in."""
        self.rights[right.reservation_id] = right
        self._at.setdefault((right.metering_point_id, right.mtu), {})[right.reservation_id] = right

    def rights_at(self, metering_point_id: str, mtu: Mtu, sign: int) -> list[Right]:
        """Return what a metering point was allocated in a period in one direction, the oldest request first."""
        own = self._at.get((metering_point_id, mtu), {})
        # Requests are numbered, so of two ids the longer one is the later.
        return [own[name] for name in sorted(own, key=lambda name: (len(name), name)) if own[name].sign == sign]

    def allocated_w(self, metering_point_id: str, mtu: Mtu, sign: int) -> int:
        """Return how much a metering point may use in a period in one direction beyond what is firm."""
        return sum(right.quantity_w for right in self.rights_at(metering_point_id, mtu, sign))

    def forget(self, at_ms: int) -> None:
        """Forget what lies in past periods."""
        for name in [name for name, right in self.rights.items() if right.mtu.end_s * 1000 <= at_ms]:
            right = self.rights.pop(name)
            own = self._at[right.metering_point_id, right.mtu]
            del own[name]
            if not own:
                del self._at[right.metering_point_id, right.mtu]
        for key in [key for key, session in self.sessions.items() if session.end_s * 1000 <= at_ms]:
            del self.sessions[key]
