"""The light of one zone and period: a life cycle as a table, and one pure function that gives the next light.

Orders, matches and refusals are no input of it. Missing information is the strictest light of all; red ends only by
way of amber, even where the light was unknown in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from flexbourse_core.market_time import Mtu
from flexbourse_core.transition import TransitionTable
from flexbourse_traffic_light.domain.finding import (
    Cause,
    ZoneFinding,
    amber_cause,
    is_calm,
    is_clear,
    is_strained,
    is_violated,
    red_cause,
)
from flexbourse_traffic_light.domain.thresholds import LightThresholds


class Light(IntEnum):
    """Colours; a higher number is stricter."""

    NONE = 0
    GREEN = 1
    AMBER = 2
    RED = 3
    UNKNOWN = 4

    @classmethod
    def _missing_(cls, value: object) -> Light:  # noqa: ARG003 - the base class's signature
        """Return the strictest colour for a number of a later version."""
        return cls.UNKNOWN


class Memory(Enum):
    """The light with what it must remember: whether an unknown light was strained when it was last known."""

    GREEN = auto()
    AMBER = auto()
    RED = auto()
    UNKNOWN = auto()
    UNKNOWN_STRAINED = auto()


class Step(Enum):
    """What an evaluation says."""

    MISSING = auto()  # inputs are missing or too old
    VIOLATED = auto()  # the median is beyond a limit, or an operator forces red
    STRAINED = auto()  # the 95 % quantile is beyond an amber threshold, or an operator forces amber
    QUIET = auto()  # neither, but not yet for long enough
    SETTLED = auto()  # clean for the dwell and for the number of heartbeats asked


LIFE_CYCLE: TransitionTable[Memory, Step] = TransitionTable(
    "light",
    {
        (Memory.GREEN, Step.MISSING): Memory.UNKNOWN,
        (Memory.GREEN, Step.VIOLATED): Memory.RED,
        (Memory.GREEN, Step.STRAINED): Memory.AMBER,
        (Memory.GREEN, Step.QUIET): Memory.GREEN,
        (Memory.AMBER, Step.MISSING): Memory.UNKNOWN_STRAINED,
        (Memory.AMBER, Step.VIOLATED): Memory.RED,
        (Memory.AMBER, Step.STRAINED): Memory.AMBER,
        (Memory.AMBER, Step.QUIET): Memory.AMBER,
        (Memory.AMBER, Step.SETTLED): Memory.GREEN,
        (Memory.RED, Step.MISSING): Memory.UNKNOWN_STRAINED,
        (Memory.RED, Step.VIOLATED): Memory.RED,
        (Memory.RED, Step.STRAINED): Memory.RED,
        (Memory.RED, Step.QUIET): Memory.RED,
        (Memory.RED, Step.SETTLED): Memory.AMBER,
        (Memory.UNKNOWN, Step.MISSING): Memory.UNKNOWN,
        (Memory.UNKNOWN, Step.VIOLATED): Memory.RED,
        (Memory.UNKNOWN, Step.STRAINED): Memory.AMBER,
        (Memory.UNKNOWN, Step.QUIET): Memory.GREEN,
        (Memory.UNKNOWN_STRAINED, Step.MISSING): Memory.UNKNOWN_STRAINED,
        (Memory.UNKNOWN_STRAINED, Step.VIOLATED): Memory.RED,
        (Memory.UNKNOWN_STRAINED, Step.STRAINED): Memory.AMBER,
        (Memory.UNKNOWN_STRAINED, Step.QUIET): Memory.AMBER,
    },
)

_SHOWN = {
    Memory.GREEN: Light.GREEN,
    Memory.AMBER: Light.AMBER,
    Memory.RED: Light.RED,
    Memory.UNKNOWN: Light.UNKNOWN,
    Memory.UNKNOWN_STRAINED: Light.UNKNOWN,
}
_ALIKE = {Light.GREEN: Memory.GREEN, Light.AMBER: Memory.AMBER, Light.RED: Memory.RED}
# Headroom is information, never a permission: ten values per decade (the preferred numbers R10 of ISO 3) are enough,
# and a light need not be published for less. The exact one stands in gridcheck's result.
_PREFERRED = (100, 125, 160, 200, 250, 315, 400, 500, 630, 800)
_FINEST_W = 100


@dataclass(frozen=True, slots=True)
class LightState:
    """The published light. `previous` is the last other light; `clean_count` stops at the number asked.

    The amber thresholds are those that the zone was judged by, for whoever asks whether a match worsens it; 0 before
    anything was found.
    """

    area_id: str
    zone_id: str
    mtu: Mtu
    light: Light
    previous: Light
    cause: Cause
    headroom_up_w: int
    headroom_down_w: int
    sequence: int
    since_ms: int
    topology_version: int
    grid_sequence: int
    clean_count: int
    amber_loading_mpct: int = 0
    amber_voltage_mpct: int = 0

    @property
    def memory(self) -> Memory:
        """Return the state of the life cycle."""
        if self.light is Light.UNKNOWN:
            return Memory.UNKNOWN_STRAINED if self.previous in (Light.AMBER, Light.RED) else Memory.UNKNOWN
        return _ALIKE[self.light]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the next light depends on besides the last one.

    `absent` names what is missing ("" where nothing is); `is_heartbeat` tells that gridcheck renewed its results: the
    only event that counts towards an improvement.
    """

    now_ms: int
    thresholds: LightThresholds
    finding: ZoneFinding | None
    forced: Light = Light.NONE
    absent: str = ""
    is_heartbeat: bool = False


