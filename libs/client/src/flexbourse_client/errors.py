"""What can go wrong with a call, as exceptions.

Refused entries of a batch are no exceptions: they stand in the answer's results. An exception means that the call as a
whole was refused, or not decided.
"""

from __future__ import annotations

from collections.abc import Mapping

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from flexbourse.common.v1 import common_pb2

STATUS_KEY = "grpc-status-details-bin"


class FlexbourseError(Exception):
    """A call that did not succeed. `reason` is the stable name, `details` what was said about it."""

    def __init__(self, reason: str, message: str, details: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.details = dict(details or {})


class RefusedError(FlexbourseError):
    """Rules said no: `rejections` holds all of them, with element, value and limit."""

    def __init__(self, reason: str, message: str, rejections: tuple[common_pb2.Rejection, ...]) -> None:
        super().__init__(reason, message)
        self.rejections = rejections


class NotAuthenticatedError(FlexbourseError):
    """The credentials or the token were not accepted."""


class NotDecidedError(FlexbourseError):
    """Unreachable, overloaded, sent too fast, or too late, after all attempts: send it again with the same command id.

    A pace is no refusal (`RATE_LIMITED`, with rule and limit in `details`): an attempt before may have been let in.
    """


def from_call(error: grpc.RpcError) -> FlexbourseError:
    """Return the exception of a failed call."""
    code = error.code() if isinstance(error, grpc.Call) else grpc.StatusCode.UNKNOWN
    message = (error.details() if isinstance(error, grpc.Call) else None) or str(error)
    reason, metadata, rejections = _details(error)
    name = reason or code.name
    if rejections and code not in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.RESOURCE_EXHAUSTED):
        return RefusedError(name, message, rejections)
    if code is grpc.StatusCode.UNAUTHENTICATED:
        return NotAuthenticatedError(name, message, metadata)
    if code in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    ):
        return NotDecidedError(name, message, metadata)
    return FlexbourseError(name, message, metadata)


def _details(error: grpc.RpcError) -> tuple[str, dict[str, str], tuple[common_pb2.Rejection, ...]]:
    reason, metadata, rejections = "", dict[str, str](), []
    for detail in _status(error).details:
        info, rejection = error_details_pb2.ErrorInfo(), common_pb2.Rejection()
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(rejection):
            rejections.append(rejection)
    return reason, metadata, tuple(rejections)


def _status(error: grpc.RpcError) -> status_pb2.Status:
    if not isinstance(error, grpc.Call):
        return status_pb2.Status()
    for key, value in error.trailing_metadata() or ():
        if key == STATUS_KEY and isinstance(value, bytes):
            try:
                return status_pb2.Status.FromString(value)
            except DecodeError:
                break
    return status_pb2.Status()
