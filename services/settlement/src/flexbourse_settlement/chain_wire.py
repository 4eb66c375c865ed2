"""Messages of calls of contracts, and of the transactions that carry them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import InvalidMessageError
from flexbourse_messages.binding import Binding
from flexbourse_settlement.domain import events
from flexbourse_settlement.domain.calls import (
    AccountOf,
    Argument,
    CallPurpose,
    ChainCall,
    Commitment,
    ContractAt,
)


def call_to(call: ChainCall) -> pb.ChainCall:
    """Return the message of a call."""
    return pb.ChainCall(
        purpose=call.purpose,  # type: ignore[arg-type]
        subject=call.subject,
        contract=call.contract,
        function=call.function,
        arguments=[_argument_to(each) for each in call.arguments],
    )


def call_from(message: pb.ChainCall) -> ChainCall:
    """Return the call of a message; raises InvalidMessageError for an argument of no known kind."""
    return ChainCall(
        CallPurpose(message.purpose),
        message.subject,
        message.contract,
        message.function,
        tuple(_argument_from(each) for each in message.arguments),
    )


def _argument_to(argument: Argument) -> pb.CallArgument:
    if isinstance(argument, tuple):
        return pb.CallArgument(list=pb.CallArguments(items=[_argument_to(each) for each in argument]))
    for kind, (name, value) in _ARGUMENTS.items():
        if isinstance(argument, kind):
            return pb.CallArgument(**{name: value(argument)})
    raise TypeError(f"a call takes no {type(argument).__name__}")


def _argument_from(message: pb.CallArgument) -> Argument:
    kind = message.WhichOneof("kind")
    value: Any = getattr(message, kind) if kind else None
    match kind:
        case "number" | "flag" | "word" | "text":
            plain: int | bool | bytes | str = value
            return plain
        case "contract":
            return ContractAt(value)
        case "account":
            return AccountOf(value)
        case "commitment":
            return Commitment(value)
        case "list":
            return tuple(_argument_from(each) for each in value.items)
    raise InvalidMessageError("an argument of a call has no kind")


def _as_it_is(value: Any) -> Any:
    return value


# bool before int, which it is too
_ARGUMENTS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    bool: ("flag", _as_it_is),
    int: ("number", _as_it_is),
    bytes: ("word", _as_it_is),
    str: ("text", _as_it_is),
    ContractAt: ("contract", lambda argument: argument.name),
    AccountOf: ("account", lambda argument: argument.account),
    Commitment: ("commitment", lambda argument: argument.subject),
}
REQUESTED = Binding(events.TransactionRequested, pb.TransactionRequested, {ChainCall: (call_to, call_from)})


def call_in(
    message: pb.TransactionRequested | pb.TransactionFinal | pb.TransactionRefused,
) -> ChainCall | None:
    """Return the call of a transaction, None where it makes none."""
    return call_from(message.call) if message.HasField("call") else None


def contracts_to(addresses: dict[str, str], failures: dict[str, int]) -> list[pb.ContractState]:
    """Return the messages of contracts besides the ledger, by name."""
    return [
        pb.ContractState(name=name, address=addresses.get(name, ""), failed_tries=failures.get(name, 0))
        for name in sorted({*addresses, *failures})
    ]
