"""Readings, statements and batches, as a client sees them."""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.settlement.v1 import activations_pb2 as activations
from flexbourse.settlement.v1 import external_results_pb2 as external_results
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_client.sender import Sender


class SettlementClient:
    """Settlement: delivery in, statements out."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def submit_readings(
        self, area_id: str, readings: Sequence[settlement.Reading], *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Submit up to 5,000 meter readings; meter operators only."""
        response: settlement.SubmitReadingsResponse = self._sender.command(
            self._sender.stub.SubmitReadings,
            settlement.SubmitReadingsRequest,
            command_id,
            readings=settlement.SubmitReadings(area_id=area_id, readings=readings),
        )
        return response.receipt

    def complete_readings(
        self,
        area_id: str,
        mtus: Sequence[common_pb2.Mtu],
        run_id: str,
        *,
        imbalance_prices: Sequence[settlement.ImbalancePrice] = (),
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Say that all readings of these periods were submitted: they are settled as one market run.

        Deviations of a period without an imbalance price are reported, not settled.
        """
        response: settlement.CompleteReadingsResponse = self._sender.command(
            self._sender.stub.CompleteReadings,
            settlement.CompleteReadingsRequest,
            command_id,
            complete=settlement.ReadingsComplete(
                area_id=area_id, mtus=mtus, run_id=run_id, imbalance_prices=imbalance_prices
            ),
        )
        return response.receipt

    def set_products(
        self, area_id: str, products: Sequence[activations.Product], *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Say how activations of an area are verified and paid, by purpose; the market operator."""
        response: settlement.SetProductsResponse = self._sender.command(
            self._sender.stub.SetProducts,
            settlement.SetProductsRequest,
            command_id,
            products=activations.SetProducts(area_id=area_id, products=products),
        )
        return response.receipt

    def statement(self, run_id: str, participant_id: str, min_position: common_pb2.LogPosition | None = None) -> bytes:
        """Return a statement in its canonical bytes."""
        pieces, offset = [], 0
        while True:
            request = settlement.GetStatementRequest(
                run_id=run_id, participant_id=participant_id, min_position=min_position, offset=offset
            )
            response: settlement.GetStatementResponse = self._sender.query(self._sender.stub.GetStatement, request)
            pieces.append(response.statement_json)
            offset = response.next_offset
            if not offset:
                return b"".join(pieces)

    def external_results(
        self,
        venue_id: str = "",
        result_id: str = "",
        *,
        refused_only: bool = False,
        min_position: common_pb2.LogPosition | None = None,
    ) -> external_results.ListExternalResultsResponse:
        """Return results from outside with all versions, and what was refused; empty names stand for all."""
        request = external_results.ListExternalResultsRequest(
            venue_id=venue_id, result_id=result_id, refused_only=refused_only, min_position=min_position
        )
        response: external_results.ListExternalResultsResponse = self._sender.query(
            self._sender.stub.ListExternalResults, request
        )
        return response

    def batches(self, min_position: common_pb2.LogPosition | None = None) -> list[settlement.BatchState]:
        """Return all batches by id."""
        request = settlement.ListBatchesRequest(min_position=min_position)
        response: settlement.ListBatchesResponse = self._sender.query(self._sender.stub.ListBatches, request)
        return list(response.batches)
