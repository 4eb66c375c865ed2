"""Whether ledger and chain have the same money: what the chain must say, and every number that differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flexbourse_settlement.domain.funds.events import Move
from flexbourse_settlement.domain.funds.on_chain import ChainMove
from flexbourse_settlement.domain.funds.places import Funds


@dataclass(frozen=True, slots=True)
class VaultAccount:
    """Money of one account as the vault has it."""

    free_micro_euro: int
    held_micro_euro: int


@dataclass(frozen=True, slots=True)
class Vault:
    """What the chain says: accounts by participant, and the tokens that the vault has."""

    accounts: dict[str, VaultAccount]
    tokens_micro_euro: int


@dataclass(frozen=True, slots=True)
class FundsDifference:
    """A number of the ledger and the one of the chain that should be the same."""

    participant_id: str
    field: str
    ledger_micro_euro: int
    chain_micro_euro: int

    def __str__(self) -> str:
        off = self.chain_micro_euro - self.ledger_micro_euro
        return (
            f"{self.participant_id or 'vault'} {self.field}: the ledger has {self.ledger_micro_euro} micro-euro, "
            f"the chain {self.chain_micro_euro}, {off:+d}"
        )


def expected(funds: Funds, lacking: Iterable[ChainMove]) -> Vault:
    """Return what the chain must say where it lacks some moves: the ledger without them."""
    accounts = {
        name: VaultAccount(own.free_micro_euro + own.leaving_micro_euro, own.held_micro_euro)
        for name, own in funds.accounts.items()
    }
    tokens = -funds.outside_micro_euro
    for move in lacking:
        moved, amount = move.moved, move.moved.amount_micro_euro
        own = accounts[moved.participant_id]
        if not move.made:
            free, held = _without(moved.move, amount)
            accounts[moved.participant_id] = VaultAccount(own.free_micro_euro + free, own.held_micro_euro + held)
        if not move.minted:
            tokens -= amount
        elif moved.move is Move.PAY and not move.made:
            tokens += amount
    return Vault(accounts, tokens)


def _without(move: Move, amount: int) -> tuple[int, int]:
    """Return by how much free and held differ where a move was not made."""
    match move:
        case Move.DEPOSIT:
            return -amount, 0
        case Move.HOLD:
            return amount, -amount
        case Move.RELEASE:
            return -amount, amount
        case _:
            return amount, 0


def compare(ledger: Vault, chain: Vault) -> list[FundsDifference]:
    """Return every number that differs; none: ledger and chain agree to the micro-euro."""
    found = []
    for name in sorted({*ledger.accounts, *chain.accounts}):
        there, own = chain.accounts.get(name, _EMPTY), ledger.accounts.get(name, _EMPTY)
        found += [
            FundsDifference(name, what, getattr(own, f"{what}_micro_euro"), getattr(there, f"{what}_micro_euro"))
            for what in ("free", "held")
            if getattr(own, f"{what}_micro_euro") != getattr(there, f"{what}_micro_euro")
        ]
    if ledger.tokens_micro_euro != chain.tokens_micro_euro:
        found.append(FundsDifference("", "tokens", ledger.tokens_micro_euro, chain.tokens_micro_euro))
    return found


_EMPTY = VaultAccount(0, 0)
