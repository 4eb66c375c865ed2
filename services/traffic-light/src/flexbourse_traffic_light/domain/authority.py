"""Who may force a light or set thresholds, and what such a command must look like: all rules."""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_traffic_light.domain.area import Area, key_of
from flexbourse_traffic_light.domain.events import OverrideLight, SetLightThresholds
from flexbourse_traffic_light.domain.inputs import OperatorFact
from flexbourse_traffic_light.domain.light import Light
from flexbourse_traffic_light.domain.thresholds import VoltageLevel, find_problems

MAX_OVERRIDE_MS = 24 * 3600 * 1000
MAX_REASON_LENGTH = 500
MAX_OVERRIDES = 10_000  # of one area


def override_problems(
    command: OverrideLight, area: Area | None, operator: OperatorFact | None, now_ms: int
) -> list[Rejection]:
    """Return every rule that an override breaks."""
    problems = _authority_problems(command.area_id, area, operator, or_tso=True)
    if area is None:
        return problems
    if command.zone_id not in area.zone_ids:
        problems.append(
            Rejection(Code.UNKNOWN_OBJECT, "a zone of the area's topology", "override.zone_id", command.zone_id)
        )
    if command.mtu is not None and not command.mtu.is_aligned():
        problems.append(
            Rejection(
                Code.FIELD_MALFORMED, "a period starts at a multiple of its length", "override.mtu",
                value=command.mtu.start_s, limit=command.mtu.length_s, unit="s",
            )
        )  # fmt: skip
    key = key_of(command.zone_id, command.mtu)
    if command.light is Light.NONE:
        if key not in area.overrides:
            problems.append(
                Rejection(Code.UNKNOWN_OBJECT, "only an override in force can end", "override", command.zone_id)
            )
        return problems
    if key not in area.overrides and len(area.overrides) >= MAX_OVERRIDES:
        problems.append(
            Rejection(Code.TOO_MANY_ENTRIES, "overrides of an area", value=len(area.overrides), limit=MAX_OVERRIDES)
        )
    return problems + _force_problems(command, now_ms)


def _force_problems(command: OverrideLight, now_ms: int) -> list[Rejection]:
    problems = []
    if command.light not in (Light.AMBER, Light.RED):
        problems.append(
            Rejection(
                Code.FIELD_OUT_OF_RANGE, "an operator forces amber or red", "override.light",
                value=command.light, limit=Light.RED,
            )
        )  # fmt: skip
    if not now_ms < command.valid_until_ms <= now_ms + MAX_OVERRIDE_MS:
        problems.append(
            Rejection(
                Code.FIELD_OUT_OF_RANGE, "an override ends within the next 24 h", "override.valid_until_ms",
                value=command.valid_until_ms, limit=now_ms + MAX_OVERRIDE_MS, unit="ms",
            )
        )  # fmt: skip
    if not command.reason:
        problems.append(Rejection(Code.FIELD_MISSING, "an override carries its reason", "override.reason"))
    if len(command.reason) > MAX_REASON_LENGTH:
        problems.append(
            Rejection(
                Code.FIELD_OUT_OF_RANGE, "a reason is short", "override.reason",
                value=len(command.reason), limit=MAX_REASON_LENGTH, unit="characters",
            )
        )  # fmt: skip
    return problems


def thresholds_problems(
    command: SetLightThresholds, area: Area | None, operator: OperatorFact | None
) -> list[Rejection]:
    """Return every rule that new thresholds break."""
    problems = _authority_problems(command.area_id, area, operator, or_tso=False) + find_problems(command.thresholds)
    if command.level is VoltageLevel.LATER:
        problems.append(
            Rejection(Code.FIELD_OUT_OF_RANGE, "a voltage level", "thresholds.level", limit=VoltageLevel.HIGH)
        )
    return problems


def _authority_problems(
    area_id: str, area: Area | None, operator: OperatorFact | None, *, or_tso: bool
) -> list[Rejection]:
    if area is None:
        return [Rejection(Code.UNKNOWN_OBJECT, "an area of this shard", "area_id", area_id)]
    is_dso = operator is not None and operator.dso and operator.participant_id == area.dso_id
    is_tso = or_tso and operator is not None and operator.tso
    if is_dso or is_tso:
        return []
    rule = "the area's DSO or a TSO" if or_tso else "the area's DSO"
    return [Rejection(Code.NOT_AUTHORISED, rule, "area_id", area_id)]
