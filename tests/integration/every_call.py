"""Calls of any method of every gRPC service of the contract, by any party; methods come from the descriptors."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2
from street_day import StreetDay

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary
from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.market_data.v1 import market_data_pb2 as market_data
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.orderbook.v1 import quotes_pb2 as quotes
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale
from flexbourse_client.login import Credentials, TokenSource

CALL_TIMEOUT_S = 60.0
MODULES = (
    common_pb2,
    log_pb2,
    registry,
    grid,
    light,
    book,
    quotes,
    settlement,
    activation,
    ancillary,
    market_data,
    wholesale,
)
METHODS: dict[str, MethodDescriptor] = {
    f"{service.name}/{method.name}": method
    for module in MODULES
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}


class Caller:
    """Makes any method's call as any party, and says what became of it."""

    def __init__(self, day: StreetDay) -> None:
        self.day = day
        address = day.platform.endpoints.addresses()[0]
        self._channel = grpc.insecure_channel(address)
        self._tokens: dict[str, TokenSource] = {}

    def token(self, party: str) -> str:
        """Return a token of a party."""
        if party not in self._tokens:
            self.day.client(party)  # enrols it
            path = self.day.platform.data_dir / "credentials" / f"{party}.json"
            self._tokens[party] = TokenSource(Credentials.load(path))
        return self._tokens[party].token()

    def make(
        self, name: str, fields: dict[str, Any], authorization: str, follow_s: float = CALL_TIMEOUT_S
    ) -> Message | None:
        """Make a call with these fields; a stream is followed so long. Raises RpcError."""
        return self.send(name, GetMessageClass(METHODS[name].input_type)(**fields), authorization, follow_s)

    def send(self, name: str, request: Message, authorization: str, follow_s: float = CALL_TIMEOUT_S) -> Message | None:
        """Make a call; a stream is followed so long for one response or its refusal. Raises RpcError."""
        if METHODS[name].server_streaming:
            return _first(self.start(name, request, authorization, follow_s))
        response: Message = self.start(name, request, authorization, CALL_TIMEOUT_S).result()
        return response

    def start(self, name: str, request: Message, authorization: str, timeout_s: float) -> Any:
        """Begin a call; returns its future, of a stream the iterator of its responses."""
        method = METHODS[name]
        request_class, response_class = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        path = f"/{method.containing_service.full_name}/{method.name}"
        kind = self._channel.unary_stream if method.server_streaming else self._channel.unary_unary
        stub: Any = kind(
            path, request_serializer=request_class.SerializeToString, response_deserializer=response_class.FromString
        )
        metadata = (("authorization", authorization),) if authorization else ()
        begin = stub if method.server_streaming else stub.future
        return begin(request, timeout=timeout_s, metadata=metadata)

    def envelope(self, name: str, command_id: str) -> dict[str, Any]:
        """Return id and expiry where the method is a command."""
        fields = METHODS[name].input_type.fields_by_name
        if "command_id" not in fields:
            return {}
        return {"command_id": command_id, "expires_at_ms": self.day.now_ms + 3_600_000}

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()


def _first(responses: Any) -> Message | None:
    try:
        return next(iter(responses), None)
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
            raise
        return None  # nothing to tell yet; the call itself was let in
    finally:
        responses.cancel()


def refusals_of(error: grpc.RpcError) -> set[str]:
    """Return the codes that a failed call names."""
    rejections, reasons = details_of(error)
    return reasons | {rejection.code for rejection in rejections}


def details_of(error: grpc.RpcError) -> tuple[list[common_pb2.Rejection], set[str]]:
    """Return the refusals of a failed call, and the reasons that it gives."""
    status = status_pb2.Status()
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status.ParseFromString(value)
    rejections, reasons = [], set()
    for detail in status.details:
        info, refusal = error_details_pb2.ErrorInfo(), common_pb2.Rejection()
        if detail.Unpack(info):
            reasons.add(info.reason)
        if detail.Unpack(refusal):
            rejections.append(refusal)
    return rejections, reasons
