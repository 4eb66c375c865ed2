"""Participants' money: free, held and leaving, in micro-euro, and what came from outside, adding up to zero.

Every move takes from one place and gives to another, so money is neither made nor lost, and no place of a participant
ever falls below zero: a move that would is a bug, for decisions are made before (`flexbourse_settlement.domain.
funds_rules`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flexbourse_core.errors import InvariantError
from flexbourse_settlement.domain.funds.events import (
    Allotment,
    DebtPaid,
    ExposureSettled,
    FundsEvent,
    FundsMoved,
    Move,
)

MAX_PAYMENTS = 100_000  # references that are known: years of payments of one market; the oldest are forgotten

# where a move takes from and gives to; None: outside
PLACES: dict[Move, tuple[str | None, str | None]] = {
    Move.DEPOSIT: (None, "free_micro_euro"),
    Move.HOLD: ("free_micro_euro", "held_micro_euro"),
    Move.RELEASE: ("held_micro_euro", "free_micro_euro"),
    Move.WITHDRAW: ("free_micro_euro", "leaving_micro_euro"),
    Move.PAY: ("leaving_micro_euro", None),
    Move.RETURN: ("leaving_micro_euro", "free_micro_euro"),
}

ShardKey = tuple[str, int]


@dataclass(slots=True)
class Account:
    """Money of one participant. Held is margin and what is allotted; leaving was asked for and is not paid yet."""

    free_micro_euro: int = 0
    held_micro_euro: int = 0
    leaving_micro_euro: int = 0

    @property
    def sum_micro_euro(self) -> int:
        """Return all of it."""
        return self.free_micro_euro + self.held_micro_euro + self.leaving_micro_euro


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Money that is to be paid out."""

    withdrawal_id: str
    participant_id: str
    amount_micro_euro: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that was recorded; the same again is no second one. `purpose` says what it was for."""

    reference: str
    purpose: str
    participant_id: str
    amount_micro_euro: int


@dataclass(slots=True)
class Funds:
    """Money of all participants; changed by `evolve` alone."""

    accounts: dict[str, Account] = field(default_factory=dict)
    allotments: dict[ShardKey, Allotment] = field(default_factory=dict)
    debts: dict[ShardKey, int] = field(default_factory=dict)
    withdrawals: dict[str, Withdrawal] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    move_count: int = 0
    withdrawal_count: int = 0
    outside_micro_euro: int = 0

    def account(self, participant_id: str) -> Account:
        """Return an account as it stands; one that nothing moved on is empty."""
        return self.accounts.get(participant_id, Account())

    def allotment(self, participant_id: str, shard: int) -> Allotment:
        """Return what is allotted to a shard; nothing where nothing ever was."""
        return self.allotments.get((participant_id, shard), Allotment(participant_id, shard))

    def allotted(self, participant_id: str) -> Iterator[Allotment]:
        """Iterate over a participant's allotments, by shard."""
        return (self.allotments[key] for key in sorted(self.allotments) if key[0] == participant_id)

    def margin_micro_euro(self, participant_id: str) -> int:
        """Return what is held and not allotted."""
        granted = sum(each.granted_micro_euro for each in self.allotted(participant_id))
        return self.account(participant_id).held_micro_euro - granted

    def evolve(self, event: FundsEvent) -> None:
        """Apply an event."""
        match event:
            case FundsMoved():
                self._move(event)
            case Allotment():
                self.allotments[event.participant_id, event.shard] = event
            case ExposureSettled() if event.owed_micro_euro:
                key = event.participant_id, event.shard
                self.debts[key] = self.debts.get(key, 0) + event.owed_micro_euro
            case DebtPaid():
                self._pay_debt(event)

    def _move(self, event: FundsMoved) -> None:
        account = self.accounts.setdefault(event.participant_id, Account())
        source, target = PLACES[event.move]
        self._add(account, source, -event.amount_micro_euro)
        self._add(account, target, event.amount_micro_euro)
        self.move_count = event.number
        if event.move is Move.WITHDRAW:
            self.withdrawal_count += 1
            self.withdrawals[event.withdrawal_id] = Withdrawal(
                event.withdrawal_id, event.participant_id, event.amount_micro_euro
            )
        elif event.move in (Move.PAY, Move.RETURN):
            del self.withdrawals[event.withdrawal_id]
        purpose = payment_of(event)
        if purpose:
            self._remember(Payment(event.reference, purpose, event.participant_id, event.amount_micro_euro))

    def _add(self, account: Account, place: str | None, amount: int) -> None:
        if place is None:
            self.outside_micro_euro += amount
            return
        there = getattr(account, place) + amount
        if there < 0:
            raise InvariantError(f"{place} of an account would be {there}")
        setattr(account, place, there)

    def _pay_debt(self, event: DebtPaid) -> None:
        key = event.participant_id, event.shard
        left = self.debts.pop(key) - event.amount_micro_euro
        if left < 0:
            raise InvariantError(f"{event.participant_id} pays {-left} more than what is owed")
        if left:
            self.debts[key] = left
        purpose = debt_purpose(event.shard)
        self._remember(Payment(event.reference, purpose, event.participant_id, event.amount_micro_euro))

    def _remember(self, payment: Payment) -> None:
        self.payments[payment.reference] = payment
        while len(self.payments) > MAX_PAYMENTS:
            del self.payments[next(iter(self.payments))]


def payment_of(event: FundsMoved) -> str:
    """Return what a payment of a move is for; empty where nobody paid anything."""
    if event.move is Move.DEPOSIT:
        return "deposit"
    return withdrawal_purpose(event.withdrawal_id) if event.move is Move.PAY else ""


def withdrawal_purpose(withdrawal_id: str) -> str:
    """Return what the payment of a withdrawal is for."""
    return f"withdrawal {withdrawal_id}"


def debt_purpose(shard: int) -> str:
    """Return what the payment of a debt is for."""
    return f"debt of shard {shard}"


def problems_of(funds: Funds) -> list[str]:
    """Return what is wrong with the sums: nothing, ever. What a reader of the log can check for himself."""
    found = []
    total = funds.outside_micro_euro + sum(account.sum_micro_euro for account in funds.accounts.values())
    if total:
        found.append(f"all money adds up to {total} micro-euro instead of 0")
    for name in sorted(funds.accounts):
        margin = funds.margin_micro_euro(name)
        if margin < 0:
            found.append(f"{name}: {-margin} micro-euro more are allotted than held")
        leaving = sum(each.amount_micro_euro for each in funds.withdrawals.values() if each.participant_id == name)
        if leaving != funds.accounts[name].leaving_micro_euro:
            found.append(f"{name}: withdrawals add up to {leaving} micro-euro, not to what is leaving")
    return found
