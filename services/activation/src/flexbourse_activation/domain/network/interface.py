"""What TSO and DSO tell each other of the nodes between them: voltage, flow, power factor and energy per period."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_activation.domain.terms import Claimant
from flexbourse_core.ids import is_object_id
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection

MAX_VALUES = 500  # of one report
MAX_VALUES_KEPT = 20_000  # of an area
WHOLE = 1000  # permille


class InterfaceValueKind(IntEnum):
    """Agreed ahead, or measured."""

    UNSPECIFIED = 0
    SCHEDULED = 1
    MEASURED = 2


@dataclass(frozen=True, slots=True)
class InterfaceValue:
    """One node and period; flow and energy are positive from the TSO's network into the DSO's."""

    node_id: str
    mtu: Mtu
    kind: InterfaceValueKind
    voltage_mv: int
    power_w: int
    power_factor_permille: int
    energy_wh: int


@dataclass(frozen=True, slots=True)
class InterfaceReported:
    """Event: a value as one operator has it."""

    area_id: str
    party: str
    claimant: Claimant
    value: InterfaceValue


Key = tuple[str, int, int, str]


def key_of(report: InterfaceReported) -> Key:
    """Return node, start of the period, kind and party: the newest report of each holds."""
    return report.value.node_id, report.value.mtu.start_s, int(report.value.kind), report.party


def value_problems(values: tuple[InterfaceValue, ...]) -> list[Rejection]:
    """Return every rule that the values of a report break."""
    if not 1 <= len(values) <= MAX_VALUES:
        rule = "a report has at least one value, and not too many"
        return [Rejection(Code.TOO_MANY_ENTRIES, rule, "values", value=len(values), limit=MAX_VALUES)]
    return [problem for index, value in enumerate(values) for problem in _problems(f"values[{index}]", value)]


def _problems(field: str, value: InterfaceValue) -> list[Rejection]:
    found = []
    if not is_object_id(value.node_id):
        found.append(Rejection(Code.FIELD_MALFORMED, "a node has an id", f"{field}.node_id", value.node_id[:64]))
    if not value.mtu.is_aligned():
        rule = "a period starts at a multiple of its length"
        found.append(Rejection(Code.FIELD_MALFORMED, rule, f"{field}.mtu", value=value.mtu.start_s, unit="s"))
    if value.kind is InterfaceValueKind.UNSPECIFIED:
        found.append(Rejection(Code.FIELD_MISSING, "scheduled or measured", f"{field}.kind"))
    if value.voltage_mv < 0:
        rule = "a voltage is not negative"
        found.append(
            Rejection(Code.FIELD_OUT_OF_RANGE, rule, f"{field}.voltage_mv", value=value.voltage_mv, limit=0, unit="mV")
        )
    if abs(value.power_factor_permille) > WHOLE:
        found.append(
            Rejection(
                Code.FIELD_OUT_OF_RANGE, "a power factor lies between -1 and 1", f"{field}.power_factor_permille",
                value=value.power_factor_permille, limit=WHOLE, unit="permille",
            )
        )  # fmt: skip
    return found
