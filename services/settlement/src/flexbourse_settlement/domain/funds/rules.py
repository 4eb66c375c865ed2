"""Decisions about participants' money. A refusal names everything that is wrong with a command; nothing is owed here.

The market operator says what his bank statement shows (deposits, payments of withdrawals and debts), each payment once
by its reference; he holds margin and gives it free. A participant withdraws what is free. Either allots collateral to
the shard of an area: more is held at once, less only when the shard has said that it uses no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.facts import Area, Participant
from flexbourse_settlement.domain.funds.events import Allotment, DebtPaid, ExposureSettled, FundsEvent, FundsMoved, Move
from flexbourse_settlement.domain.funds.places import (
    Funds,
    Payment,
    ShardKey,
    Withdrawal,
    debt_purpose,
    withdrawal_purpose,
)

MARKET_OPERATOR = "MARKET_OPERATOR"
MAX_BALANCE = 10**15  # of one account: a billion euro
MAX_WITHDRAWALS = 100  # of one account that are not paid yet
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/+-]{0,63}")
MAX_REASON = 64
SHOWN = 64  # of a text that a caller sent


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money that came in."""

    participant_id: str
    amount_micro_euro: int
    payment_reference: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Margin to be held."""

    participant_id: str
    amount_micro_euro: int
    reason: str


@dataclass(frozen=True, slots=True)
class Release:
    """Margin to be given free."""

    participant_id: str
    amount_micro_euro: int
    reason: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Free money that its owner wants."""

    amount_micro_euro: int


@dataclass(frozen=True, slots=True)
class Pay:
    """A withdrawal was paid."""

    withdrawal_id: str
    payment_reference: str


@dataclass(frozen=True, slots=True)
class Return:
    """A withdrawal cannot be paid."""

    withdrawal_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Allot:
    """What orders in the shard of an area may take."""

    participant_id: str
    area_id: str
    amount_micro_euro: int


@dataclass(frozen=True, slots=True)
class PayDebt:
    """What is owed of settled runs was paid."""

    participant_id: str
    area_id: str
    amount_micro_euro: int
    payment_reference: str


Wish = Deposit | Hold | Release | Withdraw | Pay | Return | Allot | PayDebt


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a command led to; no events where it said nothing new."""

    entry_id: str
    events: tuple[FundsEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What decisions look at. `operator_id` runs the platform and is market operator without being registered."""

    funds: Funds
    participants: Mapping[str, Participant]
    areas: Mapping[str, Area]
    operator_id: str = ""

    def is_operator(self, party: str) -> bool:
        """Tell whether a party runs the market."""
        who = self.participants.get(party)
        registered = who is not None and who.active and MARKET_OPERATOR in who.roles
        return registered or (bool(self.operator_id) and party == self.operator_id)


def decide(desk: Desk, party: str, wish: Wish) -> Accepted | list[Rejection]:
    """Return what a command leads to, or everything that stands against it."""
    problems = list(_forbidden(desk, party, wish)) or list(_form_problems(desk, party, wish))
    if problems:
        return problems
    return _DECIDED[type(wish)](desk, party, wish)


def _forbidden(desk: Desk, party: str, wish: Wish) -> Iterator[Rejection]:
    if isinstance(wish, Withdraw):
        if party not in desk.participants:
            yield Rejection(Code.NOT_AUTHORISED, "a participant withdraws its own money", "party", party[:SHOWN])
    elif isinstance(wish, Allot):
        if not desk.is_operator(party) and (party != wish.participant_id or party not in desk.participants):
            rule = "collateral is allotted by its participant or the market operator"
            yield Rejection(Code.NOT_AUTHORISED, rule, "party", party[:SHOWN])
    elif not desk.is_operator(party):
        yield Rejection(Code.NOT_AUTHORISED, "the market operator keeps the accounts", "party", party[:SHOWN])


