"""Read model of what the chain holds besides batches: contracts, records of the notary, totals of claims.

Folded from the shard's journal by the same rules as the shard's own state, and read on the API's loop.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice

from google.protobuf.message import Message

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import REGISTRY_ENTITY, SETTLEMENT
from flexbourse_settlement import wire
from flexbourse_settlement.chain_wire import record_to, total_to
from flexbourse_settlement.domain.chain.calls import CallOutcome, CallPurpose, ChainCall
from flexbourse_settlement.domain.chain.totals import totals_of
from flexbourse_settlement.domain.events import TransactionFinal, TransactionRefused, TransactionRequested
from flexbourse_settlement.domain.external.notary import RecordAttested, RecordNoted, Records

MAX_TOTALS = 200_000


class ChainView:
    """Contracts by name, records with what members say of them, and totals as they were last sent."""

    topics: tuple[str, ...] = (SETTLEMENT.journal.name, REGISTRY_ENTITY)

    def __init__(self) -> None:
        self._records = Records()
        self._contracts: dict[str, str] = {}
        self._units: dict[str, tuple[str, str]] = {}  # operator and metering point
        self._areas: dict[str, str] = {}  # of metering points
        self._dsos: dict[str, str] = {}  # of areas
        self._totals: OrderedDict[tuple[str, int], pb.TotalOnChain] = OrderedDict()

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one record in."""
        if isinstance(message, registry.EntityState):
            self._place(message.entity)
        elif isinstance(message, pb.SettlementEvent):
            self._take(wire.event_from(message))

    def _place(self, entity: registry.Entity) -> None:
        if entity.HasField("unit"):
            self._units[entity.unit.unit_id] = (entity.unit.operator_id, entity.unit.metering_point_id)
        elif entity.HasField("metering_point"):
            self._areas[entity.metering_point.metering_point_id] = entity.metering_point.area_id
        elif entity.HasField("area"):
            self._dsos[entity.area.area_id] = entity.area.dso_id

    def _take(self, event: object) -> None:
        match event:
            case RecordNoted() | RecordAttested():
                for _ in self._records.take(event):
                    pass  # the shard has asked for it
            case TransactionRequested() if event.call is not None:
                self._sent(event.call)
            case TransactionRefused() if event.call is not None:
                self._called(CallOutcome(event.call, event.error))
            case TransactionFinal() if event.call is not None:
                mined = event.mined
                self._called(CallOutcome(event.call, mined.error, event.hash, mined.block_number))
            case TransactionFinal() if event.contract_name and event.mined.succeeded:
                self._contracts[event.contract_name] = event.mined.contract
            case _:
                pass

    def _sent(self, call: ChainCall) -> None:
        if call.purpose is not CallPurpose.TOTALS:
            return
        for total in totals_of(call):
            key = (total.unit_id, total.start_s)
            self._totals[key] = total_to(total)
            self._totals[key].progress = pb.CHAIN_PROGRESS_WAITING
            self._totals.move_to_end(key)
        while len(self._totals) > MAX_TOTALS:
            self._totals.popitem(last=False)

    def _called(self, outcome: CallOutcome) -> None:
        if outcome.call.purpose is CallPurpose.RECORD:
            self._records.called(outcome)
            return
        totals = totals_of(outcome.call) if outcome.call.purpose is CallPurpose.TOTALS else ()
        if outcome.error and len(totals) > 1:
            return  # each is tried alone
        for total in totals:
            kept = self._totals.get((total.unit_id, total.start_s))
            if kept is None or kept.revision != total.revision:
                continue
            kept.progress = pb.CHAIN_PROGRESS_REFUSED if outcome.error else pb.CHAIN_PROGRESS_DONE
            kept.error, kept.transaction, kept.block_number = outcome.error, outcome.hash, outcome.block_number

    def contract(self, name: str) -> str:
        """Return the address of a contract of the catalogue, empty before it is on the chain."""
        return self._contracts.get(name, "")

    def operators_of(self, unit_id: str) -> frozenset[str]:
        """Return who operates a unit, and the DSO of its area."""
        operator, point = self._units.get(unit_id, ("", ""))
        return frozenset({operator, self._dsos.get(self._areas.get(point, ""), "")}) - {""}

    def totals(self, unit_id: str) -> list[pb.TotalOnChain]:
        """Return what was sent of a unit, by period."""
        found = [total for (named, _), total in self._totals.items() if named == unit_id]
        return sorted(found, key=lambda total: total.start_s)

    def record(self, record_id: str) -> pb.RecordState | None:
        """Return a record with all its versions."""
        versions = self._records.versions.get(record_id)
        return None if versions is None else record_to(record_id, versions)

    def records(self, *, disputed_only: bool, limit: int) -> list[pb.RecordState]:
        """Return the newest records, the newest last; of disputed ones those whose newest version is."""
        newest_first = (
            record_to(record_id, versions)
            for record_id, versions in reversed(self._records.versions.items())
            if versions[-1].disputed or not disputed_only
        )
        return list(islice(newest_first, limit))[::-1]
