"""State of a shard in canonical bytes and back: the newest adopted records, and per area what events made of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import snapshot_pb2 as pb
from flexbourse_gridmath.topology import Integer
from flexbourse_orderbook import capacity_snapshot, phase_snapshot
from flexbourse_orderbook.domain.entry.collateral import Collateral
from flexbourse_orderbook.domain.evolve import evolve, hold_room, secure_held
from flexbourse_orderbook.domain.grid.area_grid import GridPeriod
from flexbourse_orderbook.domain.grid.grid_view import Wear
from flexbourse_orderbook.domain.position import Position
from flexbourse_orderbook.domain.resting.evolving import rest
from flexbourse_orderbook.domain.safeguards.evolving import keep_asleep
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.wire import (
    ACTIVITY,
    AGREEMENT,
    CAPACITY_LIMIT,
    CONTESTED,
    GROUP_MEMBER,
    HELD_CALL,
    HELD_RELIEF,
    KILL_SWITCH,
    MOVING_TRADE,
    NODE_CHANGE,
    ORDER,
    OUTSIDE,
    PAIR_BLOCKED,
    PROPOSED,
    RESERVED,
    RETRY_PLACE,
    SESSION,
    mtu_in,
    mtu_out,
    parameters_in,
    parameters_out,
)

FORMAT = 1


def area_to_snapshot(state: AreaState) -> pb.AreaSnapshot:
    """Return what is to be kept of an area besides adopted records."""
    orders = sorted(state.orders.values(), key=lambda order: order.sequence)
    wire = pb.AreaSnapshot(
        area_id=state.area_id,
        order_sequence=state.order_sequence,
        halted_reason=state.halted_reason,
        capacity_version=state.capacity_version,
        orders=[ORDER.encode(order.value()) for order in orders],
        hibernated=[ORDER.encode(state.hibernated[name].value()) for name in sorted(state.hibernated)],
        activities=[ACTIVITY.encode(own) for own in state.activity.kept()],
        group_members=[GROUP_MEMBER.encode(member) for member in state.groups.kept()],
        sessions=[SESSION.encode(state.safeguards.sessions[name]) for name in sorted(state.safeguards.sessions)],
        kill_switches=[KILL_SWITCH.encode(state.safeguards.stopped[name]) for name in sorted(state.safeguards.stopped)],
        periods=[_period_to_snapshot(state.periods[mtu]) for mtu in sorted(state.periods)],
        reservations=[RESERVED.encode(state.reservations[name]) for name in sorted(state.reservations)],
        openings=[
            pb.OpeningSnapshot(market_id=name, next_start_s=state.openings[name]) for name in sorted(state.openings)
        ],
        outside=[OUTSIDE.encode(result) for result in state.outside.results()],
        dnut_spent=[
            pb.DnutSpentSnapshot(market_id=name, delivery_day=day.isoformat(), spent_micro_euro=spent)
            for name, day, spent in state.dnut_spending.entries()
        ],
    )
    wire.agreements.extend(AGREEMENT.encode(each) for each in state.agreements.open.values())
    wire.agreement_sequence = state.agreements.sequence
    phase_snapshot.add_area(wire, state)
    wire.spans.extend(_span_to_snapshot(span) for _, span in state.spans.all())
    capacity_snapshot.add_area(wire, state)
    return wire


def collateral_to_snapshot(collateral: Collateral) -> list[pb.CollateralSnapshot]:
    """Return what is to be kept of a shard's collateral besides allotments, orders and held matches."""
    return [
        pb.CollateralSnapshot(party=party, filled_micro_euro=filled, acknowledged_version=version)
        for party, filled, version in collateral.kept()
    ]


