"""The traffic light of one shard: commands and inputs lead to events, events and inputs to state.

`take` and `evolve` change the state and decide nothing; every other public method decides, applies what it decided and
returns it. Folding the same inputs and events from the same start leads to the same state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_traffic_light.domain.area import Area, Key, covers, key_of
from flexbourse_traffic_light.domain.authority import override_problems, thresholds_problems
from flexbourse_traffic_light.domain.events import (
    Event,
    LightHeartbeat,
    LightRetired,
    OverrideChanged,
    OverrideLight,
    SetLightThresholds,
    ThresholdsChanged,
)
from flexbourse_traffic_light.domain.inputs import (
    AreaFact,
    HeartbeatFact,
    Input,
    OperatorFact,
    ResultFact,
    TopologyFact,
)
from flexbourse_traffic_light.domain.light import Evaluation, Light, LightState, next_light

HEARTBEAT_EVERY_MS = 15_000
HEARTBEAT_VALID_MS = 45_000
HEARTBEAT_VALID_STEPS = 2
RETAINED_S = 48 * 3600  # a light is kept so long after its period ended


class TrafficLight:
    """State machine of one shard."""

    def __init__(self, shard: int) -> None:
        self.shard = shard
        self.now_ms = 0
        self.step = 0
        self.operators: dict[str, OperatorFact] = {}
        self.areas: dict[str, Area] = {}

    # --- decisions ---------------------------------------------------------------------------------------------------

    def override(self, command: OverrideLight, party: str) -> list[Event] | list[Rejection]:
        """Force a light, or end that; returns events, or every rule that the command breaks."""
        area = self.areas.get(command.area_id)
        problems = override_problems(command, area, self.operators.get(party), self.now_ms)
        if problems or area is None:
            return problems
        key = _override_key(command)
        keys = [own for own in area.known() if covers(key, own)]
        return self._decide(area, [OverrideChanged(command, party)], keys)

    def set_thresholds(self, command: SetLightThresholds, party: str) -> list[Event] | list[Rejection]:
        """Set an area's thresholds; returns events, or every rule that the command breaks."""
        area = self.areas.get(command.area_id)
        problems = thresholds_problems(command, area, self.operators.get(party))
        if problems or area is None:
            return problems
        return self._decide(
            area, [ThresholdsChanged(command.area_id, command.thresholds, party, command.level)], area.known()
        )

    def react(self, fact: Input) -> list[Event]:
        """Decide what an input, already taken, means for the lights."""
        if isinstance(fact, (OperatorFact, AreaFact)):
            return []
        area = self.areas.get(fact.area_id)
        if area is None or not area.topologies:
            return []
        if isinstance(fact, ResultFact):
            return self._decide(area, [], area.of_period(fact.mtu))
        if isinstance(fact, HeartbeatFact):
            return self._decide(area, [], area.unsettled(), is_heartbeat=True)
        gone: list[Event] = [_retire(area, key) for key in area.known() if not area.has_zone(key)]
        return self._decide(area, gone, [key for key in area.known() if area.has_zone(key)])

    def advance(self, at_ms: int, step: int) -> list[Event]:
        """Move to a time: end overrides, notice what has become stale, drop what is old, renew heartbeats."""
        alive_before = {name for name, area in self.areas.items() if area.is_alive(self.now_ms, self.step)}
        self.tick(at_ms, step)
        events: list[Event] = []
        for name, area in sorted(self.areas.items()):
            ended = [change for _, change in sorted(area.overrides.items()) if _is_over(change.override, at_ms)]
            first: list[Event] = [OverrideChanged(_end(change.override), change.party) for change in ended]
            first += [_retire(area, key) for key in area.ended_before(at_ms // 1000 - RETAINED_S)]
            touched: set[Key] = set()
            if name in alive_before and not area.is_alive(at_ms, step):
                touched.update(area.known())
            for change in ended:
                touched.update(key for key in area.known() if covers(_override_key(change.override), key))
            events += self._decide(area, first, sorted(touched))
            events += self._renew(area)
        return events

    def next_timer_ms(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        times = []
        for area in self.areas.values():
            if area.zone_ids:
                times.append(area.heartbeat_at_ms + HEARTBEAT_EVERY_MS)
            if area.is_alive(self.now_ms, self.step) and not self.step:
                times.append(area.inputs_valid_until_ms)
            times += [change.override.valid_until_ms for change in area.overrides.values()]
        return min(times, default=None)

    def _decide(
        self, area: Area, first: Iterable[Event], keys: Iterable[Key], *, is_heartbeat: bool = False
    ) -> list[Event]:
        """Apply events, then judge zones and periods anew and apply the lights that changed."""
        events = list(first)
        for event in events:
            self.evolve(event)
        for key in keys:
            last, finding = area.light(key), area.findings.get(key)
            following = next_light(
                last,
                Evaluation(
                    now_ms=self.now_ms,
                    thresholds=area.thresholds_of(finding),
                    finding=finding,
                    forced=area.forced(key),
                    absent=area.absent(key, self.now_ms, self.step),
                    is_heartbeat=is_heartbeat,
                ),
            )
            if following is not last:
                events.append(following)
                self.evolve(following)
        return events

    def _renew(self, area: Area) -> list[Event]:
        due = self.step > 0 or self.now_ms >= area.heartbeat_at_ms + HEARTBEAT_EVERY_MS
        if not due:
            return []
        until_ms = 0 if self.step else self.now_ms + HEARTBEAT_VALID_MS
        until_step = self.step + HEARTBEAT_VALID_STEPS if self.step else 0
        events: list[Event] = [LightHeartbeat(area.area_id, zone, until_ms, until_step) for zone in area.zone_ids]
        for event in events:
            self.evolve(event)
        return events

    # --- state -------------------------------------------------------------------------------------------------------

    def tick(self, at_ms: int, step: int) -> None:
        """Time has advanced."""
        self.now_ms, self.step = at_ms, step

    def take(self, fact: Input) -> None:
        """Take an input into the state."""
        if isinstance(fact, OperatorFact):
            self.operators[fact.participant_id] = fact
            return
        if isinstance(fact, AreaFact):
            if fact.shard == self.shard:
                area = self.areas.setdefault(fact.area_id, Area(fact.area_id))
                area.shard, area.dso_id = fact.shard, fact.dso_id
            return
        area = self.areas.setdefault(fact.area_id, Area(fact.area_id))
        if isinstance(fact, TopologyFact):
            area.put_topology(fact, self.now_ms // 1000 - RETAINED_S)
        elif isinstance(fact, HeartbeatFact):
            area.inputs_valid_until_ms = fact.valid_until_ms
            area.inputs_valid_until_step = fact.valid_until_step
        else:
            area.take_findings(fact.mtu, fact.findings)

    def evolve(self, event: Event) -> None:
        """Apply an event."""
        if isinstance(event, OverrideChanged):
            area, key = self.areas[event.override.area_id], _override_key(event.override)
            if event.override.light is Light.NONE:
                area.overrides.pop(key, None)
            else:
                area.overrides[key] = event
            return
        area = self.areas[event.area_id]
        if isinstance(event, LightState):
            area.lights[key_of(event.zone_id, event.mtu)] = event
        elif isinstance(event, LightHeartbeat):
            area.heartbeat_at_ms = self.now_ms
        elif isinstance(event, LightRetired):
            area.lights.pop(key_of(event.zone_id, event.mtu), None)
            area.findings.pop(key_of(event.zone_id, event.mtu), None)
        else:
            area.thresholds[event.level] = event.thresholds


def _override_key(override: OverrideLight) -> Key:
    return key_of(override.zone_id, override.mtu)


def _retire(area: Area, key: Key) -> LightRetired:
    return LightRetired(area.area_id, key[0], Mtu(key[1], key[2]))


def _is_over(override: OverrideLight, now_ms: int) -> bool:
    return override.valid_until_ms <= now_ms


def _end(override: OverrideLight) -> OverrideLight:
    return replace(override, light=Light.NONE, reason="expired")
