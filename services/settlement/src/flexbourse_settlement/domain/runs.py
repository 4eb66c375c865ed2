"""Decisions about readings and market runs. A refusal names everything that is wrong, not only the first thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.activations.blocked_calls import Bearers, final_blocked
from flexbourse_settlement.domain.activations.of_period import activation_problems, settle_period_activations
from flexbourse_settlement.domain.chain.addresses import addresses
from flexbourse_settlement.domain.events import BatchClosed, Event, LinesPosted, Reading, ReadingsRecorded
from flexbourse_settlement.domain.external.settling import final_lines
from flexbourse_settlement.domain.facts import METER_OPERATOR, OPERATOR_ROLES
from flexbourse_settlement.domain.funds.events import FundsEvent
from flexbourse_settlement.domain.funds.places import ShardKey
from flexbourse_settlement.domain.funds.rules import settled
from flexbourse_settlement.domain.ledger import Period as SettledPeriod
from flexbourse_settlement.domain.ledger import Responsibility, settle
from flexbourse_settlement.domain.lines.capacity_settling import capacity_lines, moved_beside
from flexbourse_settlement.domain.lines.line import Line
from flexbourse_settlement.domain.proofs.batch import Delta, Run, deltas
from flexbourse_settlement.domain.proofs.merkle import Hash
from flexbourse_settlement.domain.state import Period, State

MAX_READINGS = 5_000
MAX_METERED_W = 1_000_000_000
MAX_MTUS = 2_976  # a month of quarter-hours
MAX_IMBALANCE_PRICE_TICKS = 10_000_000  # as in markets: 100,000 EUR/MWh
LINES_PER_EVENT = 1_000  # keeps a journal record below its bound of 512 kB
RUN_ID = re.compile(r"[a-z0-9-]{1,40}")
MAX_PRICE_TICKS = 1_000_000_000  # ten million EUR/MWh
MAX_PROBLEMS = 50  # named in one refusal
SHOWN = 64  # of a text that a caller sent


@dataclass(frozen=True, slots=True)
class Completion:
    """All readings of some MTUs of an area are in; the price of an MTU settles its deviations."""

    area_id: str
    run_id: str
    mtus: tuple[Mtu, ...]
    imbalance_prices_ticks: tuple[tuple[Mtu, int], ...]


def may_meter(state: State, party: str) -> list[Rejection]:
    """Return why a party may not submit readings; empty for an active meter operator."""
    who = state.participants.get(party)
    if who is not None and who.active and METER_OPERATOR in who.roles:
        return []
    return [Rejection(Code.NOT_AUTHORISED, "an active meter operator submits readings", "party", party)]


def record_readings(
    state: State, party: str, area_id: str, readings: Sequence[Reading]
) -> tuple[ReadingsRecorded | None, list[list[Rejection]]]:
    """Return the event that takes the good readings, and per reading what is wrong with it.

    What is wrong with the whole command stands once.
    """
    forbidden = may_meter(state, party)
    if not 0 < len(readings) <= MAX_READINGS:
        rule, count = "a command holds at least one reading and a bounded number", len(readings)
        code = Code.TOO_MANY_ENTRIES if readings else Code.FIELD_MISSING
        forbidden.append(Rejection(code, rule, "readings", value=count, limit=MAX_READINGS))
    if forbidden:
        return None, [forbidden]
    problems = [_reading_problems(state, area_id, reading) for reading in readings]
    good = tuple(reading for reading, wrong in zip(readings, problems, strict=True) if not wrong)
    return (ReadingsRecorded(area_id, good) if good else None), problems


def _reading_problems(state: State, area_id: str, reading: Reading) -> list[Rejection]:
    found = []
    name = reading.metering_point_id[:SHOWN]
    point = state.metering_points.get(reading.metering_point_id)
    if point is None or point.area_id != area_id:
        rule = "the metering point is registered in the area"
        found.append(Rejection(Code.READING_INVALID, rule, "metering_point_id", name))
    if abs(reading.mean_w) > MAX_METERED_W:
        found.append(
            Rejection(
                Code.READING_INVALID, "a reading lies within the bound of one metering point", "mean_w", name,
                value=reading.mean_w, limit=MAX_METERED_W, unit="W",
            )
        )  # fmt: skip
    period = state.periods.get((area_id, reading.mtu))
    if period is None:
        rule = "the period has a book in the area"
        found.append(Rejection(Code.READING_INVALID, rule, "mtu", name, value=reading.mtu.start_s, unit="s"))
    elif period.settled:
        found.append(Rejection(Code.RUN_CLOSED, "the period is not settled yet", "mtu", name))
    return found


def complete(state: State, keccak: Hash, party: str, wish: Completion) -> list[Event] | list[Rejection]:
    """Settle a run: return its lines and the closed batch, or everything that stands in the way."""
    problems = chain(may_meter(state, party), _form_problems(wish), _run_problems(state, wish))
    named = list(islice(problems, MAX_PROBLEMS))
    if named:
        return named
    periods = [state.periods[wish.area_id, mtu] for mtu in sorted(wish.mtus)]
    responsible = _responsible(state, {point for period in periods for point in period.bases_w})
    lines = [line for period in periods for line in settle(_to_settle(state, period, wish, responsible))]
    run = Run(wish.area_id, wish.run_id, tuple(sorted(wish.mtus)))
    net = net_of(state, keccak, lines)
    return [*batch_events(run, lines, net), *_freed(state, run, periods, net)]


def _freed(state: State, run: Run, periods: Iterable[Period], net: Iterable[Delta]) -> list[FundsEvent]:
    """Return what a run frees of the collateral that its matches took."""
    taken: dict[ShardKey, int] = {}
    for period in periods:
        for side in (side for match in period.matches for side in match.sides if side.collateral_micro_euro):
            key = side.party, state.areas[period.area_id].shard
            taken[key] = taken.get(key, 0) + side.collateral_micro_euro
    return settled(state.funds, run.batch_id, taken, {each.account: each.amount_micro_euro for each in net})


def _form_problems(wish: Completion) -> Iterator[Rejection]:
    if RUN_ID.fullmatch(wish.run_id) is None:
        yield Rejection(Code.FIELD_MALFORMED, "a run id has the form [a-z0-9-]{1,40}", "run_id", wish.run_id[:SHOWN])
    if not 0 < len(wish.mtus) <= MAX_MTUS:
        rule = "a run has at least one period and a bounded number"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, "mtus", value=len(wish.mtus), limit=MAX_MTUS)
    if len(set(wish.mtus)) != len(wish.mtus):
        yield Rejection(Code.FIELD_MALFORMED, "a run names each period once", "mtus")
    priced = [mtu for mtu, _ in wish.imbalance_prices_ticks]
    if len(set(priced)) != len(priced) or not set(priced) <= set(wish.mtus):
        yield Rejection(Code.FIELD_MALFORMED, "a price is for a period of the run, one for each", "imbalance_prices")
    for mtu, price in wish.imbalance_prices_ticks:
        if abs(price) > MAX_PRICE_TICKS:
            rule = "an imbalance price lies within its bound"
            yield Rejection(
                Code.FIELD_OUT_OF_RANGE, rule, "imbalance_prices", str(mtu.start_s),
                value=price, limit=MAX_PRICE_TICKS, unit="ticks",
            )  # fmt: skip


def _run_problems(state: State, wish: Completion) -> Iterator[Rejection]:
    if Run(wish.area_id, wish.run_id, wish.mtus).batch_id in state.batches:
        yield Rejection(Code.RUN_CLOSED, "a run is settled once", "run_id", wish.run_id[:SHOWN])
    for mtu in sorted(set(wish.mtus)):
        yield from _period_problems(state, wish.area_id, mtu)


def _period_problems(state: State, area_id: str, mtu: Mtu) -> Iterator[Rejection]:
    element = f"{area_id[:SHOWN]}/{mtu.start_s}"
    period = state.periods.get((area_id, mtu))
    if period is not None and period.settled:
        yield Rejection(Code.RUN_CLOSED, "a period is settled once", "mtus", element)
        return
    if period is None or not period.books_closed:
        still_open = 0 if period is None else len(period.open_markets)
        yield Rejection(Code.BOOKS_NOT_CLOSED, "all books of a period have closed", "mtus", element, value=still_open)
        return
    yield from activation_problems(state, area_id, mtu, element)
    missing = sorted(period.bases_w.keys() - period.metered_w.keys())
    for point in missing:
        rule = "every metering point with a frozen base has a reading"
        yield Rejection(Code.READINGS_INCOMPLETE, rule, "readings", f"{element}/{point}", value=len(missing), limit=0)


def _to_settle(
    state: State, period: Period, wish: Completion, responsible: Mapping[str, Responsibility]
) -> SettledPeriod:
    allotted = [each for _, each in sorted(period.capacity.items())]
    sold = moved_beside(state.external.moved_w(period.area_id, period.mtu), allotted)
    activations = settle_period_activations(state, period, sold)
    from_outside = final_lines(state.external, period.area_id, period.mtu, state.metering_points)
    price = dict(wish.imbalance_prices_ticks).get(period.mtu)
    bearers = Bearers.of(state.areas.get(period.area_id), state.participants)
    blocked = final_blocked(state.external, (period.area_id, period.mtu), bearers, price)
    return SettledPeriod(
        area_id=period.area_id,
        mtu=period.mtu,
        matches=period.matches,
        bases_w=period.bases_w,
        metered_w=period.metered_w,
        start_micro_euro=period.start_micro_euro,
        end_micro_euro=period.end_micro_euro,
        revision_micro_euro=period.revision_micro_euro,
        imbalance_price_ticks=price,
        responsible=responsible,
        compensations=[*(each for _, each in sorted(period.compensations.items())), *activations.compensations],
        activated_w=activations.activated_w,
        external_w=sold,
        other_lines=[
            *activations.lines,
            *from_outside,
            *blocked,
            *capacity_lines(period.area_id, period.mtu, allotted),
        ],
    )


def _responsible(state: State, metering_point_ids: Iterable[str]) -> dict[str, Responsibility]:
    """Return who answers for deviations: the owner where he takes part himself, else who operates his units.

    Homes without an account of their own are answered for by their aggregator, and without one by their BRP.
    """
    operators: dict[str, str] = {}
    for unit in sorted(state.units.values(), key=lambda unit: unit.unit_id):
        if unit.operator_id in state.participants:
            operators.setdefault(unit.metering_point_id, unit.operator_id)
    found = {}
    for name in sorted(metering_point_ids):
        point = state.metering_points[name]
        account = point.owner_id if point.owner_id in state.participants else operators.get(name, point.brp_id)
        found[name] = Responsibility(account, point.imbalance_delegated)
    return found


def net_of(state: State, keccak: Hash, lines: Sequence[Line]) -> list[Delta]:
    """Return the net amounts of all accounts of some lines, with their addresses."""
    accounts = {line.account for line in lines}
    operators = [
        account for account in accounts
        if account in state.participants and state.participants[account].roles & OPERATOR_ROLES
    ]  # fmt: skip
    return deltas(lines, addresses(keccak, state.participants, accounts), operators)


def batch_events(
    run: Run, lines: Sequence[Line], net: Sequence[Delta], result: tuple[str, str] = ("", "")
) -> list[Event]:
    """Return the lines of a run in pieces, and its closing; of a correction, with the result that it posts."""
    pieces = range(0, len(lines), LINES_PER_EVENT)
    posted: list[Event] = [
        LinesPosted(run.batch_id, index, tuple(lines[at : at + LINES_PER_EVENT])) for index, at in enumerate(pieces)
    ]
    closed = BatchClosed(
        run.batch_id, run.area_id, run.run_id, run.mtus, len(lines), tuple(net), run.kind, run.version, *result
    )
    return [*posted, closed]