def _period_to_snapshot(period: Period) -> pb.PeriodSnapshot:
    held = period.grid
    wire = pb.PeriodSnapshot(
        mtu=mtu_out(period.mtu),
        trade_sequence=period.trade_sequence,
        operating_point_sequence=held.sequence,
        retry_due=period.retry_due,
        accepted=[NODE_CHANGE.encode(change) for change in held.accepted_changes()],
        books=[phase_snapshot.book_to_snapshot(name, period) for name in sorted(period.phases)],
        positions=[_position_to_snapshot(name, period.positions[name]) for name in sorted(period.positions)],
        used_by_party=_used_ids(period),
        loading_relief=_list(held.wear.loading_relief),
        low_relief=_list(held.wear.low_relief),
        high_relief=_list(held.wear.high_relief),
        loading_spent_micro_pct=_list(held.wear.loading_spent_micro_pct),
        voltage_spent_npu=_list(held.wear.voltage_spent_npu),
        retry_places=[RETRY_PLACE.encode(period.retry_places[book]) for book in sorted(period.retry_places)],
    )
    wire.trades.extend(MOVING_TRADE.encode(trade) for trade in period.moving_trades.values())
    wire.capacity_limits.extend(CAPACITY_LIMIT.encode(held.capacity[subject]) for subject in sorted(held.capacity))
    wire.held_reliefs.extend(HELD_RELIEF.encode(period.held_reliefs[name]) for name in sorted(period.held_reliefs))
    wire.held_calls.extend(HELD_CALL.encode(match) for match in held.held_matches.values())
    wire.call_sequence = period.call_sequence
    wire.blocked_pairs.extend(PAIR_BLOCKED.encode(pair) for pair in period.blocked.events())
    wire.contested.extend(CONTESTED.encode(period.contested[name]) for name in sorted(period.contested))
    wire.rechecked_version, wire.proposal_count = period.rechecked_version, period.proposal_count
    if period.proposal is not None:
        wire.proposal.CopyFrom(PROPOSED.encode(period.proposal))
    if held.potential_start is not None:
        wire.potential.start_micro_euro = held.potential_start
        wire.potential.current_micro_euro = held.potential
        wire.potential.revision_micro_euro = held.revision
        wire.potential.confirmed_micro_euro = held.confirmed
    if held.frozen_parameters is not None:
        wire.frozen_parameters = parameters_out(held.frozen_parameters).SerializeToString(deterministic=True)
    phase_snapshot.add_period(wire, period)
    return wire


def _used_ids(period: Period) -> list[pb.UsedIdsOfParty]:
    """Return the ids in use. They are most of a long snapshot: a list for each party, not a message for each id.

    A party whose orders were all refused has a place for ids and none in it: whoever folds the journal does not know.
    """
    used = {party: sorted(ids) for party, ids in period.used_ids.items() if ids}
    return [pb.UsedIdsOfParty(party=party, ids=used[party]) for party in sorted(used)]


def _restore_used_ids(period: Period, wire: pb.PeriodSnapshot | pb.SpanSnapshot) -> None:
    period.used_ids = {entry.party: dict.fromkeys(entry.ids) for entry in wire.used_by_party}
    for used in wire.used_ids:  # as snapshots held them before
        period.use(used.party, used.client_order_id)


def _span_to_snapshot(span: Period) -> pb.SpanSnapshot:
    return pb.SpanSnapshot(
        mtu=mtu_out(span.mtu),
        part_length_s=span.parts[0].mtu.length_s,
        match_sequence=span.trade_sequence,
        used_by_party=_used_ids(span),
        last_prices=phase_snapshot.last_prices(span),
        blocked_pairs=[PAIR_BLOCKED.encode(pair) for pair in span.blocked.events()],
        retry_due=span.retry_due,
        retry_places=[RETRY_PLACE.encode(span.retry_places[book]) for book in sorted(span.retry_places)],
    )


def _restore_span(state: AreaState, wire: pb.SpanSnapshot) -> None:
    span = state.make_span(mtu_in(wire.mtu), wire.part_length_s)
    span.trade_sequence, span.retry_due = wire.match_sequence, wire.retry_due
    _restore_used_ids(span, wire)
    phase_snapshot.restore_last_prices(span, wire.last_prices)
    for pair in map(PAIR_BLOCKED.decode, wire.blocked_pairs):
        span.blocked.put(pair)
    for place in map(RETRY_PLACE.decode, wire.retry_places):
        span.retry_places[place.market_id, place.product] = place


def _position_to_snapshot(name: str, position: Position) -> pb.PositionSnapshot:
    return pb.PositionSnapshot(
        metering_point_id=name,
        base_w=position.base_w,
        base_case_version=position.base_case_version,
        scheduled_sold_w=position.scheduled_sold_w,
        scheduled_bought_w=position.scheduled_bought_w,
        deviation_w=position.deviation_w,
        reactive_var=position.reactive_var,
    )


