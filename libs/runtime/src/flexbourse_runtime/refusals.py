"""How a refused or failed call looks on gRPC: `google.rpc.Status` with `ErrorInfo`, `BadRequest` and the rejection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import rejected

DOMAIN = "flexbourse"
_SPECIAL = {
    Code.NOT_AUTHENTICATED: code_pb2.UNAUTHENTICATED,
    Code.UNKNOWN_OBJECT: code_pb2.NOT_FOUND,
    Code.UNKNOWN_MARKET: code_pb2.NOT_FOUND,
    Code.DUPLICATE_IDENTIFIER: code_pb2.ALREADY_EXISTS,
    Code.RATE_LIMITED: code_pb2.RESOURCE_EXHAUSTED,
}


def status_code(code: Code) -> int:
    """Return the gRPC status of a refusal."""
    if code in _SPECIAL:
        return int(_SPECIAL[code])
    if code.number < 2000:
        return int(code_pb2.PERMISSION_DENIED)
    return int(code_pb2.INVALID_ARGUMENT if code.number < 3000 else code_pb2.FAILED_PRECONDITION)


def status_of(rejections: Sequence[Rejection]) -> status_pb2.Status:
    """Return the status of a call that breaks these rules, the first one leading."""
    first = rejections[0]
    status = status_pb2.Status(code=status_code(first.code), message=f"{first.code.name}: {first.rule}")
    for rejection in rejections:
        _pack(status, rejected(rejection).rejection)
    metadata = {"number": str(first.code.number), "rule": first.rule, "element": first.element, "unit": first.unit}
    metadata |= {name: str(getattr(first, name)) for name in ("value", "limit") if getattr(first, name) is not None}
    _pack(status, error_details_pb2.ErrorInfo(reason=first.code.name, domain=DOMAIN, metadata=metadata))
    fields = [rejection for rejection in rejections if rejection.field]
    if fields:
        violation = error_details_pb2.BadRequest.FieldViolation
        _pack(
            status,
            error_details_pb2.BadRequest(
                field_violations=[violation(field=r.field, description=r.rule, reason=r.code.name) for r in fields]
            ),
        )
    return status


async def refuse(rpc: grpc.aio.ServicerContext[Any, Any], *rejections: Rejection) -> NoReturn:
    """End a call with refusals."""
    await rpc.abort_with_status(rpc_status.to_status(status_of(rejections)))
    raise AssertionError("abort_with_status raises")


async def fail(
    rpc: grpc.aio.ServicerContext[Any, Any], code: grpc.StatusCode, reason: str, message: str, **metadata: str
) -> NoReturn:
    """End a call that was not decided: overloaded, too late, or unavailable."""
    status = status_pb2.Status(code=code.value[0], message=message)
    _pack(status, error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata))
    await rpc.abort_with_status(rpc_status.to_status(status))
    raise AssertionError("abort_with_status raises")


def _pack(status: status_pb2.Status, detail: Any) -> None:
    packed = any_pb2.Any()
    packed.Pack(detail)
    status.details.append(packed)
