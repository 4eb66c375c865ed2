"""What the chain holds besides batches, as a client sees it: records of the notary, totals of claims."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_client.sender import Sender


class NotaryClient:
    """Records of results from elsewhere, and what is claimed of units."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def records(
        self,
        record_id: str = "",
        *,
        disputed_only: bool = False,
        min_position: common_pb2.LogPosition | None = None,
    ) -> settlement.ListRecordsResponse:
        """Return a record, or the newest ones with the newest last; at most 500."""
        request = settlement.ListRecordsRequest(
            record_id=record_id, disputed_only=disputed_only, min_position=min_position
        )
        response: settlement.ListRecordsResponse = self._sender.query(self._sender.stub.ListRecords, request)
        return response

    def attest(
        self, record_id: str, version: int, *, agree: bool, reason: str = "", command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Say whether the caller's own copy of a version has the same hash, and why not. Members only, once each."""
        response: settlement.AttestResponse = self._sender.command(
            self._sender.stub.Attest,
            settlement.AttestRequest,
            command_id,
            attestation=settlement.AttestRecord(record_id=record_id, version=version, agree=agree, reason=reason),
        )
        return response.receipt

    def unit_totals(
        self, unit_id: str, min_position: common_pb2.LogPosition | None = None
    ) -> settlement.ListUnitTotalsResponse:
        """Return what the chain holds of claims on a unit, by period; its operator, grid operators and auditors."""
        request = settlement.ListUnitTotalsRequest(unit_id=unit_id, min_position=min_position)
        response: settlement.ListUnitTotalsResponse = self._sender.query(self._sender.stub.ListUnitTotals, request)
        return response