def restore_area(state: AreaState, wire: pb.AreaSnapshot) -> None:
    """Put an area back whose adopted records are there already."""
    state.order_sequence = wire.order_sequence
    state.halted_reason = wire.halted_reason
    state.capacity_version = wire.capacity_version
    state.openings = {entry.market_id: entry.next_start_s for entry in wire.openings}
    phase_snapshot.restore_area(state, wire)
    capacity_snapshot.restore_area(state, wire)
    for spent in wire.dnut_spent:
        day = date.fromisoformat(spent.delivery_day)
        state.dnut_spending.add(spent.market_id, day, spent.spent_micro_euro)
    for kept in wire.periods:
        period = state.make_period(mtu_in(kept.mtu))
        _restore_period(period, kept)
        for match in period.grid.held_matches.values():
            secure_held(state, match)
    for span in wire.spans:
        _restore_span(state, span)
    waiting = phase_snapshot.waiting_orders(wire)
    for order in wire.orders:
        terms = ORDER.decode(order)
        rest(state, terms, waits=order.sequence in waiting)
    for kept in wire.periods:  # orders that come to rest make requests due
        state.period(mtu_in(kept.mtu)).spreads.due = kept.spreads_due
    _restore_parties(state, wire)
    for result in wire.outside:
        evolve(state, OUTSIDE.decode(result))
    for reserved in wire.reservations:
        evolve(state, RESERVED.decode(reserved))


def _restore_parties(state: AreaState, wire: pb.AreaSnapshot) -> None:
    """Put back what belongs to parties rather than to a book."""
    for order in wire.hibernated:
        keep_asleep(state, ORDER.decode(order))
    for own in wire.activities:
        state.activity.restore(ACTIVITY.decode(own))
    for member in wire.group_members:
        state.groups.restore(GROUP_MEMBER.decode(member))
    for session in wire.sessions:
        evolve(state, SESSION.decode(session))
    for agreement in wire.agreements:
        state.agreements.put(AGREEMENT.decode(agreement))
    state.agreements.sequence = wire.agreement_sequence
    for switch in wire.kill_switches:
        evolve(state, KILL_SWITCH.decode(switch))


def _restore_period(period: Period, wire: pb.PeriodSnapshot) -> None:
    held = period.grid
    period.trade_sequence = wire.trade_sequence
    period.retry_due = wire.retry_due
    for place in map(RETRY_PLACE.decode, wire.retry_places):
        period.retry_places[place.market_id, place.product] = place
    period.moving_trades = {trade.trade_id: MOVING_TRADE.decode(trade) for trade in wire.trades}
    period.held_reliefs = {held.trade_id: HELD_RELIEF.decode(held) for held in wire.held_reliefs}
    period.rechecked_version, period.proposal_count = wire.rechecked_version, wire.proposal_count
    period.proposal = PROPOSED.decode(wire.proposal) if wire.HasField("proposal") else None
    phase_snapshot.restore_period(period, wire)
    _restore_used_ids(period, wire)
    for kept in wire.positions:
        position = period.positions[kept.metering_point_id] = Position(kept.base_w, kept.base_case_version)
        position.scheduled_sold_w = kept.scheduled_sold_w
        position.scheduled_bought_w = kept.scheduled_bought_w
        position.deviation_w = kept.deviation_w
        position.reactive_var = kept.reactive_var
    period.call_sequence = wire.call_sequence
    for match in map(HELD_CALL.decode, wire.held_calls):
        held.held_matches[match.call_id] = match
        hold_room(period, match)
    for pair in map(PAIR_BLOCKED.decode, wire.blocked_pairs):
        period.blocked.put(pair)
    period.contested = {contested.order_id: contested for contested in map(CONTESTED.decode, wire.contested)}
    held.accept([NODE_CHANGE.decode(change) for change in wire.accepted], wire.operating_point_sequence)
    held.capacity = {(x.scope, x.subject_id): x for x in map(CAPACITY_LIMIT.decode, wire.capacity_limits)}
    held.wear = Wear(
        _array(wire.loading_relief),
        _array(wire.low_relief),
        _array(wire.high_relief),
        _array(wire.loading_spent_micro_pct),
        _array(wire.voltage_spent_npu),
    )
    _restore_money(held, wire)


def _restore_money(held: GridPeriod, wire: pb.PeriodSnapshot) -> None:
    if wire.HasField("potential"):
        held.potential_start = wire.potential.start_micro_euro
        held.potential = wire.potential.current_micro_euro
        held.revision = wire.potential.revision_micro_euro
        held.confirmed = wire.potential.confirmed_micro_euro
    if wire.frozen_parameters:
        held.frozen_parameters = parameters_in(grid.TariffParameters.FromString(wire.frozen_parameters))


def _list(values: Integer) -> list[int]:
    found: list[int] = values.tolist()
    return found


def _array(values: Iterable[int]) -> Integer:
    return np.array(list(values), dtype=np.int64)
