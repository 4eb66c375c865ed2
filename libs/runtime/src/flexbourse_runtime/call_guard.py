"""What happens around every call: identity, bounds, deadline, correlation id, metrics."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import grpc

from flexbourse_core.rejection import Code, Rejection
from flexbourse_runtime import logs
from flexbourse_runtime.api import Rpc, bound_s, correlation_id
from flexbourse_runtime.identity import (
    NotAuthenticatedError,
    TokenVerifier,
    current_caller,
    set_current_caller,
)
from flexbourse_runtime.metrics import GRPC_CALLS, GRPC_OPEN, GRPC_SECONDS, TOKENS_REFUSED, Metrics
from flexbourse_runtime.refusals import fail, refuse

MAX_OPEN_UNARY = 2000
MAX_OPEN_STREAMS = 200
# Of one party, so that whoever sends without end, or waits for what never comes, leaves room for all others.
MAX_UNARY_OF_PARTY = MAX_OPEN_UNARY // 4
MAX_STREAMS_OF_PARTY = MAX_OPEN_STREAMS // 2  # one for each book of a day
MAX_STALL_S = 30.0  # that the reader of a stream may take nothing while something is to be sent
MAX_END_S = 1.0  # that the end of such a stream is waited for
MIN_REMAINING_S = 0.05  # a call with less time left cannot be answered any more
OPEN_TO_ALL = ("/grpc.health.v1.", "/grpc.reflection.")

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # subscriptable for type checkers only


class OpenCalls:
    """How many calls of a kind are open, and of whom. Used on one asyncio loop."""

    def __init__(self, limit: int, limit_of_party: int) -> None:
        self.count = 0
        self._limit, self._limit_of_party = limit, limit_of_party
        self._of_party: Counter[str] = Counter()

    @contextlib.contextmanager
    def one_more(self) -> Iterator[str]:
        """Count a call while it is open; gives what stands against it, empty where nothing does."""
        self.count += 1
        try:
            yield "" if self.count <= self._limit else f"{self.count} calls are open, {self._limit} may be"
        finally:
            self.count -= 1

    @contextlib.contextmanager
    def one_more_of(self, party: str) -> Iterator[str]:
        """Count a call of a party while it is open; gives what stands against it, empty where nothing does."""
        self._of_party[party] += 1
        count, limit = self._of_party[party], self._limit_of_party
        try:
            yield "" if count <= limit else f"{count} calls of {party} are open, {limit} may be"
        finally:
            self._of_party[party] -= 1
            if not self._of_party[party]:
                del self._of_party[party]


class CallGuard(grpc.aio.ServerInterceptor):
    """Wraps every handler but health and reflection."""

    def __init__(self, verifier: TokenVerifier, metrics: Metrics) -> None:
        self._verifier = verifier
        self._metrics = metrics
        self._unary = OpenCalls(MAX_OPEN_UNARY, MAX_UNARY_OF_PARTY)
        self._streams = OpenCalls(MAX_OPEN_STREAMS, MAX_STREAMS_OF_PARTY)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Return the handler with everything around it."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method.startswith(OPEN_TO_ALL):
            return handler
        serialisers = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(self._guarded_call(method, handler.unary_unary), **serialisers)
        if handler.unary_stream is not None:
            return grpc.unary_stream_rpc_method_handler(
                self._guarded_stream(method, handler.unary_stream), **serialisers
            )
        return handler

    def _guarded_call(self, method: str, inner: Any) -> Any:
        async def guarded(request: Any, rpc: Rpc) -> Any:
            started = time.perf_counter()
            try:
                async with self._admitted(rpc, self._unary):
                    remaining = rpc.time_remaining()
                    if remaining is not None and remaining < MIN_REMAINING_S:
                        message = "less than 50 ms are left"
                        await fail(rpc, grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_TOO_SHORT", message)
                    return await _bounded(inner(request, rpc), bound_s(remaining), rpc)
            finally:
                self._finish(method, rpc)
                self._metrics.observe(GRPC_SECONDS, time.perf_counter() - started, method)

        return guarded

    def _guarded_stream(self, method: str, inner: Any) -> Any:
        async def guarded(request: Any, rpc: Rpc) -> None:
            try:
                async with self._admitted(rpc, self._streams):
                    self._metrics.set(GRPC_OPEN, self._streams.count, "stream")
                    async with contextlib.aclosing(inner(request, rpc)) as responses:
                        async for response in responses:
                            await _write(rpc, response)
            finally:
                self._metrics.set(GRPC_OPEN, self._streams.count, "stream")
                self._finish(method, rpc)

        return guarded

    @contextlib.asynccontextmanager
    async def _admitted(self, rpc: Rpc, calls: OpenCalls) -> AsyncIterator[None]:
        """Let a call in, as long as it lasts, or end it."""
        with calls.one_more() as beyond:
            if beyond:
                await fail(rpc, grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", beyond)
            await self._identify(rpc)
            with calls.one_more_of(current_caller().party) as beyond_own:
                if beyond_own:
                    await fail(rpc, grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", beyond_own)
                yield

    async def _identify(self, rpc: Rpc) -> None:
        authorization = ""
        for key, value in rpc.invocation_metadata() or ():
            if key == "authorization" and isinstance(value, str):
                authorization = value
        try:
            if authorization and not self._verifier.knows_key_of(authorization):
                await asyncio.to_thread(self._verifier.refresh_keys)
            set_current_caller(self._verifier.verify(authorization))
        except NotAuthenticatedError as error:
            self._metrics.count(TOKENS_REFUSED, error.reason)
            rule = f"every call proves its party by a token of the platform's issuer ({error.reason})"
            await refuse(rpc, Rejection(Code.NOT_AUTHENTICATED, rule, "authorization"))
        logs.unbind_correlation()
        if correlation := correlation_id(rpc):
            logs.bind_correlation(correlation)

    def _finish(self, method: str, rpc: Rpc) -> None:
        code = rpc.code()
        name = code.name if isinstance(code, grpc.StatusCode) else _CODE_NAMES.get(code, "OK")
        self._metrics.count(GRPC_CALLS, method, name)


async def _bounded(answer: Awaitable[Any], seconds: float, rpc: Rpc) -> Any:
    """Return the answer of a call; ends the call with a status of its own where its time is up before."""
    bound = asyncio.timeout(seconds)
    try:
        async with bound:
            return await answer
    except TimeoutError:
        if not bound.expired():
            raise  # a bug: whoever waits for something says what was not there in time
        message = f"the call was not answered within {seconds:.3f} s"
        await fail(rpc, grpc.StatusCode.DEADLINE_EXCEEDED, "NOT_ANSWERED_IN_TIME", message)


async def _write(rpc: Rpc, response: Any) -> None:
    """Send a response of a stream; ends the call where its reader takes nothing for too long."""
    try:
        async with asyncio.timeout(MAX_STALL_S):
            await rpc.write(response)
    except TimeoutError:
        message = f"the reader took nothing for {MAX_STALL_S:g} s; go on behind what was read"
        # The end may have to wait behind what he does not take, too: it is on its way, and the call is over here.
        async with asyncio.timeout(MAX_END_S):
            await fail(rpc, grpc.StatusCode.RESOURCE_EXHAUSTED, "READER_TOO_SLOW", message)


_CODE_NAMES = {code.value[0]: code.name for code in grpc.StatusCode}