def _form_problems(desk: Desk, party: str, wish: Wish) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with a command of somebody who may give it."""
    funds = desk.funds
    if isinstance(wish, Deposit | Hold | Release | Allot | PayDebt) and wish.participant_id not in desk.participants:
        rule = "an account is a registered participant's"
        yield Rejection(Code.UNKNOWN_OBJECT, rule, "participant_id", wish.participant_id[:SHOWN])
    if isinstance(wish, Allot | PayDebt) and wish.area_id not in desk.areas:
        yield Rejection(Code.UNKNOWN_OBJECT, "the area is registered", "area_id", wish.area_id[:SHOWN])
    if isinstance(wish, Pay | Return) and not _is_known(funds, wish):
        rule = "a withdrawal is paid or returned once, after it was asked for"
        yield Rejection(Code.WITHDRAWAL_UNKNOWN, rule, "withdrawal_id", wish.withdrawal_id[:SHOWN])
    if isinstance(wish, Hold | Release | Return) and len(wish.reason) > MAX_REASON:
        rule, length = "a reason is short", len(wish.reason)
        yield Rejection(Code.FIELD_MALFORMED, rule, "reason", value=length, limit=MAX_REASON, unit="characters")
    yield from _amount_problems(desk, party, wish)
    if isinstance(wish, Deposit | Pay | PayDebt):
        yield from _reference_problems(desk, wish)


def _is_known(funds: Funds, wish: Pay | Return) -> bool:
    """Tell whether a withdrawal waits, or was paid by just this payment."""
    if wish.withdrawal_id in funds.withdrawals:
        return True
    paid = funds.payments.get(wish.payment_reference) if isinstance(wish, Pay) else None
    return paid is not None and paid.purpose == withdrawal_purpose(wish.withdrawal_id)


def _amount_problems(desk: Desk, party: str, wish: Wish) -> Iterator[Rejection]:
    if isinstance(wish, Pay | Return):
        return
    lowest = 0 if isinstance(wish, Allot) else 1
    if not lowest <= wish.amount_micro_euro <= MAX_BALANCE:
        rule = f"an amount is at least {lowest} micro-euro and bounded"
        limit = MAX_BALANCE if wish.amount_micro_euro > MAX_BALANCE else lowest
        yield _amount(Code.FIELD_OUT_OF_RANGE, rule, "", wish.amount_micro_euro, limit)
        return
    match wish:
        case Hold():
            free = desk.funds.account(wish.participant_id).free_micro_euro
            yield from _beyond(wish.amount_micro_euro, free, "margin is held of what is free", wish.participant_id)
        case Release():
            margin = desk.funds.margin_micro_euro(wish.participant_id)
            rule = "what is given free is held and not allotted"
            yield from _beyond(wish.amount_micro_euro, margin, rule, wish.participant_id)
        case Withdraw():
            free = desk.funds.account(party).free_micro_euro
            yield from _beyond(wish.amount_micro_euro, free, "what is free is withdrawn", party)
            yield from _too_many_withdrawals(desk.funds, party)
        case Allot():
            yield from _beyond_free(desk, wish)


def _beyond_free(desk: Desk, wish: Allot) -> Iterator[Rejection]:
    area = desk.areas.get(wish.area_id)
    if area is None:
        return
    rise = wish.amount_micro_euro - desk.funds.allotment(wish.participant_id, area.shard).granted_micro_euro
    free = desk.funds.account(wish.participant_id).free_micro_euro
    yield from _beyond(rise, free, "what is allotted more is taken of what is free", wish.participant_id)


def _beyond(amount: int, limit: int, rule: str, account: str) -> Iterator[Rejection]:
    if amount > limit:
        yield _amount(Code.FUNDS_INSUFFICIENT, rule, account, amount, limit)


def _amount(code: Code, rule: str, account: str, value: int, limit: int) -> Rejection:
    return Rejection(code, rule, "amount_micro_euro", account[:SHOWN], value=value, limit=limit, unit="micro-euro")


def _too_many_withdrawals(funds: Funds, party: str) -> Iterator[Rejection]:
    waiting = sum(each.participant_id == party for each in funds.withdrawals.values())
    if waiting >= MAX_WITHDRAWALS:
        rule = "few withdrawals of an account wait for their payment"
        yield Rejection(
            Code.TOO_MANY_ENTRIES, rule, "withdrawals", party, value=waiting, limit=MAX_WITHDRAWALS, unit="withdrawals"
        )


def _reference_problems(desk: Desk, wish: Deposit | Pay | PayDebt) -> Iterator[Rejection]:
    """Iterate over what is wrong with a payment; one that was recorded just so is no problem."""
    reference, funds = wish.payment_reference, desk.funds
    if REFERENCE.fullmatch(reference) is None:
        rule = "a payment reference has 1 to 64 letters, digits, spaces and . _ : / + - behind a letter or digit"
        yield Rejection(Code.FIELD_MALFORMED, rule, "payment_reference", reference[:SHOWN])
        return
    known = funds.payments.get(reference)
    if known is not None:
        if known != _payment(desk, wish):
            rule = f"a payment is recorded once; this one is a {known.purpose} of {known.participant_id}"
            yield Rejection(
                Code.PAYMENT_REFERENCE_USED, rule, "payment_reference", reference,
                value=known.amount_micro_euro, unit="micro-euro",
            )  # fmt: skip
        return
    if isinstance(wish, Deposit):
        there = funds.account(wish.participant_id).sum_micro_euro + wish.amount_micro_euro
        if there > MAX_BALANCE >= wish.amount_micro_euro:
            rule = "what an account holds is bounded"
            yield _amount(Code.FIELD_OUT_OF_RANGE, rule, wish.participant_id, there, MAX_BALANCE)
    elif isinstance(wish, PayDebt) and wish.area_id in desk.areas:
        owed = funds.debts.get((wish.participant_id, desk.areas[wish.area_id].shard), 0)
        yield from _beyond(wish.amount_micro_euro, owed, "what is owed is paid", wish.participant_id)


def _payment(desk: Desk, wish: Deposit | Pay | PayDebt) -> Payment | None:
    """Return the payment that a command records, None where it cannot be one."""
    reference, amount = wish.payment_reference, 0 if isinstance(wish, Pay) else wish.amount_micro_euro
    match wish:
        case Deposit():
            return Payment(reference, "deposit", wish.participant_id, amount)
        case PayDebt():
            area = desk.areas.get(wish.area_id)
            return None if area is None else Payment(reference, debt_purpose(area.shard), wish.participant_id, amount)
        case Pay():
            purpose, known = withdrawal_purpose(wish.withdrawal_id), desk.funds.payments.get(reference)
            return known if known is not None and known.purpose == purpose else None


def _moved(funds: Funds, move: Move, participant_id: str, amount: int, reference: str) -> FundsMoved:
    return FundsMoved(funds.move_count + 1, move, participant_id, amount, reference)


def _deposit(desk: Desk, party: str, wish: Deposit) -> Accepted:  # noqa: ARG001 - one signature for all
    if wish.payment_reference in desk.funds.payments:
        return Accepted(wish.participant_id)
    moved = _moved(desk.funds, Move.DEPOSIT, wish.participant_id, wish.amount_micro_euro, wish.payment_reference)
    return Accepted(wish.participant_id, (moved,))


def _margin(desk: Desk, party: str, wish: Hold | Release) -> Accepted:  # noqa: ARG001
    move = Move.HOLD if isinstance(wish, Hold) else Move.RELEASE
    moved = _moved(desk.funds, move, wish.participant_id, wish.amount_micro_euro, wish.reason)
    return Accepted(wish.participant_id, (moved,))


def _withdraw(desk: Desk, party: str, wish: Withdraw) -> Accepted:
    name = f"withdrawal-{desk.funds.withdrawal_count + 1}"
    withdrawal = Withdrawal(name, party, wish.amount_micro_euro)
    return Accepted(name, (_leaving(desk.funds, Move.WITHDRAW, withdrawal, ""),))


def _leaving(funds: Funds, move: Move, withdrawal: Withdrawal, reference: str) -> FundsMoved:
    moved = _moved(funds, move, withdrawal.participant_id, withdrawal.amount_micro_euro, reference)
    return replace(moved, withdrawal_id=withdrawal.withdrawal_id)


def _pay(desk: Desk, party: str, wish: Pay) -> Accepted:  # noqa: ARG001
    withdrawal = desk.funds.withdrawals.get(wish.withdrawal_id)
    if withdrawal is None:  # paid already, by just this payment
        return Accepted(wish.withdrawal_id)
    return Accepted(wish.withdrawal_id, (_leaving(desk.funds, Move.PAY, withdrawal, wish.payment_reference),))


def _return(desk: Desk, party: str, wish: Return) -> Accepted:  # noqa: ARG001
    withdrawal = desk.funds.withdrawals[wish.withdrawal_id]
    return Accepted(wish.withdrawal_id, (_leaving(desk.funds, Move.RETURN, withdrawal, wish.reason),))


def _allot(desk: Desk, party: str, wish: Allot) -> Accepted:  # noqa: ARG001
    """Hold more at once; ask the shard for less."""
    funds, shard, amount = desk.funds, desk.areas[wish.area_id].shard, wish.amount_micro_euro
    former = funds.allotment(wish.participant_id, shard)
    if amount == former.wanted_micro_euro:
        return Accepted(wish.participant_id)
    granted = max(amount, former.granted_micro_euro)
    after = replace(former, version=former.version + 1, granted_micro_euro=granted, wanted_micro_euro=amount)
    rise = granted - former.granted_micro_euro
    held = (_moved(funds, Move.HOLD, wish.participant_id, rise, f"shard {shard}"),) if rise else ()
    return Accepted(wish.participant_id, (*held, after))


def _pay_debt(desk: Desk, party: str, wish: PayDebt) -> Accepted:  # noqa: ARG001
    if wish.payment_reference in desk.funds.payments:
        return Accepted(wish.participant_id)
    shard = desk.areas[wish.area_id].shard
    paid = DebtPaid(wish.participant_id, shard, wish.amount_micro_euro, wish.payment_reference)
    freed = _freed(desk.funds, (wish.participant_id, shard), wish.amount_micro_euro)
    return Accepted(wish.participant_id, (paid, freed))


_DECIDED: dict[type, Callable[[Desk, str, Any], Accepted]] = {
    Deposit: _deposit,
    Hold: _margin,
    Release: _margin,
    Withdraw: _withdraw,
    Pay: _pay,
    Return: _return,
    Allot: _allot,
    PayDebt: _pay_debt,
}


def acknowledged(funds: Funds, participant_id: str, shard: int, version: int) -> tuple[FundsEvent, ...]:
    """Return what follows where a shard says that it uses no more than was asked; of an older version: nothing."""
    former = funds.allotment(participant_id, shard)
    surplus = former.granted_micro_euro - former.wanted_micro_euro
    if version != former.version or not surplus:
        return ()
    after = replace(former, version=former.version + 1, granted_micro_euro=former.wanted_micro_euro)
    return (after, _moved(funds, Move.RELEASE, participant_id, surplus, f"shard {shard}"))


def settled(funds: Funds, batch_id: str, taken: Mapping[ShardKey, int], net: Mapping[str, int]) -> list[FundsEvent]:
    """Return what a settled run frees: what its matches took, less what their participant owes of the run.

    `taken` is the collateral of its matches, by participant and shard; `net` what each account gets, negative: owes.
    """
    owing = {account: max(0, -amount) for account, amount in net.items()}
    found: list[FundsEvent] = []
    for (account, shard), collateral in sorted(taken.items()):
        owed = min(collateral, owing.get(account, 0))
        owing[account] = owing.get(account, 0) - owed
        found.append(ExposureSettled(batch_id, account, shard, collateral, owed))
        if collateral > owed:
            found.append(_freed(funds, (account, shard), collateral - owed))
    return found


def _freed(funds: Funds, key: ShardKey, amount: int) -> Allotment:
    former = funds.allotment(*key)
    return replace(former, version=former.version + 1, freed_micro_euro=former.freed_micro_euro + amount)
