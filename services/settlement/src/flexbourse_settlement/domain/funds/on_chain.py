"""Participants' money on the chain: each move of the ledger is made there once, in the order of its number.

The ledger decides; the chain follows. A deposit is two calls: tokens are made and come into the vault, then the vault
says whose they are. What is held or given free is one, a payment too: the vault takes the money out of the account and
has its tokens burnt. A withdrawal that was asked for and not paid is free money on the chain still, so there
free = free + leaving of the ledger. A move that the chain refuses is asked for again when the chain was checked.

Accounts lie at addresses that the platform keeps for them and that never change, whatever address a participant names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flexbourse_settlement.domain.chain.calls import (
    AccountOf,
    Argument,
    CallOutcome,
    CallPurpose,
    ChainCall,
    Commitment,
    ContractAt,
)
from flexbourse_settlement.domain.chain.contracts import EURO_TOKEN, SETTLEMENT_VAULT
from flexbourse_settlement.domain.funds.events import FundsMoved, Move

MAX_REFUSED = 100_000  # moves that wait for the next try; more are missed, and a comparison names what they miss

ALLOW, MINT = "allow", "mint"
_FUNCTIONS = {Move.DEPOSIT: "deposit", Move.HOLD: "hold", Move.RELEASE: "release", Move.PAY: "withdraw"}


@dataclass(frozen=True, slots=True)
class ChainMove:
    """A move that the chain lacks in whole or in part.

    `minted`: its tokens are in the vault, or it needs none; `made`: the vault has made it. `asked` counts calls without
    an outcome yet, `error` is that of the last that was refused.
    """

    moved: FundsMoved
    minted: bool
    made: bool = False
    asked: int = 0
    error: str = ""

    @property
    def is_under_way(self) -> bool:
        """Tell whether a call about it has no outcome yet."""
        return self.asked > 0


@dataclass(slots=True)
class FundsOnChain:
    """Moves that the chain lacks, by number. `vault_allowed`: the vault may hold tokens; `allowing`: is asked for."""

    moves: dict[int, ChainMove] = field(default_factory=dict)
    vault_allowed: bool = False
    allowing: bool = False

    def take(self, moved: FundsMoved) -> list[ChainCall]:
        """Take a move of the ledger; return the calls that it asks for."""
        if moved.move not in _FUNCTIONS:
            return []
        return self._asked(ChainMove(moved, minted=moved.move is not Move.DEPOSIT))

    def called(self, outcome: CallOutcome) -> None:
        """Take what became of a call."""
        if outcome.call.function == ALLOW:
            self.allowing, self.vault_allowed = False, not outcome.error
            return
        number = int(outcome.call.subject)
        move = self.moves[number]
        move = replace(move, asked=move.asked - 1)
        if outcome.error:
            move = replace(move, error=outcome.error)
        elif outcome.call.function == MINT:
            move = replace(move, minted=True)
        else:
            move = replace(move, made=True)
        self.moves[number] = move
        if move.minted and move.made:
            del self.moves[number]
        elif outcome.error:
            self._bound()

    def retry(self) -> list[ChainCall]:
        """Ask again for what was refused, in order."""
        refused = [self.moves[number] for number in sorted(self.moves) if self.moves[number].error]
        return [call for move in refused if not move.is_under_way for call in self._asked(replace(move, error=""))]

    def _bound(self) -> None:
        refused = [number for number, move in self.moves.items() if move.error and not move.is_under_way]
        for number in refused[:-MAX_REFUSED]:
            del self.moves[number]

    def _asked(self, move: ChainMove) -> list[ChainCall]:
        """Return the calls for what is lacking of a move, tokens first, and note them."""
        moved = move.moved
        vault, payment = ContractAt(SETTLEMENT_VAULT), Commitment(f"payment/{moved.reference}")
        calls = []
        if not move.minted:
            calls.append(_call(str(moved.number), EURO_TOKEN, MINT, vault, moved.amount_micro_euro, payment))
        if not move.made:
            arguments: tuple[Argument, ...] = (
                moved.number, AccountOf(vault_account(moved.participant_id)), moved.amount_micro_euro,
            )  # fmt: skip
            if moved.move in (Move.DEPOSIT, Move.PAY):
                arguments = (*arguments, payment)
            calls.append(_call(str(moved.number), SETTLEMENT_VAULT, _FUNCTIONS[moved.move], *arguments))
        self.moves[moved.number] = replace(move, asked=len(calls))
        if not (move.minted or self.vault_allowed or self.allowing):
            self.allowing = True
            allow = _call("", EURO_TOKEN, ALLOW, vault, True)  # noqa: FBT003 - the contract's own argument
            return [allow, *calls]
        return calls


def _call(subject: str, contract: str, function: str, *arguments: Argument) -> ChainCall:
    return ChainCall(CallPurpose.FUNDS, subject, contract, function, arguments)


def vault_account(participant_id: str) -> str:
    """Return the account under which the platform keeps a participant's address in the vault; nobody has that id."""
    return f"funds/{participant_id}"
