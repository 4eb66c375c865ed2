"""The whole state of the settlement shard in canonical bytes, and back."""

from __future__ import annotations

from flexbourse.settlement.v1 import external_results_pb2 as external_pb
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_settlement import activation_wire, chain_wire, external_wire, funds_wire, match_wire, wire
from flexbourse_settlement.capacity_wire import ALLOTTED
from flexbourse_settlement.domain.state import Period, State


def to_bytes(state: State) -> bytes:
    """Return the state; equal states give equal bytes. Batches keep the order in which they were closed."""
    message = pb.SettlementState(
        participants=[wire.participant_to(fact) for _, fact in sorted(state.participants.items())],
        metering_points=[wire.metering_point_to(fact) for _, fact in sorted(state.metering_points.items())],
        units=[wire.unit_to(fact) for _, fact in sorted(state.units.items())],
        periods=[_period_to(period) for _, period in sorted(state.periods.items())],
        batches=[wire.progress_to(batch) for batch in state.batches.values()],
        contract=state.contract,
        **chain_wire.chain_to(state.chain),
        opened=sorted(state.opened),
        requested=None if state.requested is None else chain_wire.REQUESTED.encode(state.requested),
        signed=None if state.signed is None else wire.signed_to(state.signed),
        blocked=state.blocked,
        next_nonce=state.next_nonce,
        transaction_count=state.transaction_count,
        check_count=state.check_count,
        checked_at_ms=state.checked_at_ms,
        checking=state.checking,
        now_ms=state.now_ms,
        funds=funds_wire.funds_to(state.funds, state.chain.funds),
        external_results=external_wire.book_to(state.external),
        activation_books=[activation_wire.book_to(book) for _, book in sorted(state.activation_books.items())],
        areas=[wire.area_to(fact) for _, fact in sorted(state.areas.items())],
    )
    return message.SerializeToString(deterministic=True)


def from_bytes(data: bytes) -> State:
    """Return the state that such bytes describe; raises DecodeError where they are none."""
    message = pb.SettlementState.FromString(data)
    points = map(wire.metering_point_from, message.metering_points)
    periods = map(_period_from, message.periods)
    batches = map(wire.progress_from, message.batches)
    state = State(
        participants={fact.participant_id: fact for fact in map(wire.participant_from, message.participants)},
        metering_points={fact.metering_point_id: fact for fact in points},
        units={fact.unit_id: fact for fact in map(wire.unit_from, message.units)},
        periods={(period.area_id, period.mtu): period for period in periods},
        batches={batch.closed.batch_id: batch for batch in batches},
        contract=message.contract,
        opened=set(message.opened),
        requested=chain_wire.REQUESTED.decode(message.requested) if message.HasField("requested") else None,
        signed=wire.signed_from(message.signed) if message.HasField("signed") else None,
        blocked=message.blocked,
        next_nonce=message.next_nonce,
        transaction_count=message.transaction_count,
        check_count=message.check_count,
        checked_at_ms=message.checked_at_ms,
        checking=message.checking,
        now_ms=message.now_ms,
        funds=funds_wire.funds_from(message.funds),
        external=external_wire.book_from(list(message.external_results)),
        activation_books={book.area_id: book for book in map(activation_wire.book_from, message.activation_books)},
        areas={fact.area_id: fact for fact in map(wire.area_from, message.areas)},
    )
    state.chain = chain_wire.chain_from(message, state.right_waits_for)
    state.chain.funds = funds_wire.chain_from(message.funds)
    return state


def _period_to(period: Period) -> pb.PeriodState:
    return pb.PeriodState(
        area_id=period.area_id,
        mtu=wire.MTU.encode(period.mtu),
        trades=[match_wire.match_to(match) for match in period.matches],
        bases_w=period.bases_w,
        metered_w=period.metered_w,
        open_market_ids=sorted(period.open_markets),
        closed=period.closed,
        start_micro_euro=period.start_micro_euro,
        end_micro_euro=period.end_micro_euro,
        revision_micro_euro=period.revision_micro_euro,
        last_sequence=period.last_sequence,
        settled=period.settled,
        compensations=[wire.COMPENSATION.encode(each) for _, each in sorted(period.compensations.items())],
        imbalance_price_ticks=period.imbalance_price_ticks,
        settled_positions=[
            external_pb.SettledPosition(metering_point_id=name, account=account)
            for name, account in sorted(period.settled_positions.items())
        ],
        capacity=[ALLOTTED.encode(each) for _, each in sorted(period.capacity.items())],
    )


def _period_from(message: pb.PeriodState) -> Period:
    return Period(
        area_id=message.area_id,
        mtu=wire.MTU.decode(message.mtu),
        matches=[match_wire.match_from(trade) for trade in message.trades],
        bases_w=dict(message.bases_w),
        metered_w=dict(message.metered_w),
        open_markets=set(message.open_market_ids),
        closed=message.closed,
        start_micro_euro=message.start_micro_euro,
        end_micro_euro=message.end_micro_euro,
        revision_micro_euro=message.revision_micro_euro,
        last_sequence=message.last_sequence,
        settled=message.settled,
        compensations={each.trade_id: wire.COMPENSATION.decode(each) for each in message.compensations},
        imbalance_price_ticks=message.imbalance_price_ticks if message.HasField("imbalance_price_ticks") else None,
        settled_positions={each.metering_point_id: each.account for each in message.settled_positions},
        capacity={each.request_id: ALLOTTED.decode(each) for each in message.capacity},
    )
