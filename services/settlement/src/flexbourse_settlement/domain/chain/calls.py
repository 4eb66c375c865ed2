"""Calls of contracts: what a part of settlement wants of the chain, in a form that needs no chain to be written down.

A part puts its call into `State.calls` while it applies an event of its own. Calls are made one after the other, in
that order, behind the ledger's work. What became of a call comes back to the part by the call's purpose, through
`State.evolve`: made or refused, each call has exactly one outcome, and a refused one stands in nobody's way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from flexbourse_settlement.domain.chain.contracts import CATALOGUE, MAX_GAS

MAX_WAITING_CALLS = 200_000
NOT_ON_CHAIN = "is not on the chain"  # of a contract that could not be put there
QUEUE_FULL = f"more than {MAX_WAITING_CALLS} calls wait for the chain"


class UnfitArgumentsError(Exception):
    """A call holds what its function cannot take: a number beyond its type, a wrong count."""


class CallPurpose(IntEnum):
    """Which part of settlement a call belongs to."""

    UNSPECIFIED = 0
    RIGHT = 1
    TOTALS = 2
    RECORD = 3
    FUNDS = 4


@dataclass(frozen=True, slots=True)
class ContractAt:
    """An argument: the address of a contract of the catalogue; it is put on the chain before the call is made."""

    name: str


@dataclass(frozen=True, slots=True)
class AccountOf:
    """An argument: the address on which an account settles when the call is made."""

    account: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """An argument of 32 bytes: a hash of an identifier, salted with a key that is kept beside the log."""

    subject: str


Argument = int | bool | bytes | str | ContractAt | AccountOf | Commitment | tuple["Argument", ...]


@dataclass(frozen=True, slots=True)
class ChainCall:
    """A call of a function of the catalogue. `subject` is what it is about, in the terms of its purpose."""

    purpose: CallPurpose
    subject: str
    contract: str
    function: str
    arguments: tuple[Argument, ...]

    @property
    def gas(self) -> int:
        """Return the most that the call may cost; raises KeyError for one that the catalogue does not know."""
        limit = CATALOGUE[self.contract].functions[self.function]
        items = next((len(each) for each in self.arguments if isinstance(each, tuple)), 0)
        return min(MAX_GAS, limit.base + limit.per_item * items)


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a call. `error` is empty where it was made; nothing was sent where `hash` is empty."""

    call: ChainCall
    error: str
    hash: bytes = b""
    block_number: int = 0


def contracts_of(call: ChainCall) -> Iterator[str]:
    """Iterate over the contracts that must be on the chain before a call, in the order in which they are deployed."""
    for name in (*_named(call.arguments), call.contract):
        yield from _deployed_for(name)


def _deployed_for(name: str) -> Iterator[str]:
    for needed in CATALOGUE[name].needs:
        yield from _deployed_for(needed)
    yield name


def _named(arguments: tuple[Argument, ...]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, ContractAt):
            yield argument.name
        elif isinstance(argument, tuple):
            yield from _named(argument)


def accounts_of(arguments: tuple[Argument, ...]) -> Iterator[str]:
    """Iterate over the accounts that arguments name."""
    for argument in arguments:
        if isinstance(argument, AccountOf):
            yield argument.account
        elif isinstance(argument, tuple):
            yield from accounts_of(argument)


def addressed(call: ChainCall, contracts: Mapping[str, str], accounts: Mapping[str, str]) -> ChainCall:
    """Return a call with the addresses of its contracts and accounts; raises KeyError for one without an address."""
    return replace(call, arguments=tuple(_addressed(each, contracts, accounts) for each in call.arguments))


def _addressed(argument: Argument, contracts: Mapping[str, str], accounts: Mapping[str, str]) -> Argument:
    match argument:
        case ContractAt(name):
            return contracts[name]
        case AccountOf(account):
            return accounts[account]
        case tuple():
            return tuple(_addressed(each, contracts, accounts) for each in argument)
        case _:
            return argument
