"""The pre-delivery test: what it asks for and whether what was observed proves it. Integers only."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.field_rules import between
from flexbourse_registry.domain.unit_life import TestRecord, TestTerms

MAX_ANSWER_S = 3600
MAX_RESPONSE_S = 24 * 3600
MAX_SUSTAIN_S = 7 * 24 * 3600
PERMILLE = 1000
MS = 1000


def shortcomings(terms: TestTerms, seen: TestRecord) -> list[str]:
    """Return in a sentence each what a test did not prove; empty where the unit passed.

    The unit answers the instruction, delivers within the response time, and sustains at least the power asked for,
    less the tolerance, for the agreed period.
    """
    found = []
    answered_ms = seen.acknowledged_ms - seen.instructed_ms
    if not seen.acknowledged_ms or answered_ms > terms.answer_s * MS:
        found.append(f"answer: {_time(seen.acknowledged_ms, answered_ms)}, agreed {terms.answer_s * MS} ms")
    response_ms = seen.reached_ms - seen.instructed_ms
    if not seen.reached_ms or response_ms > terms.response_s * MS:
        found.append(f"response: {_time(seen.reached_ms, response_ms)}, agreed {terms.response_s * MS} ms")
    sustained_ms = max(0, seen.sustained_to_ms - seen.reached_ms) if seen.reached_ms else 0
    if sustained_ms < terms.sustain_s * MS:
        found.append(f"sustained {sustained_ms} ms, agreed {terms.sustain_s * MS} ms")
    sign = 1 if terms.power_w > 0 else -1
    if sign * seen.least_power_w * PERMILLE < abs(terms.power_w) * (PERMILLE - terms.tolerance_permille):
        found.append(f"power {seen.least_power_w} W, agreed {terms.power_w} W less {terms.tolerance_permille} permille")
    return found


def _time(moment_ms: int, after_ms: int) -> str:
    return f"{after_ms} ms" if moment_ms else "none"


def terms_problems(terms: TestTerms | None, span_w: int) -> Iterator[Rejection]:
    """Yield what is wrong with the terms of a test of a unit whose power spans so much."""
    if terms is None:
        yield Rejection(Code.FIELD_MISSING, "a test has terms", "terms")
        return
    yield from between("terms.power_w", abs(terms.power_w), 1, max(1, span_w), "W")
    yield from between("terms.answer_s", terms.answer_s, 1, MAX_ANSWER_S, "s")
    yield from between("terms.response_s", terms.response_s, 1, MAX_RESPONSE_S, "s")
    yield from between("terms.sustain_s", terms.sustain_s, 1, MAX_SUSTAIN_S, "s")
    yield from between("terms.tolerance_permille", terms.tolerance_permille, 0, PERMILLE - 1, "permille")


def record_problems(seen: TestRecord | None) -> Iterator[Rejection]:
    """Yield what is wrong with the record of a test: it has an instruction, and nothing comes before its cause."""
    if seen is None or seen.instructed_ms <= 0:
        yield Rejection(Code.FIELD_MISSING, "a record says when the instruction was given", "test.instructed_ms")
        return
    causes = {
        "acknowledged_ms": seen.instructed_ms,
        "reached_ms": seen.instructed_ms,
        "sustained_to_ms": seen.reached_ms,
    }
    for name, cause_ms in causes.items():
        moment_ms = getattr(seen, name)
        if moment_ms and (moment_ms < cause_ms or not cause_ms):
            rule = f"{name} does not come before its cause"
            yield Rejection(Code.ENTITY_INVALID, rule, f"test.{name}", value=moment_ms, limit=cause_ms, unit="ms")
