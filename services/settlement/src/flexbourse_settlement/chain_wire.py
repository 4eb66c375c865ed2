"""Messages of calls of contracts, and of the transactions that carry them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import InvalidMessageError
from flexbourse_messages.binding import Binding
from flexbourse_settlement.domain import events
from flexbourse_settlement.domain.chain.calls import (
    AccountOf,
    Argument,
    CallPurpose,
    ChainCall,
    Commitment,
    ContractAt,
)
from flexbourse_settlement.domain.chain.chain_work import ChainWork
from flexbourse_settlement.domain.chain.rights import RightChainState, RightFollowed, RightOnChain
from flexbourse_settlement.domain.chain.totals import Totals
from flexbourse_settlement.domain.external.notary import RecordAttested, RecordNoted, RecordVersion
from flexbourse_settlement.domain.facts import RightToOffer, UnitTotal


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
VERSION = Binding(RecordVersion, pb.RecordVersion)
NOTED = Binding(RecordNoted, pb.RecordNoted)
ATTESTED = Binding(RecordAttested, pb.RecordAttested)
ON_CHAIN = Binding(RightOnChain, registry.RightOnChain)
RIGHT = Binding(RightChainState, pb.RightChainState)
REQUESTED = Binding(events.TransactionRequested, pb.TransactionRequested, {ChainCall: (call_to, call_from)})


def call_in(
    message: pb.TransactionRequested | pb.TransactionFinal | pb.TransactionRefused,
) -> ChainCall | None:
    """Return the call of a transaction, None where it makes none."""
    return call_from(message.call) if message.HasField("call") else None


def chain_to(work: ChainWork) -> dict[str, Any]:
    """Return the fields of a snapshot that hold what the chain is wanted for."""
    return {
        "contracts": [
            pb.ContractState(
                name=name, address=work.contracts.get(name, ""), failed_tries=work.deploy_failures.get(name, 0)
            )
            for name in sorted({*work.contracts, *work.deploy_failures})
        ],
        "calls": [call_to(call) for call in work.calls],
        "records": [record_to(record_id, versions) for record_id, versions in work.records.versions.items()],
        "notary_members": sorted(work.records.members),
        "rights": [_followed_to(work.rights.followed[right_id]) for right_id in sorted(work.rights.followed)],
        "assets": sorted(work.rights.assets),
        "totals": _totals_to(work.totals),
    }


def chain_from(message: pb.SettlementState, waits_for: Callable[[str], str]) -> ChainWork:
    """Return what a snapshot says of it; `waits_for` says what a right to offer a unit waits for, as in `Rights`."""
    work = ChainWork(
        contracts={each.name: each.address for each in message.contracts if each.address},
        deploy_failures={each.name: each.failed_tries for each in message.contracts if each.failed_tries},
        calls=deque(map(call_from, message.calls)),
        totals=_totals_from(message.totals),
    )
    work.records.versions = {each.record_id: tuple(map(VERSION.decode, each.versions)) for each in message.records}
    work.records.members = set(message.notary_members)
    for each in message.rights:
        followed = _followed_from(each)
        work.rights.load(followed, waits_for(followed.right.unit_id))
    work.rights.assets = set(message.assets)
    return work


def record_to(record_id: str, versions: Iterable[RecordVersion]) -> pb.RecordState:
    """Return a record with its versions as others see it."""
    return pb.RecordState(record_id=record_id, versions=[VERSION.encode(each) for each in versions])


def right_from(message: registry.RightToOffer) -> RightToOffer:
    """Return what settlement keeps of a right to offer."""
    return RightToOffer(
        message.right_id,
        message.unit_id,
        message.holder_id,
        message.valid_from_s,
        message.valid_to_s,
        message.revoked,
        tuple(message.products),
    )


def total_from(message: activation.UnitTotal) -> UnitTotal:
    """Return the total of claims on a unit."""
    return UnitTotal(
        message.area_id,
        message.unit_id,
        message.mtu.start_s,
        message.up_w,
        message.down_w,
        message.revision,
        message.operated,
    )


def _followed_to(followed: RightFollowed) -> pb.RightFollowed:
    right = followed.right
    return pb.RightFollowed(
        right=registry.RightToOffer(
            right_id=right.right_id,
            unit_id=right.unit_id,
            holder_id=right.holder_id,
            valid_from_s=right.valid_from_s,
            valid_to_s=right.valid_to_s,
            revoked=right.revoked,
            products=right.products,  # type: ignore[arg-type]
        ),
        on_chain=None if followed.on_chain is None else ON_CHAIN.encode(followed.on_chain),
        pending=followed.pending,
        asked_end_s=followed.asked_end_s,
    )


def _followed_from(message: pb.RightFollowed) -> RightFollowed:
    on_chain = ON_CHAIN.decode(message.on_chain) if message.HasField("on_chain") else None
    return RightFollowed(right_from(message.right), on_chain, message.pending, message.asked_end_s)


def _totals_to(totals: Totals) -> pb.TotalsState:
    return pb.TotalsState(
        waiting=[total_to(each) for each in totals.waiting.values()],
        alone=sorted(f"{unit_id}/{start_s}" for unit_id, start_s in totals.alone),
        spans_w=totals.spans_w,
        revisions={f"{unit_id}/{start_s}": revision for (unit_id, start_s), revision in totals.revisions.items()},
    )


def _totals_from(message: pb.TotalsState) -> Totals:
    waiting = [
        UnitTotal("", each.unit_id, each.start_s, each.up_w, each.down_w, each.revision, each.operated)
        for each in message.waiting
    ]
    return Totals(
        waiting={(each.unit_id, each.start_s): each for each in waiting},
        alone={_total_key(name) for name in message.alone},
        spans_w=dict(message.spans_w),
        revisions={_total_key(name): revision for name, revision in message.revisions.items()},
    )


def _total_key(name: str) -> tuple[str, int]:
    unit_id, _, start_s = name.rpartition("/")
    return unit_id, int(start_s)


def total_to(total: UnitTotal) -> pb.TotalOnChain:
    """Return the message of a total, without what the chain says of it."""
    return pb.TotalOnChain(
        unit_id=total.unit_id,
        start_s=total.start_s,
        up_w=total.up_w,
        down_w=total.down_w,
        revision=total.revision,
        operated=total.operated,
    )
