"""Steps of a unit's life, as they are typed."""

from __future__ import annotations

from flexbourse.registry.v1 import registry_pb2
from flexbourse_bulk.offers import parse_start

UNSPECIFIED = "unspecified"


def step_of(
    unit_id: str,
    *,
    kind: str,
    text: str,
    product: str | None,
    reason: str | None,
    max_w: int | None,
    min_w: int | None,
    until: str | None,
    temporary: bool,
    terms: tuple[int, ...] | None,
    seen: tuple[int, ...] | None,
) -> registry_pb2.UnitStep:
    """Return the step; raises ValueError for a moment that is none."""
    step = registry_pb2.UnitStep(
        unit_id=unit_id,
        kind=f"UNIT_STEP_KIND_{_constant(kind)}",
        text=text,
        product=f"PRODUCT_TYPE_{_constant(product or UNSPECIFIED)}",
        suspension=f"SUSPENSION_REASON_{_constant(reason or UNSPECIFIED)}",
    )
    if kind == "approve-grid":
        end_s = parse_start(until) if until else 0
        step.conditions.CopyFrom(
            registry_pb2.GridConditions(
                max_power_w=max_w, min_power_w=min_w, valid_to_s=end_s, temporary=temporary, text=text
            )
        )
    if terms:
        names = ("power_w", "answer_s", "response_s", "sustain_s", "tolerance_permille")
        step.terms.CopyFrom(registry_pb2.TestTerms(**dict(zip(names, terms, strict=True))))
    if seen:
        names = ("instructed_ms", "acknowledged_ms", "reached_ms", "sustained_to_ms", "least_power_w")
        step.test.CopyFrom(registry_pb2.TestRecord(**dict(zip(names, seen, strict=True))))
    return step


def _constant(word: str) -> str:
    return word.upper().replace("-", "_")
