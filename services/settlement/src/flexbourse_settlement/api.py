"""gRPC of settlement: readings in, statements and batches out; money of participants is in `funds_api`."""

from __future__ import annotations

import asyncio

from flexbourse.settlement.v1 import external_results_pb2 as external_pb
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse.settlement.v1 import settlement_pb2_grpc as pb_grpc
from flexbourse_core.rejection import Code, Rejection
from flexbourse_messages.catalogue import SETTLEMENT_COMMAND
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import refuse
from flexbourse_settlement import wire
from flexbourse_settlement.chain_view import ChainView
from flexbourse_settlement.domain.chain.contracts import FLEX_LEDGER, NOTARY
from flexbourse_settlement.external_view import ExternalView
from flexbourse_settlement.funds_api import SEES_ALL, FundsCalls
from flexbourse_settlement.preparing import KeysErasedError
from flexbourse_settlement.settled_run import SettledRun
from flexbourse_settlement.view import SettlementView

PIECE_BYTES = 2 * 1024 * 1024  # half of what one message may hold
MAX_LISTED = 500


class SettlementServicer(FundsCalls, pb_grpc.SettlementServiceServicer):
    """Calls become commands; queries read the view. Who asks sees his own numbers, operator and auditor see all."""

    def __init__(self, context: ApiContext) -> None:
        super().__init__(context)
        self._view = context.view(SettlementView)
        self._chain_view = context.view(ChainView)
        self._external_view = context.view(ExternalView)

    async def SubmitReadings(self, request: pb.SubmitReadingsRequest, context: Rpc) -> pb.SubmitReadingsResponse:
        """Take meter readings."""
        receipt = await self._context.call(
            context,
            topic=SETTLEMENT_COMMAND,
            body=pb.SettlementCommand(submit_readings=request.readings),
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return pb.SubmitReadingsResponse(receipt=receipt)

    async def CompleteReadings(self, request: pb.CompleteReadingsRequest, context: Rpc) -> pb.CompleteReadingsResponse:
        """Close a market run."""
        receipt = await self._context.call(
            context,
            topic=SETTLEMENT_COMMAND,
            body=pb.SettlementCommand(readings_complete=request.complete),
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return pb.CompleteReadingsResponse(receipt=receipt)

    async def SetProducts(self, request: pb.SetProductsRequest, context: Rpc) -> pb.SetProductsResponse:
        """Say how activations of an area are verified and paid."""
        receipt = await self._context.call(
            context,
            topic=SETTLEMENT_COMMAND,
            body=pb.SettlementCommand(set_products=request.products),
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return pb.SetProductsResponse(receipt=receipt)

    async def GetStatement(self, request: pb.GetStatementRequest, context: Rpc) -> pb.GetStatementResponse:
        """Return the caller's statement of a settled run."""
        account = request.participant_id or self._context.caller().party
        if not self._may_see(account):
            rule = "a statement is for its own account, the market operator and auditors"
            await refuse(context, Rejection(Code.NOT_AUTHORISED, rule, "participant_id", account[:40]))
        await self._context.wait_for(context, request.min_position)
        settled = self._settled(request.run_id, account)
        if settled is None or settled.anchor is None:
            rule = "the run is final on the chain and holds something of the account; old ones are in the files"
            await refuse(context, Rejection(Code.UNKNOWN_OBJECT, rule, "run_id", request.run_id[:40]))
        try:
            # leaves and tree of a large run take a second: not on the loop
            stated = await asyncio.to_thread(self._view.preparer.statement, settled, account, settled.anchor)
        except KeysErasedError as erased:
            await refuse(context, Rejection(Code.UNKNOWN_OBJECT, str(erased), "run_id", request.run_id[:40]))
        if not 0 <= request.offset < len(stated):
            rule = "an offset lies inside the statement"
            await refuse(
                context,
                Rejection(Code.FIELD_OUT_OF_RANGE, rule, "offset", value=request.offset, limit=len(stated) - 1),
            )
        end = request.offset + PIECE_BYTES
        return pb.GetStatementResponse(
            statement_json=stated[request.offset : end], next_offset=end if end < len(stated) else 0
        )

    async def ListBatches(self, request: pb.ListBatchesRequest, context: Rpc) -> pb.ListBatchesResponse:
        """Return all batches; of the amounts, those that the caller may see."""
        await self._context.wait_for(context, request.min_position)
        batches: list[pb.BatchState] = []
        for settled in self._view.runs():
            state = wire.batch_to(settled.batch)
            for account in list(state.accounts_micro_euro):
                if not self._may_see(account):
                    del state.accounts_micro_euro[account]
            batches.append(state)
        batches.sort(key=lambda state: state.batch_id)
        return pb.ListBatchesResponse(batches=batches)

    async def Attest(self, request: pb.AttestRequest, context: Rpc) -> pb.AttestResponse:
        """Say whether a version of a record is what the caller has itself."""
        receipt = await self._context.call(
            context,
            topic=SETTLEMENT_COMMAND,
            body=pb.SettlementCommand(attest_record=request.attestation),
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return pb.AttestResponse(receipt=receipt)

    async def ListRecords(self, request: pb.ListRecordsRequest, context: Rpc) -> pb.ListRecordsResponse:
        """Return a record, or the newest ones; they are hashes, and who takes part may check them."""
        await self._context.wait_for(context, request.min_position)
        if not request.record_id:
            found = self._chain_view.records(disputed_only=request.disputed_only, limit=MAX_LISTED)
        else:
            record = self._chain_view.record(request.record_id)
            if record is None:
                rule = "record_id names a record that was noted"
                await refuse(context, Rejection(Code.UNKNOWN_OBJECT, rule, "record_id", request.record_id[:40]))
            found = [record]
        return pb.ListRecordsResponse(records=found, contract=self._chain_view.contract(NOTARY))

    async def ListExternalResults(
        self, request: external_pb.ListExternalResultsRequest, context: Rpc
    ) -> external_pb.ListExternalResultsResponse:
        """Return results from outside and what was refused; of the shares, those that the caller may see."""
        await self._context.wait_for(context, request.min_position)
        view, asked = self._external_view, (request.venue_id, request.result_id)
        results = [] if request.refused_only else view.results(*asked, self._may_see, MAX_LISTED)
        return external_pb.ListExternalResultsResponse(results=results, refused=view.refused(*asked))

    async def ListUnitTotals(self, request: pb.ListUnitTotalsRequest, context: Rpc) -> pb.ListUnitTotalsResponse:
        """Return what the chain holds of claims on a unit."""
        await self._context.wait_for(context, request.min_position)
        is_own = self._context.caller().party in self._chain_view.operators_of(request.unit_id)
        if not is_own and not self._context.roles() & (SEES_ALL | {"TSO"}):
            rule = "claims on a unit are for its operator, its area's DSO, TSOs, the market operator and auditors"
            await refuse(context, Rejection(Code.NOT_AUTHORISED, rule, "unit_id", request.unit_id[:64]))
        return pb.ListUnitTotalsResponse(
            totals=self._chain_view.totals(request.unit_id), contract=self._chain_view.contract(FLEX_LEDGER)
        )

    def _may_see(self, account: str) -> bool:
        return self._context.caller().party == account or bool(self._context.roles() & SEES_ALL)

    def _settled(self, run_id: str, account: str) -> SettledRun | None:
        """Return the newest run of an id that holds something of the account; run ids are unique within an area."""
        for settled in reversed(self._view.runs()):
            closed = settled.batch.closed
            if closed.run_id == run_id and any(each.account == account for each in closed.accounts):
                return settled
        return None


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of settlement."""
    name = pb.DESCRIPTOR.services_by_name["SettlementService"].full_name
    return [Binding(name, pb_grpc.add_SettlementServiceServicer_to_server, SettlementServicer(context))]
