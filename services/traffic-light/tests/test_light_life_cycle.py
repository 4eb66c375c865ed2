"""The life cycle of one light: every step by table, and what must hold on every path."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_traffic_light.domain.finding import UseFinding, ZoneFinding
from flexbourse_traffic_light.domain.light import (
    LIFE_CYCLE,
    Evaluation,
    Light,
    LightState,
    Memory,
    Step,
    first_light,
    next_light,
    round_headroom,
)
from flexbourse_traffic_light.domain.thresholds import LightThresholds, find_problems

MTU = Mtu(1_767_225_600, 900)
RULES = LightThresholds(dwell_ms=0, clean_count=2)
GREEN, AMBER, RED, UNKNOWN = Light.GREEN, Light.AMBER, Light.RED, Light.UNKNOWN


def finding(p50: int, p95: int, *, low: tuple[int, int] = (0, 0), high: tuple[int, int] = (0, 0)) -> ZoneFinding:
    """Uses in whole percent."""
    uses = tuple(UseFinding(a * 1000, b * 1000, f"e{i}", f"e{i}") for i, (a, b) in enumerate([(p50, p95), low, high]))
    return ZoneFinding(topology_version=1, grid_sequence=1, uses=uses, headroom_up_w=12_345, headroom_down_w=987)


def after(*evaluations: Evaluation, start: LightState | None = None) -> LightState:
    state = start or first_light("a", "z", MTU)
    for evaluation in evaluations:
        state = next_light(state, evaluation)
    return state


def saw(found: ZoneFinding | None, **more: object) -> Evaluation:
    return Evaluation(now_ms=0, thresholds=RULES, finding=found, **more)  # type: ignore[arg-type]


def beat(found: ZoneFinding, now_ms: int = 0) -> Evaluation:
    return Evaluation(now_ms=now_ms, thresholds=RULES, finding=found, is_heartbeat=True)


CALM = finding(50, 60)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (finding(50, 80), GREEN),  # at the threshold is not beyond it
        (finding(50, 81), AMBER),
        (finding(100, 110), AMBER),  # at the limit is not beyond it
        (finding(101, 110), RED),
        (finding(50, 60, low=(40, 50)), GREEN),
        (finding(50, 60, low=(40, 51)), AMBER),
        (finding(50, 60, high=(101, 101)), RED),
    ],
)
def test_first_finding(found: ZoneFinding, expected: Light) -> None:
    assert after(saw(found)).light is expected


def test_red_leaves_by_way_of_amber_after_two_clean_heartbeats_each() -> None:
    state = after(saw(finding(110, 120)), saw(CALM))
    path = [state.light]
    for _ in range(4):
        state = next_light(state, beat(CALM))
        path.append(state.light)
    assert path == [RED, RED, AMBER, AMBER, GREEN]


def test_results_alone_never_improve_a_light() -> None:
    state = after(saw(finding(110, 120)), *[saw(CALM)] * 20)
    assert state.light is RED
    assert state.clean_count == 0


def test_a_relapse_starts_the_count_again() -> None:
    state = after(saw(finding(70, 90)), beat(CALM), saw(finding(70, 78)), beat(CALM))
    assert state.light is AMBER
    assert state.clean_count == 1
    assert after(beat(CALM), start=state).light is GREEN


def test_between_clear_and_amber_an_amber_light_stays() -> None:
    between = finding(60, 78)
    state = after(saw(finding(60, 81)), *[beat(between)] * 10)
    assert state.light is AMBER


def test_dwell_keeps_a_light_however_clean() -> None:
    rules = replace(RULES, dwell_ms=60_000)
    state = after(Evaluation(0, rules, finding(60, 81)))
    for now_ms in (15_000, 30_000, 45_000, 59_999):
        state = next_light(state, Evaluation(now_ms, rules, CALM, is_heartbeat=True))
        assert state.light is AMBER
    assert next_light(state, Evaluation(60_000, rules, CALM, is_heartbeat=True)).light is GREEN


@pytest.mark.parametrize("absent", ["stale", "missing"])
def test_what_is_missing_is_unknown_and_carries_its_cause(absent: str) -> None:
    state = after(saw(CALM), saw(CALM, absent=absent))
    assert (state.light, state.previous, state.cause.kind) == (UNKNOWN, GREEN, absent)
    assert (state.headroom_up_w, state.headroom_down_w) == (0, 0)


@pytest.mark.parametrize(("before", "expected"), [(CALM, GREEN), (finding(60, 90), AMBER), (finding(120, 130), AMBER)])
def test_after_unknown_a_light_is_at_best_amber_where_it_was_strained(before: ZoneFinding, expected: Light) -> None:
    state = after(saw(before), saw(None), saw(None), saw(CALM))
    assert state.light is expected


def test_an_operator_forces_red_and_its_end_leaves_by_way_of_amber() -> None:
    state = after(saw(CALM), saw(CALM, forced=RED))
    assert (state.light, state.cause.kind) == (RED, "override")
    held = after(*[Evaluation(0, RULES, CALM, forced=RED, is_heartbeat=True)] * 5, start=state)
    assert held.light is RED
    assert after(beat(CALM), beat(CALM), start=held).light is AMBER


def test_an_operator_never_makes_a_light_better() -> None:
    state = after(saw(finding(110, 120), forced=AMBER))
    assert (state.light, state.cause.kind) == (RED, "loading")


def test_only_what_is_worth_it_is_published() -> None:
    state = after(saw(finding(50, 60)))
    assert next_light(state, saw(finding(51, 61))) is state
    assert next_light(state, beat(finding(51, 61))) is state
    assert next_light(state, saw(replace(CALM, headroom_up_w=10_100))) is state
    moved = next_light(state, saw(replace(CALM, headroom_up_w=13_900)))
    assert (moved.sequence, moved.headroom_up_w) == (2, 12_500)


@pytest.mark.parametrize(
    ("power_w", "shown_w"),
    [(0, 0), (99, 0), (987, 900), (1_000, 1_000), (9_999, 8_000), (12_345, 10_000), (123_456, 100_000), (-50, -100)],
)
def test_headroom_is_rounded_down_to_preferred_numbers(power_w: int, shown_w: int) -> None:
    assert round_headroom(power_w) == shown_w


def test_the_cause_is_the_use_farthest_beyond_its_own_threshold() -> None:
    state = after(saw(finding(60, 88, low=(40, 56))))  # 88 of 80 is less far than 56 of 50
    assert (state.cause.kind, state.cause.value, state.cause.limit) == ("voltage_low", 56_000, 50_000)


def test_a_green_light_cannot_settle() -> None:
    with pytest.raises(InvariantError):
        LIFE_CYCLE.next(Memory.GREEN, Step.SETTLED)


def test_no_step_of_the_table_leads_from_red_to_green() -> None:
    reached = {LIFE_CYCLE.next(Memory.RED, step) for step in Step if LIFE_CYCLE.allows(Memory.RED, step)}
    assert reached == {Memory.RED, Memory.AMBER, Memory.UNKNOWN_STRAINED}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amber_loading_mpct": 100_000}, "thresholds.amber_loading_mpct"),
        ({"clear_voltage_mpct": 50_000}, "thresholds.clear_voltage_mpct"),
        ({"calm_loading_mpct": 100_001}, "thresholds.calm_loading_mpct"),
        ({"clean_count": 0}, "thresholds.clean_count"),
        ({"dwell_ms": -1}, "thresholds.dwell_ms"),
    ],
)
def test_thresholds_without_sense_are_refused(change: dict[str, int], field: str) -> None:
    assert [problem.field for problem in find_problems(replace(RULES, **change))] == [field]


def test_every_problem_of_thresholds_is_named() -> None:
    wrong = LightThresholds(clean_count=0, dwell_ms=-1, amber_loading_mpct=120_000)
    assert len(find_problems(wrong)) == 3


uses = st.tuples(st.integers(0, 150), st.integers(0, 50)).map(lambda pair: (pair[0], pair[0] + pair[1]))
findings = st.builds(lambda a, b, c: finding(*a, low=b, high=c), uses, uses, uses)
evaluations = st.builds(
    Evaluation,
    now_ms=st.integers(0, 300_000),
    thresholds=st.builds(
        lambda count, dwell: replace(RULES, clean_count=count, dwell_ms=dwell),
        st.integers(1, 4),
        st.integers(0, 100_000),
    ),
    finding=st.one_of(st.none(), findings),
    forced=st.sampled_from([Light.NONE, Light.NONE, AMBER, RED]),
    absent=st.sampled_from(["", "", "", "stale"]),
    is_heartbeat=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(evaluations, max_size=40))
def test_what_holds_on_every_path(steps: list[Evaluation]) -> None:
    state = first_light("a", "z", MTU)
    was_red = False
    for evaluation in sorted(steps, key=lambda step: step.now_ms):
        last, state = state, next_light(state, evaluation)
        found = evaluation.finding
        if state.light is RED:
            was_red = True
        elif state.light is AMBER:
            was_red = False
        assert not (was_red and state.light is GREEN), "red went to green without amber"
        assert (state.light is UNKNOWN) == (found is None or bool(evaluation.absent)), "stale is never a colour"
        if found is not None and not evaluation.absent:
            beyond = any(use.p50_mpct > 100_000 for use in found.uses) or evaluation.forced is RED
            assert state.light is RED or not beyond
            assert state.light >= evaluation.forced
        assert state.sequence - last.sequence in (0, 1)
        assert state.cause.kind, "every light has a cause"
        assert next_light(last, evaluation) == state, "a light is a function of its inputs"
        if state.light is not last.light:
            assert (state.previous, state.since_ms) == (last.light, evaluation.now_ms)


@settings(deadline=None)
@given(findings, findings, st.lists(evaluations, max_size=10), st.booleans())
def test_a_worse_finding_never_gives_a_better_light(
    one: ZoneFinding, other: ZoneFinding, path: list[Evaluation], is_heartbeat: bool
) -> None:
    worse = replace(
        one,
        uses=tuple(
            UseFinding(max(a.p50_mpct, b.p50_mpct), max(a.p95_mpct, b.p95_mpct), "e", "e")
            for a, b in zip(one.uses, other.uses, strict=True)
        ),
    )
    last = after(*sorted(path, key=lambda step: step.now_ms))
    now = Evaluation(400_000, RULES, one, is_heartbeat=is_heartbeat)
    assert next_light(last, replace(now, finding=worse)).light >= next_light(last, now).light


@settings(deadline=None)
@given(findings, st.integers(0, 3))
def test_headroom_and_exact_use_never_decide_a_colour(found: ZoneFinding, count: int) -> None:
    richer = replace(found, headroom_up_w=0, headroom_down_w=0, grid_sequence=99)
    start = after(saw(finding(60, 90)), *[beat(CALM)] * count)
    assert next_light(start, beat(found)).light is next_light(start, beat(richer)).light