def first_light(area_id: str, zone_id: str, mtu: Mtu) -> LightState:
    """Return the light before anything is known; never published."""
    return LightState(area_id, zone_id, mtu, Light.UNKNOWN, Light.NONE, Cause("", "missing"), 0, 0, 0, 0, 0, 0, 0)


def next_light(last: LightState, evaluation: Evaluation) -> LightState:
    """Return the light that follows; its sequence is that of `last` where nothing worth publishing changed."""
    finding = evaluation.finding
    absent = evaluation.absent or ("" if finding else "missing")
    if finding is None or absent:
        unknown = _SHOWN[LIFE_CYCLE.next(last.memory, Step.MISSING)]
        return _publish(last, unknown, Cause("", absent), evaluation, None, 0)
    count = _clean_count(last, finding, evaluation)
    step = _step(last, finding, evaluation, count)
    shown = _SHOWN[LIFE_CYCLE.next(last.memory, step)]
    if evaluation.forced is shown and not _is_own(shown, finding, evaluation.thresholds):
        cause = Cause(last.zone_id, "override")
    elif shown is Light.RED:
        cause = red_cause(finding, evaluation.thresholds)
    else:
        cause = amber_cause(finding, evaluation.thresholds)
    return _publish(last, shown, cause, evaluation, finding, count if shown is last.light else 0)


def is_settled(last: LightState) -> bool:
    """Tell whether a heartbeat alone cannot change the light."""
    return last.light is Light.GREEN


def round_headroom(power_w: int) -> int:
    """Return the power rounded down to a preferred number, below 1 kW to whole hundreds of watts."""
    if power_w < 10 * _FINEST_W:
        return power_w // _FINEST_W * _FINEST_W
    unit = 1
    while power_w >= 1000 * unit:
        unit *= 10
    return unit * max(number for number in _PREFERRED if number * unit <= power_w)


def _is_own(shown: Light, finding: ZoneFinding, thresholds: LightThresholds) -> bool:
    return is_violated(finding, thresholds) if shown is Light.RED else is_strained(finding, thresholds)


def _is_clean(last: LightState, finding: ZoneFinding, evaluation: Evaluation) -> bool:
    if last.light is Light.RED:
        return evaluation.forced is not Light.RED and is_calm(finding, evaluation.thresholds)
    return evaluation.forced is Light.NONE and is_clear(finding, evaluation.thresholds)


def _clean_count(last: LightState, finding: ZoneFinding, evaluation: Evaluation) -> int:
    if last.light not in (Light.AMBER, Light.RED) or not _is_clean(last, finding, evaluation):
        return 0
    return min(last.clean_count + evaluation.is_heartbeat, evaluation.thresholds.clean_count)


def _step(last: LightState, finding: ZoneFinding, evaluation: Evaluation, count: int) -> Step:
    thresholds = evaluation.thresholds
    settled = count >= thresholds.clean_count and evaluation.now_ms - last.since_ms >= thresholds.dwell_ms
    if evaluation.forced is Light.RED or is_violated(finding, thresholds):
        return Step.VIOLATED
    if last.light is Light.RED:
        return Step.SETTLED if settled else Step.QUIET
    if evaluation.forced is Light.AMBER or is_strained(finding, thresholds):
        return Step.STRAINED
    return Step.SETTLED if settled else Step.QUIET


def _publish(
    last: LightState, shown: Light, cause: Cause, evaluation: Evaluation, finding: ZoneFinding | None, count: int
) -> LightState:
    turned = shown is not last.light
    thresholds = evaluation.thresholds
    following = LightState(
        area_id=last.area_id,
        zone_id=last.zone_id,
        mtu=last.mtu,
        light=shown,
        previous=last.light if turned else last.previous,
        cause=cause,
        headroom_up_w=round_headroom(finding.headroom_up_w) if finding else 0,
        headroom_down_w=round_headroom(finding.headroom_down_w) if finding else 0,
        sequence=last.sequence + 1,
        since_ms=evaluation.now_ms if turned or last.sequence == 0 else last.since_ms,
        topology_version=finding.topology_version if finding else last.topology_version,
        grid_sequence=finding.grid_sequence if finding else last.grid_sequence,
        clean_count=count,
        amber_loading_mpct=thresholds.amber_loading_mpct if finding else last.amber_loading_mpct,
        amber_voltage_mpct=thresholds.amber_voltage_mpct if finding else last.amber_voltage_mpct,
    )
    return last if last.sequence and _worth(last) == _worth(following) else following


def _worth(state: LightState) -> tuple[object, ...]:
    """Return what is worth a publication: without the exact use, which moves with every match."""
    return (
        state.light, state.previous, state.cause.kind, state.cause.element_id, state.headroom_up_w,
        state.headroom_down_w, state.topology_version, state.clean_count, state.amber_loading_mpct,
        state.amber_voltage_mpct,
    )  # fmt: skip
