"""The shard service: state of this process's shards, and the operator's orders to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from flexbourse.log.v1 import log_pb2, log_pb2_grpc
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.engine import ShardStatus
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.health import StatusSource
from flexbourse_runtime.refusals import refuse

MARKET_OPERATOR = "MARKET_OPERATOR"


class ShardServicer(log_pb2_grpc.ShardServiceServicer):
    """Everybody may look; a market operator alone gives orders."""

    def __init__(self, contexts: Mapping[str, ApiContext], status: StatusSource) -> None:
        self._contexts = dict(contexts)
        self._status = status

    async def ListShards(
        self,
        request: log_pb2.ListShardsRequest,
        context: Rpc,  # noqa: ARG002 - the contract's signature
    ) -> log_pb2.ListShardsResponse:
        """Return the state of shards at this moment."""
        seen = await asyncio.to_thread(self._status)  # a broker may be asked
        wanted = [shard for shard in seen if request.context in ("", shard.context)]
        wanted.sort(key=lambda shard: (shard.context, shard.shard))
        return log_pb2.ListShardsResponse(shards=[_message(shard) for shard in wanted])

    async def ControlShard(self, request: log_pb2.ControlShardRequest, context: Rpc) -> log_pb2.ControlShardResponse:
        """Append an order to the control topic of a shard and wait for its answer."""
        api = self._contexts.get(request.context)
        seen = await asyncio.to_thread(self._status)
        known = [shard.shard for shard in seen if shard.context == request.context]
        if api is None or request.shard not in known:
            name = f"{request.context}/{request.shard}"
            await refuse(context, Rejection(Code.UNKNOWN_OBJECT, "this process owns the shard", "shard", name))
        if MARKET_OPERATOR not in api.roles():
            rule = "a market operator gives orders to shards"
            await refuse(context, Rejection(Code.NOT_AUTHORISED, rule, element=api.caller().party))
        receipt = await api.call(
            context,
            topic=CATALOGUE.by_name[request.context].control.name,
            body=request.order,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
            shard=request.shard,
        )
        return log_pb2.ControlShardResponse(receipt=receipt)


def _message(shard: ShardStatus) -> log_pb2.ShardStatus:
    return log_pb2.ShardStatus(
        context=shard.context,
        shard=shard.shard,
        state=shard.phase.value,
        reason=shard.reason,
        journal_offset=shard.journal_offset,
        at_ms=shard.at_ms,
        step=shard.step,
    )


def binding(contexts: Mapping[str, ApiContext], status: StatusSource) -> Binding:
    """Return the shard service over the contexts of this process."""
    name = log_pb2.DESCRIPTOR.services_by_name["ShardService"].full_name
    return Binding(name, log_pb2_grpc.add_ShardServiceServicer_to_server, ShardServicer(contexts, status))
