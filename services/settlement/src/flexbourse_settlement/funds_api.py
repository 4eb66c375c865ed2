"""gRPC about participants' money: commands of the operator and of owners, and what they may see."""

from __future__ import annotations

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.rejection import Code, Rejection
from flexbourse_messages.catalogue import SETTLEMENT_COMMAND
from flexbourse_runtime.api import ApiContext, Rpc
from flexbourse_runtime.refusals import refuse
from flexbourse_settlement.funds_view import FundsView

SEES_ALL = frozenset({"MARKET_OPERATOR", "AUDITOR"})


class FundsCalls:
    """The calls about money, for the servicer of settlement."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._funds_view = context.view(FundsView)

    async def MoveFunds(self, request: pb.MoveFundsRequest, context: Rpc) -> pb.MoveFundsResponse:
        """Move money of participants."""
        receipt = await self._context.call(
            context,
            topic=SETTLEMENT_COMMAND,
            body=pb.SettlementCommand(funds=request.funds),
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return pb.MoveFundsResponse(receipt=receipt)

    async def GetFunds(self, request: pb.GetFundsRequest, context: Rpc) -> pb.GetFundsResponse:
        """Return the caller's money; operator and auditor see all of it, or that of whom they name."""
        await self._context.wait_for(context, request.min_position)
        party, all_of_it = self._context.caller().party, bool(self._context.roles() & SEES_ALL)
        named = request.participant_id
        if named and named != party and not all_of_it:
            rule = "money is seen by its participant, the market operator and auditors"
            await refuse(context, Rejection(Code.NOT_AUTHORISED, rule, "participant_id", named[:40]))
        seen = {named} if named else (None if all_of_it else {party})
        return pb.GetFundsResponse(funds=self._funds_view.seen_by(seen))
