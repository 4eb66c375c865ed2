"""Messages and domain objects of settlement.

Flat events are bound by name and compared at import; facts are converted by hand because their shapes differ. Matches,
lines, and what belongs to activations, results from outside, the chain and money have modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as life
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import InvalidMessageError
from flexbourse_messages.binding import Binding
from flexbourse_settlement import activation_wire, external_wire
from flexbourse_settlement.capacity_wire import allocated_from, lapsed_from, used_from
from flexbourse_settlement.chain_wire import (
    ATTESTED,
    NOTED,
    REQUESTED,
    RIGHT,
    call_in,
    call_to,
    right_from,
    total_from,
)
from flexbourse_settlement.domain import events, facts
from flexbourse_settlement.domain.activations.products import ProductsSet
from flexbourse_settlement.domain.external.results import ExternalRefused, ExternalTaken
from flexbourse_settlement.domain.matches import Compensation
from flexbourse_settlement.domain.proofs.batch import KIND, VERSION, Delta, Group
from flexbourse_settlement.funds_wire import EVENTS as FUNDS_EVENTS
from flexbourse_settlement.funds_wire import acknowledged_from
from flexbourse_settlement.line_wire import line_from, line_to
from flexbourse_settlement.match_wire import MTU, match_from

READINGS = Binding(events.ReadingsRecorded, pb.ReadingsRecorded)
SIGNED = Binding(events.Signed, pb.RecordSigned)
MINED = Binding(events.Mined, pb.RecordMined)
FILED = Binding(events.BatchFiled, pb.BatchFiled)
CHECK_REQUESTED = Binding(events.CheckRequested, pb.CheckRequested)
CHECKED = Binding(events.ChainChecked, pb.ChainChecked)
COMPENSATION = Binding(Compensation, pb.Compensation)

_ROLE_PREFIX = "ROLE_"


def fact_from(message: Message | None) -> facts.Fact | None:
    """Return the fact in a record of another service, None where settlement needs none of it."""
    if isinstance(message, registry.EntityState):
        kind = message.entity.WhichOneof("kind")
        read = _FACTS.get(str(kind))
        return None if read is None else read(getattr(message.entity, str(kind)))
    if isinstance(message, book.OrderEvent):
        kind = message.WhichOneof("event")
        read = _FACTS.get(str(kind))
        return None if read is None else read(getattr(message, str(kind)))
    if isinstance(message, life.ActivationEvent):
        return activation_wire.fact_from(message)
    if isinstance(message, grid.ScheduleState):
        return activation_wire.scheduled_from(message)
    return total_from(message) if isinstance(message, life.UnitTotal) else None


def _participant(message: registry.Participant) -> facts.Participant:
    roles = (registry.Role.Name(role).removeprefix(_ROLE_PREFIX) for role in message.roles)
    return facts.Participant(message.participant_id, frozenset(roles), message.chain_account, message.active)


def participant_to(fact: facts.Participant) -> registry.Participant:
    """Return the message of a participant, for snapshots."""
    roles = sorted(_ROLE_PREFIX + role for role in fact.roles)
    return registry.Participant(
        participant_id=fact.participant_id, roles=roles, chain_account=fact.chain_account, active=fact.active
    )


def _metering_point(message: registry.MeteringPoint) -> facts.MeteringPoint:
    return facts.MeteringPoint(
        message.metering_point_id, message.area_id, message.owner_id, message.brp_id, message.imbalance_delegated
    )


def metering_point_to(fact: facts.MeteringPoint) -> registry.MeteringPoint:
    """Return the message of a metering point, for snapshots."""
    return registry.MeteringPoint(
        metering_point_id=fact.metering_point_id,
        area_id=fact.area_id,
        owner_id=fact.owner_id,
        brp_id=fact.brp_id,
        imbalance_delegated=fact.imbalance_delegated,
    )


def _unit(message: registry.Unit) -> facts.Unit:
    return facts.Unit(
        message.unit_id, message.metering_point_id, message.operator_id, message.max_power_w, message.min_power_w
    )


def unit_to(fact: facts.Unit) -> registry.Unit:
    """Return the message of a unit, for snapshots."""
    return registry.Unit(
        unit_id=fact.unit_id,
        metering_point_id=fact.metering_point_id,
        operator_id=fact.operator_id,
        max_power_w=fact.max_power_w,
        min_power_w=fact.min_power_w,
    )


def area_from(message: registry.GridArea) -> facts.Area:
    """Return what settlement keeps of an area."""
    return facts.Area(message.area_id, message.shard, message.rights_on_chain, message.totals_on_chain, message.dso_id)


def area_to(fact: facts.Area) -> registry.GridArea:
    """Return the message of an area, for snapshots."""
    return registry.GridArea(
        area_id=fact.area_id,
        shard=fact.shard,
        rights_on_chain=fact.rights_on_chain,
        totals_on_chain=fact.totals_on_chain,
        dso_id=fact.dso_id,
    )


def _base(message: book.BaseFrozen) -> facts.BaseFrozen:
    return facts.BaseFrozen(message.area_id, MTU.decode(message.mtu), message.metering_point_id, message.base_w)


def _opened(message: book.BookOpened) -> facts.BookOpened:
    return facts.BookOpened(message.area_id, message.market_id, MTU.decode(message.mtu))


def _closed(message: book.BookClosed) -> facts.BookClosed:
    return facts.BookClosed(
        message.area_id,
        message.market_id,
        MTU.decode(message.mtu),
        message.last_trade_sequence,
        message.potential_start_micro_euro,
        message.potential_end_micro_euro,
        message.revision_micro_euro,
    )


def _curtailed(message: book.TradeCurtailed) -> facts.Curtailment:
    taken = message.curtailment
    return facts.Curtailment(
        message.area_id,
        MTU.decode(message.mtu),
        taken.trade_id,
        taken.quantity_w,
        taken.left_w,
        taken.compensation_micro_euro,
        taken.compensates_seller,
        taken.dnut_refund_micro_euro,
        taken.relief_refund_micro_euro,
    )


def _recalled(message: book.TradeRecalled) -> facts.Recall:
    return facts.Recall(
        message.area_id,
        MTU.decode(message.mtu),
        message.trade_id,
        message.quantity_w,
        message.dnut_refund_micro_euro,
        message.relief_refund_micro_euro,
    )


_FACTS: dict[str, Callable[[Any], facts.Fact]] = {
    "participant": _participant,
    "metering_point": _metering_point,
    "unit": _unit,
    "area": area_from,
    "right": right_from,
    "allotment_acknowledged": acknowledged_from,
    "trade": match_from,
    "base_frozen": _base,
    "opened": _opened,
    "book_closed": _closed,
    "trade_curtailed": _curtailed,
    "trade_recalled": _recalled,
    "capacity_allocated": allocated_from,
    "capacity_used": used_from,
    "capacity_lapsed": lapsed_from,
}


def participant_from(message: registry.Participant) -> facts.Participant:
    """Return the participant of a snapshot."""
    return _participant(message)


def metering_point_from(message: registry.MeteringPoint) -> facts.MeteringPoint:
    """Return the metering point of a snapshot."""
    return _metering_point(message)


def unit_from(message: registry.Unit) -> facts.Unit:
    """Return the unit of a snapshot."""
    return _unit(message)


def closed_to(event: events.BatchClosed) -> pb.BatchClosed:
    """Return the message of a closed batch."""
    return pb.BatchClosed(
        batch_id=event.batch_id,
        area_id=event.area_id,
        run_id=event.run_id,
        mtus=[MTU.encode(mtu) for mtu in event.mtus],
        line_count=event.line_count,
        kind="" if event.kind == KIND else event.kind,
        version=0 if event.version == VERSION else event.version,
        venue_id=event.venue_id,
        result_id=event.result_id,
        accounts=[
            pb.AccountDelta(
                account=each.account,
                address=each.address,
                group=each.group.value,
                amount_micro_euro=each.amount_micro_euro,
            )
            for each in event.accounts
        ],
    )


def closed_from(message: pb.BatchClosed) -> events.BatchClosed:
    """Return the closed batch of a message."""
    return events.BatchClosed(
        batch_id=message.batch_id,
        area_id=message.area_id,
        run_id=message.run_id,
        mtus=tuple(MTU.decode(mtu) for mtu in message.mtus),
        line_count=message.line_count,
        kind=message.kind or KIND,
        version=message.version or VERSION,
        venue_id=message.venue_id,
        result_id=message.result_id,
        accounts=tuple(
            Delta(each.account, each.address, Group(each.group), each.amount_micro_euro) for each in message.accounts
        ),
    )


def new_batch(message: pb.BatchClosed) -> events.Batch:
    """Return a batch that was just closed."""
    return events.Batch(closed_from(message))


def batch_to(batch: events.Batch) -> pb.BatchState:
    """Return a batch as others see it."""
    return pb.BatchState(
        batch_id=batch.closed.batch_id,
        run_id=batch.closed.run_id,
        root=batch.root,
        data_hash=batch.data_hash,
        leaf_count=batch.leaf_count,
        gas_used=batch.gas_used,
        block_number=batch.block_number,
        state=batch.status.name,
        sum_micro_euro=sum(each.amount_micro_euro for each in batch.closed.accounts),
        accounts_micro_euro={each.account: each.amount_micro_euro for each in batch.closed.accounts},
    )


def progress_to(batch: events.Batch) -> pb.BatchProgress:
    """Return a batch for snapshots."""
    return pb.BatchProgress(closed=closed_to(batch.closed), state=batch_to(batch), filed=batch.filed)


def progress_from(message: pb.BatchProgress) -> events.Batch:
    """Return the batch of a snapshot."""
    state = message.state
    return events.Batch(
        closed=closed_from(message.closed),
        status=events.BatchStatus[state.state],
        root=state.root,
        data_hash=state.data_hash,
        leaf_count=state.leaf_count,
        gas_used=state.gas_used,
        block_number=state.block_number,
        filed=message.filed,
    )


def signed_to(event: events.TransactionSigned) -> pb.TransactionSigned:
    """Return the message of a signed transaction."""
    return pb.TransactionSigned(
        signed=SIGNED.encode(event.signed),
        kind=event.kind,  # type: ignore[arg-type]
        batch_id=event.batch_id,
        contract=event.contract,
        batch=None if event.batch is None else batch_to(event.batch),
        contract_name=event.contract_name,
    )


def signed_from(message: pb.TransactionSigned) -> events.TransactionSigned:
    """Return the signed transaction of a message; the batch is not read back, the state has it."""
    kind = events.TransactionKind(message.kind)
    signed = SIGNED.decode(message.signed)
    return events.TransactionSigned(
        signed, kind, message.batch_id, message.contract, contract_name=message.contract_name
    )


def event_to(event: events.Event) -> pb.SettlementEvent:
    """Return the journal record of an event."""
    name, write = _WRITTEN[type(event)]
    return pb.SettlementEvent(**{name: write(event)})


def _lines_to(event: events.LinesPosted) -> pb.LinesPosted:
    lines = [line_to(line) for line in event.lines]
    return pb.LinesPosted(batch_id=event.batch_id, index=event.index, lines=lines)


def _final_to(event: events.TransactionFinal) -> pb.TransactionFinal:
    return pb.TransactionFinal(
        mined=MINED.encode(event.mined),
        kind=event.kind,  # type: ignore[arg-type]
        batch_id=event.batch_id,
        hash=event.hash,
        addresses=event.addresses,
        batch=None if event.batch is None else batch_to(event.batch),
        contract_name=event.contract_name,
        call=None if event.call is None else call_to(event.call),
        right=None if event.right is None else RIGHT.encode(event.right),
    )


def _refused_to(event: events.TransactionRefused) -> pb.TransactionRefused:
    return pb.TransactionRefused(
        transaction_id=event.transaction_id,
        kind=event.kind,  # type: ignore[arg-type]
        batch_id=event.batch_id,
        error=event.error,
        batch=None if event.batch is None else batch_to(event.batch),
        contract_name=event.contract_name,
        call=None if event.call is None else call_to(event.call),
        right=None if event.right is None else RIGHT.encode(event.right),
    )


def event_from(message: pb.SettlementEvent) -> events.Event:
    """Return the event of a journal record; raises InvalidMessageError where it holds none."""
    name = message.WhichOneof("event")
    if name is None:
        raise InvalidMessageError("a journal record of settlement holds no event")
    return _EVENTS[name](getattr(message, name))


def _lines_from(message: pb.LinesPosted) -> events.LinesPosted:
    return events.LinesPosted(message.batch_id, message.index, tuple(line_from(line) for line in message.lines))


def _final_from(message: pb.TransactionFinal) -> events.TransactionFinal:
    kind = events.TransactionKind(message.kind)
    mined = MINED.decode(message.mined)
    addresses = tuple(message.addresses)
    return events.TransactionFinal(
        mined, kind, message.batch_id, message.hash, addresses, None, message.contract_name, call_in(message)
    )


def _refused_from(message: pb.TransactionRefused) -> events.TransactionRefused:
    kind = events.TransactionKind(message.kind)
    return events.TransactionRefused(
        message.transaction_id, kind, message.batch_id, message.error, None, message.contract_name, call_in(message)
    )


_EVENTS: dict[str, Callable[[Any], events.Event]] = {
    "readings": READINGS.decode,
    "lines": _lines_from,
    "closed": closed_from,
    "requested": REQUESTED.decode,
    "signed": signed_from,
    "final": _final_from,
    "refused": _refused_from,
    "filed": FILED.decode,
    "check_requested": CHECK_REQUESTED.decode,
    "checked": CHECKED.decode,
    "products_set": activation_wire.PRODUCTS_SET.decode,
    "external_taken": external_wire.taken_from,
    "external_refused": external_wire.REFUSED.decode,
    "record_noted": NOTED.decode,
    "record_attested": ATTESTED.decode,
    **{name: binding.decode for name, binding in FUNDS_EVENTS.items()},
}

_WRITTEN: dict[type, tuple[str, Callable[[Any], Any]]] = {
    events.ReadingsRecorded: ("readings", READINGS.encode),
    events.LinesPosted: ("lines", _lines_to),
    events.BatchClosed: ("closed", closed_to),
    events.TransactionRequested: ("requested", REQUESTED.encode),
    events.TransactionSigned: ("signed", signed_to),
    events.TransactionFinal: ("final", _final_to),
    events.TransactionRefused: ("refused", _refused_to),
    events.BatchFiled: ("filed", FILED.encode),
    events.CheckRequested: ("check_requested", CHECK_REQUESTED.encode),
    events.ChainChecked: ("checked", CHECKED.encode),
    ProductsSet: ("products_set", activation_wire.PRODUCTS_SET.encode),
    ExternalTaken: ("external_taken", external_wire.taken_to),
    ExternalRefused: ("external_refused", external_wire.REFUSED.encode),
    events.RecordNoted: ("record_noted", NOTED.encode),
    events.RecordAttested: ("record_attested", ATTESTED.encode),
    **{binding.domain: (name, binding.encode) for name, binding in FUNDS_EVENTS.items()},
}
