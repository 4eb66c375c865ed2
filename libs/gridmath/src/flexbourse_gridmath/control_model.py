"""Controls of a network as plain numbers: tap changers, reactive power by voltage, sources that hold a voltage.

The check and its tariff hold them fixed: taps stand where the model's branches have them, and what a control injects is
part of the injections, ``held_var`` of it. :mod:`flexbourse_gridmath.controls` lets them free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MICRO = 1_000_000
MAX_POSITIONS = 200
MIN_POINTS = 2


@dataclass(frozen=True, slots=True)
class TapChanger:
    """A transformer that keeps the voltage of ``node`` between two values by whole steps of its ratio.

    A step turns the ratio of the tapped side by ``step_micro`` millionths (negative: the other way); ``on_from`` says
    that the tapped side is the branch's *from* end. The model's branch stands at ``position``.
    """

    id: str
    branch: str
    node: str
    on_from: bool
    position: int
    neutral: int
    minimum: int
    maximum: int
    step_micro: int
    v_low_micro_pu: int
    v_high_micro_pu: int


@dataclass(frozen=True, slots=True)
class VoltVar:
    """Reactive power by voltage, Q(U): linear between the points (micro-pu rising, var), constant beyond them."""

    id: str
    node: str
    voltage_micro_pu: tuple[int, ...]
    q_var: tuple[int, ...]
    held_var: int


@dataclass(frozen=True, slots=True)
class VoltageSource:
    """A source that holds the voltage of its node as long as its reactive power stays between two limits."""

    id: str
    node: str
    target_micro_pu: int
    q_min_var: int
    q_max_var: int
    held_var: int


def control_problems(
    taps: Sequence[TapChanger],
    volt_vars: Sequence[VoltVar],
    sources: Sequence[VoltageSource],
    nodes: Collection[str],
    branches: Collection[str],
    slack: str,
) -> Iterator[str]:
    """Every reason why the controls of a model cannot be used, each naming its control."""
    for tap in taps:
        yield from (f"tap changer {tap.id}: {text}" for text in _tap_problems(tap, nodes, branches))
    for curve in volt_vars:
        yield from (f"volt-var control {curve.id}: {text}" for text in _curve_problems(curve))
    for source in sources:
        yield from (f"voltage source {source.id}: {text}" for text in _source_problems(source))
    reactive = [(f"volt-var control {x.id}", x.node) for x in volt_vars]
    reactive += [(f"voltage source {x.id}", x.node) for x in sources]
    for name, node in reactive:
        if node not in nodes or node == slack:
            yield f"{name}: node {node} does not exist or is the source"
    names = [*(f"tap changer {x.id}" for x in taps), *(name for name, _ in reactive)]
    yield from _repeated(names, "id used twice or more")
    yield from _repeated([f"node {node}" for _, node in reactive], "several controls of its reactive power")
    yield from _repeated([f"branch {x.branch}" for x in taps], "several tap changers")


def _repeated(names: Sequence[str], what: str) -> Iterator[str]:
    yield from (f"{name}: {what}" for name, count in Counter(names).items() if count > 1)


def _source_problems(source: VoltageSource) -> Iterator[str]:
    if not MICRO // 2 <= source.target_micro_pu <= MICRO * 3 // 2:
        yield f"target {source.target_micro_pu} micro-pu must lie in 0.5 to 1.5 pu"
    if source.q_min_var > source.q_max_var:
        yield f"limits {source.q_min_var} to {source.q_max_var} var are the wrong way"


def _tap_problems(tap: TapChanger, nodes: Collection[str], branches: Collection[str]) -> Iterator[str]:
    if tap.branch not in branches:
        yield f"branch {tap.branch} does not exist"
    if tap.node not in nodes:
        yield f"node {tap.node} does not exist"
    if not tap.minimum <= tap.position <= tap.maximum:
        yield f"position {tap.position} must lie in {tap.minimum} to {tap.maximum}"
    if tap.maximum - tap.minimum > MAX_POSITIONS:
        yield f"{tap.maximum - tap.minimum} steps, at most {MAX_POSITIONS}"
    if not 0 < abs(tap.step_micro) <= MICRO // 10:
        yield f"step {tap.step_micro} millionths must lie in 1 to {MICRO // 10} either way"
    elif min(ratio_factor(tap, tap.minimum), ratio_factor(tap, tap.maximum)) <= 0:
        yield "its steps turn the ratio beyond zero"
    if not 0 < tap.v_low_micro_pu < tap.v_high_micro_pu:
        yield f"band {tap.v_low_micro_pu} to {tap.v_high_micro_pu} micro-pu is empty"


def _curve_problems(curve: VoltVar) -> Iterator[str]:
    if len(curve.voltage_micro_pu) != len(curve.q_var) or len(curve.q_var) < MIN_POINTS:
        yield f"{len(curve.voltage_micro_pu)} voltages, {len(curve.q_var)} reactive powers: as many, at least 2"
    if any(a >= b for a, b in pairwise(curve.voltage_micro_pu)):
        yield "its voltages must rise"
    if any(a < b for a, b in pairwise(curve.q_var)):
        yield "its reactive power must not rise with the voltage"


def ratio_factor(tap: TapChanger, position: int) -> float:
    """How far the ratio of the tapped side stands from its rated value at a position."""
    return 1.0 + tap.step_micro * (position - tap.neutral) / MICRO
