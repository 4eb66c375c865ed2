"""The answer service: stored answers of this process's contexts, for the asking party alone."""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse.common.v1 import common_pb2, common_pb2_grpc
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import CommandPort
from flexbourse_runtime.api import Binding, Rpc
from flexbourse_runtime.identity import current_caller
from flexbourse_runtime.refusals import refuse

MAX_IDS = 1000


class AnswerServicer(common_pb2_grpc.AnswerServiceServicer):
    """Answers that a call did not wait for: after a step, or after a deadline."""

    def __init__(self, ports: Sequence[CommandPort]) -> None:
        self._ports = tuple(ports)

    async def GetAnswers(self, request: common_pb2.GetAnswersRequest, context: Rpc) -> common_pb2.GetAnswersResponse:
        """Return those answers that are known."""
        if len(request.command_ids) > MAX_IDS:
            rule = "at most so many ids per call"
            await refuse(
                context,
                Rejection(Code.TOO_MANY_ENTRIES, rule, "command_ids", value=len(request.command_ids), limit=MAX_IDS),
            )
        party = current_caller().party
        found = (port.answer(party, command_id) for command_id in request.command_ids for port in self._ports)
        return common_pb2.GetAnswersResponse(receipts=[receipt for receipt in found if receipt is not None])


def binding(ports: Sequence[CommandPort]) -> Binding:
    """Return the answer service over some command ports."""
    name = common_pb2.DESCRIPTOR.services_by_name["AnswerService"].full_name
    return Binding(name, common_pb2_grpc.add_AnswerServiceServicer_to_server, AnswerServicer(ports))
