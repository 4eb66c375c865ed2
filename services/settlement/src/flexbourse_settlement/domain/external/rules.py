"""Decisions about results from outside: taken, recorded and posted, or refused; a refusal names all that is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.activations.blocked_calls import Bearers, late_blocked
from flexbourse_settlement.domain.events import Event
from flexbourse_settlement.domain.external.book import MAX_VERSIONS, ExternalRecord
from flexbourse_settlement.domain.external.notary import note
from flexbourse_settlement.domain.external.results import (
    ExternalRefused,
    ExternalTaken,
    Result,
    form_problems,
    record_id,
)
from flexbourse_settlement.domain.external.settling import Posting, SettledPositions, network_lines, posting_lines
from flexbourse_settlement.domain.lines.line import Line
from flexbourse_settlement.domain.proofs.batch import CORRECTION, Run
from flexbourse_settlement.domain.proofs.merkle import Hash
from flexbourse_settlement.domain.runs import batch_events, net_of
from flexbourse_settlement.domain.state import State

MAX_PROBLEMS = 50
PERIOD_LENGTHS_S = (300, 900, 1_800, 3_600)  # of markets


def take_result(state: State, keccak: Hash, result: Result, operator_id: str = "") -> list[Event]:
    """Return what follows from a version of a result; nothing where the same was taken before.

    What no member of a pool takes falls to the platform's operator, who need not be registered.
    """
    content = result.content
    digest = hashlib.sha256(content).digest()
    record = state.external.records.get(result.key)
    if record is not None and any(digest == hashlib.sha256(own.content).digest() for own in record.versions):
        return []
    parties = state.participants.keys() | ({operator_id} - {""})
    problems = form_problems(result, parties, state.metering_points)
    named = [*islice(problems, MAX_PROBLEMS), *_order_problems(record, result)]
    if named:
        refused = ExternalRefused(
            result.venue_id[:200], result.result_id[:200], result.version, digest, tuple(named[:MAX_PROBLEMS])
        )
        return [refused]
    noted = note(state.chain.records, record_id(result.venue_id, result.result_id), content, final=result.final)
    events: list[Event] = [ExternalTaken(result, result.shares_sha256, digest)]
    events += [] if noted is None else [noted]
    return [*events, *_posted_late(state, keccak, record, result)]


def _order_problems(record: ExternalRecord | None, result: Result) -> Iterator[Rejection]:
    taken = 0 if record is None else len(record.versions)
    name = f"{result.venue_id}/{result.result_id}"[:64]
    if result.version > taken + 1:
        rule = "versions follow each other without gaps"
        yield Rejection(Code.VERSION_GAP, rule, "version", name, value=result.version, limit=taken + 1)
    elif 1 <= result.version <= taken:
        rule = "a version that was taken is never changed: a correction is the next version"
        yield Rejection(Code.VERSION_CONFLICT, rule, "version", name, value=result.version, limit=taken + 1)
    elif taken >= MAX_VERSIONS:
        rule = "a result has a bounded number of versions"
        yield Rejection(Code.TOO_MANY_ENTRIES, rule, "version", name, value=result.version, limit=MAX_VERSIONS)
    if record is not None and record.newest.moves != result.moves:
        rule = "what was blocked stays what was blocked: another result is another id"
        yield Rejection(Code.NOT_IN_THIS_STATE, rule, "kind", name)
    if record is not None and record.newest.final and not result.final:
        rule = "what is final is corrected by what is final"
        yield Rejection(Code.NOT_IN_THIS_STATE, rule, "final", name)


def _posted_late(state: State, keccak: Hash, record: ExternalRecord | None, result: Result) -> Iterator[Event]:
    """Iterate over the batches that post a final version for periods that are settled already, one for each area."""
    if not result.final:
        return
    areas = {share.area_id for share in result.shares} | {area for area, _ in (record.posted if record else ())}
    for area_id in sorted(areas):
        lines: list[Line] = []
        mtus = _settled_periods(state, record, result, area_id)
        for mtu in mtus:
            former = None if record is None else record.posted_for((area_id, mtu))
            lines += _late_lines(state, Posting(area_id, mtu, result, former))
        if lines:
            name = hashlib.sha256(f"{result.source}/{result.version}".encode()).hexdigest()[:32]
            run = Run(area_id, f"x-{name}", tuple(mtus), CORRECTION, result.version)
            yield from batch_events(run, lines, net_of(state, keccak, lines), result.key)


def _late_lines(state: State, posting: Posting) -> list[Line]:
    """Return the lines of a posting behind its period's settlement."""
    settled = _positions(state, posting.area_id, posting.mtu)
    if not posting.result.moves:
        bearers = Bearers.of(state.areas.get(posting.area_id), state.participants)
        return late_blocked(posting, bearers, None if settled is None else settled.price_ticks)
    posted = posting_lines(posting, state.metering_points, settled)
    return [*posted, *network_lines(posting, posted)]


def _settled_periods(state: State, record: ExternalRecord | None, result: Result, area_id: str) -> list[Mtu]:
    """Return the periods of an area that are settled and that the result touches or touched."""
    if not area_id:
        return [result.mtu]  # money alone, of no area: it waits for nobody's meter
    found = {mtu for area, mtu in (record.posted if record else ()) if area == area_id}
    for length in PERIOD_LENGTHS_S:
        for start in range(result.mtu.start_s // length * length, result.mtu.end_s, length):
            period = state.periods.get((area_id, Mtu(start, length)))
            if period is not None and period.settled:
                found.add(period.mtu)
    return sorted(found)


def _positions(state: State, area_id: str, mtu: Mtu) -> SettledPositions | None:
    period = state.periods.get((area_id, mtu))
    if period is None or period.imbalance_price_ticks is None:
        return None
    return SettledPositions(period.imbalance_price_ticks, period.settled_positions)
