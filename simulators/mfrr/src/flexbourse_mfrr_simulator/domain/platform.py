"""The platform: documents and time in, documents out. It reads no clock; whoever runs it says what time it is."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Final

from flexbourse_mfrr_simulator.domain import running
from flexbourse_mfrr_simulator.domain.faults import MAX_FAULTS, Fault, down_until
from flexbourse_mfrr_simulator.domain.messages import Header
from flexbourse_mfrr_simulator.domain.needs import Deactivation, DirectNeed, Inputs, RedispatchCall
from flexbourse_mfrr_simulator.domain.orders import OrderState
from flexbourse_mfrr_simulator.domain.profile import DAY_S, MTU_S
from flexbourse_mfrr_simulator.domain.receiving import Received, enrol, receive, refuse
from flexbourse_mfrr_simulator.domain.redispatching import announce, plan_redispatch
from flexbourse_mfrr_simulator.domain.state import Outgoing, PlatformError, Settings, State

HORIZON_S: Final = 2 * 3600  # how far ahead MTUs are put on the timeline
MAX_STEP_S: Final = 7 * DAY_S
MEMORY_S: Final = 2 * DAY_S
SKIPPED_WHEN_DOWN: Final = frozenset({"heartbeat", "select", "order", "direct", "call", "redispatch", "deactivate"})


class Platform:
    """An mFRR platform from `start` on (seconds since 1970 UTC); `new_id` gives ids of documents and orders."""

    def __init__(self, settings: Settings, inputs: Inputs, new_id: Callable[[], str], start: int) -> None:
        self.state = State(settings, inputs, new_id, start)
        self.state.planned_until = -(-start // MTU_S) * MTU_S
        self._plan()

    @property
    def now(self) -> int:
        """Return the platform's time."""
        return self.state.now

    def enrol(self, party: str, scheme: str) -> bool:
        """Give a party a place before it sends anything."""
        return enrol(self.state, party, scheme)

    def is_down(self) -> bool:
        """Tell whether a scripted fault keeps the platform from taking and sending anything."""
        return down_until(self.state.faults, self.now) is not None

    def receive(self, party: str, document: Received, title: str = "") -> str:
        """Take a document of a party; returns accepted, refused, dropped (stale), or of an acknowledgement noted or
        objected (it was a negative one)."""
        return receive(self.state, party, document, title)

    def refuse(self, party: str, problems: Iterable[str], received: Header | None, title: str = "") -> None:
        """Answer a document that could not be read."""
        refuse(self.state, party, problems, received, title)

    def take(self) -> list[Outgoing]:
        """Return, once, what is ready to be delivered; nothing while the platform is down."""
        if self.is_down():
            return []
        ready, self.state.outbox = self.state.outbox, []
        return ready

    def add_fault(self, fault: Fault) -> None:
        """Let something go wrong."""
        if len(self.state.faults) >= MAX_FAULTS:
            raise PlatformError(f"at most {MAX_FAULTS} faults")
        self.state.faults.append(fault)

    def add_direct_need(self, need: DirectNeed) -> None:
        """Let a need for direct activation arise at its time, which must lie in the window of its MTU."""
        profile = self.state.settings.profile
        if not need.mtu - profile.order_s <= need.at <= need.mtu + profile.direct_until_s:
            raise PlatformError("the time lies outside the direct activation window of the MTU")
        if need.zone not in {zone.value for zone in self.state.settings.zones}:
            raise PlatformError(f"zone {need.zone} is not served here")
        self._not_past(need.at)
        self.state.at(need.at, "direct", need)

    def add_deactivation(self, wish: Deactivation) -> None:
        """Let an order end earlier."""
        self._not_past(wish.at)
        self.state.at(wish.at, "deactivate", wish)

    def add_redispatch(self, call: RedispatchCall) -> None:
        """Let a call for redispatch take its course."""
        plan_redispatch(self.state, call)

    def advance(self, to: int) -> None:
        """Let time pass, event by event, each at its own time."""
        if to < self.now:
            raise PlatformError("time does not go back")
        if to - self.now > MAX_STEP_S:
            raise PlatformError(f"one step is at most {MAX_STEP_S // DAY_S} days")
        state = self.state
        while True:
            self._plan()
            if not state.events or state.events[0][0] > to:
                break
            time, _, kind, payload = heapq.heappop(state.events)
            state.now = max(state.now, time)
            self._happen(kind, payload)
        state.now = to
        self._plan()

    def _not_past(self, time: int) -> None:
        if time < self.now:
            raise PlatformError("the time is in the past")

    def _plan(self) -> None:
        """Put the MTUs of the coming hours on the timeline."""
        state, profile = self.state, self.state.settings.profile
        next_time = min(state.events[0][0], state.now + MTU_S) if state.events else state.now
        while state.planned_until <= max(state.now, next_time) + HORIZON_S:
            mtu = state.planned_until
            steps: list[tuple[int, str, object]] = [
                (mtu - profile.selection_s, "select", mtu),
                (mtu - profile.order_s, "order", mtu),
                *((mtu - before, "heartbeat", (mtu, before)) for before in profile.heartbeats_s),
                (mtu + MTU_S + profile.availability_s, "availability", mtu),
                (mtu + MEMORY_S, "forget", mtu),
            ]
            if mtu - profile.selection_s >= state.now:
                state.at(max(state.now, mtu - profile.gate_closure_s), "others", mtu)
            for time, kind, payload in steps:
                if time >= state.now:
                    state.at(time, kind, payload)
            state.planned_until += MTU_S

    def _happen(self, kind: str, payload: object) -> None:
        back = down_until(self.state.faults, self.now)
        if back is not None and kind in SKIPPED_WHEN_DOWN:
            return
        if back is not None and kind != "others":
            self.state.at(back, kind, payload)
            return
        handlers: dict[str, Callable[..., object]] = {
            "others": self._other_bids,
            "heartbeat": lambda pair: running.heartbeat(self.state, *pair),
            "select": lambda mtu: running.choose(self.state, mtu),
            "order": lambda mtu: running.order_scheduled(self.state, mtu),
            "direct": lambda need: running.order_direct(self.state, need),
            "deactivate": lambda wish: running.deactivate(self.state, wish),
            "deadline": self._deadline,
            "result": self._result,
            "availability": lambda mtu: running.report_availability(self.state, mtu),
            "call": lambda call: announce(self.state, call),
            "redispatch": lambda call: running.order_redispatch(self.state, call),
            "deliver": self.state.outbox.append,
            "forget": self._forget,
        }
        handlers[kind](payload)

    def _other_bids(self, mtu: int) -> None:
        for bid in self.state.inputs.other_bids(mtu):
            self.state.book.add(bid)

    def _deadline(self, pair: tuple[str, int]) -> None:
        order = self.state.orders.get(pair[0])
        if order:
            running.deadline(self.state, order, pair[1])

    def _result(self, pair: tuple[str, int]) -> None:
        order = self.state.orders.get(pair[0])
        if order and order.revision == pair[1]:
            running.report_result(self.state, order)

    def _forget(self, mtu: int) -> None:
        """Drop what lies two days back; orders that have ended go with it."""
        state = self.state
        state.book.forget_before(mtu)
        state.mtus = {start: record for start, record in state.mtus.items() if start >= mtu}
        over = {OrderState.ENDED, OrderState.UNANSWERED}
        state.orders = {
            key: order for key, order in state.orders.items()
            if order.mtu >= mtu or not (order.is_heartbeat or order.state in over)
        }  # fmt: skip
        state.redispatches = {k: r for k, r in state.redispatches.items() if r.call.interval.end >= mtu}
        known = state.book.bids.keys() | {mrid for call in state.redispatches.values() for mrid in call.offers}
        state.limits = {mrid: limit for mrid, limit in state.limits.items() if mrid in known}
