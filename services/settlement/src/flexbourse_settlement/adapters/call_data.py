"""What a transaction says that deploys or calls a contract of the catalogue: code, function and encoded arguments.

Identifiers stand on the chain as commitments: HMAC-SHA256 with a key of their own, which lies in a file beside the log.
Who deletes the file leaves a number that says nothing.
"""

from __future__ import annotations

import hmac
from typing import Any

from eth_abi.exceptions import EncodingError

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.adapters.contract import artefact
from flexbourse_settlement.chain_wire import call_from
from flexbourse_settlement.domain.chain.calls import Argument, Commitment, UnfitArgumentsError
from flexbourse_settlement.domain.chain.contracts import CATALOGUE


def deployment(request: pb.TransactionRequested, admin: str) -> tuple[bytes, int]:
    """Return the data of a transaction that deploys a contract, and the most it may cost."""
    data = artefact(request.contract_name).deploy_data([admin, *request.addresses])
    return data, CATALOGUE[request.contract_name].deploy_gas


def call_data(message: pb.ChainCall, keys: AccountKeys) -> tuple[bytes, int]:
    """Return the data of a call, and the most it may cost; raises UnfitArgumentsError where it cannot be encoded."""
    call = call_from(message)
    arguments = [_encoded(each, keys) for each in call.arguments]
    try:
        return artefact(call.contract).call_data(call.function, arguments), call.gas
    except (EncodingError, ValueError) as unfit:
        raise UnfitArgumentsError(f"{call.contract}.{call.function}: {unfit}") from unfit


def commitment(subject: str, keys: AccountKeys) -> bytes:
    """Return the 32 bytes that stand for an identifier on the chain."""
    return hmac.digest(keys(subject), subject.encode(), "sha256")


def _encoded(argument: Argument, keys: AccountKeys) -> Any:
    if isinstance(argument, Commitment):
        return commitment(argument.subject, keys)
    if isinstance(argument, tuple):
        return [_encoded(each, keys) for each in argument]
    return argument
