"""Messages and domain objects about participants' money, bound by name and compared at import."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_messages.binding import Binding
from flexbourse_settlement.domain.facts import Acknowledged
from flexbourse_settlement.domain.funds import events as e
from flexbourse_settlement.domain.funds import rules
from flexbourse_settlement.domain.funds.on_chain import ChainMove, FundsOnChain
from flexbourse_settlement.domain.funds.places import Account, Funds, Payment, Withdrawal

# Field of `FundsCommand` → binding of what it holds.
_WISHES: dict[str, Binding[Any, Any]] = {
    "deposit": Binding(rules.Deposit, pb.RecordDeposit),
    "hold": Binding(rules.Hold, pb.HoldFunds),
    "release": Binding(rules.Release, pb.ReleaseFunds),
    "withdraw": Binding(rules.Withdraw, pb.WithdrawFunds),
    "pay": Binding(rules.Pay, pb.PayWithdrawal),
    "return_withdrawal": Binding(rules.Return, pb.ReturnWithdrawal),
    "allot": Binding(rules.Allot, pb.AllotCollateral),
    "debt_payment": Binding(rules.PayDebt, pb.RecordDebtPayment),
}
# Field of `SettlementEvent` → binding of what it holds.
EVENTS: dict[str, Binding[Any, Any]] = {
    "funds_moved": Binding(e.FundsMoved, pb.FundsMoved),
    "allotment": Binding(e.Allotment, pb.AllotmentState),
    "exposure_settled": Binding(e.ExposureSettled, pb.ExposureSettled),
    "debt_paid": Binding(e.DebtPaid, pb.DebtPaid),
}
_WITHDRAWAL = Binding(Withdrawal, pb.Withdrawal)
_PAYMENT = Binding(Payment, pb.PaymentRecorded)
_LACKING = Binding(ChainMove, pb.FundsMoveLacking)

if set(_WISHES) != set(pb.FundsCommand.DESCRIPTOR.fields_by_name):
    raise TypeError(
        f"wishes and FundsCommand differ in {set(_WISHES) ^ set(pb.FundsCommand.DESCRIPTOR.fields_by_name)}"
    )


def wish_from(message: pb.FundsCommand) -> rules.Wish | None:
    """Return what a command asks for, None where it asks for nothing."""
    name = message.WhichOneof("body")
    wish: rules.Wish | None = None if name is None else _WISHES[name].decode(getattr(message, name))
    return wish


def event_from(message: pb.SettlementEvent) -> e.FundsEvent | None:
    """Return the event about money in a journal record, None where it is about something else."""
    name = str(message.WhichOneof("event"))
    event: e.FundsEvent | None = EVENTS[name].decode(getattr(message, name)) if name in EVENTS else None
    return event


def acknowledged_from(message: book.AllotmentAcknowledged) -> Acknowledged:
    """Return what a shard of the order book says of an allotment."""
    return Acknowledged(message.participant_id, message.shard, message.version)


def funds_to(funds: Funds, chain: FundsOnChain) -> pb.FundsState:
    """Return the whole state, and what of it the chain lacks; equal states give equal messages."""
    return pb.FundsState(
        accounts=[_account_to(name, account) for name, account in sorted(funds.accounts.items())],
        allotments=[EVENTS["allotment"].encode(each) for _, each in sorted(funds.allotments.items())],
        debts=[
            pb.Debt(participant_id=name, shard=shard, amount_micro_euro=amount)
            for (name, shard), amount in sorted(funds.debts.items())
        ],
        withdrawals=[_WITHDRAWAL.encode(each) for each in funds.withdrawals.values()],
        payments=[_PAYMENT.encode(each) for each in funds.payments.values()],
        move_count=funds.move_count,
        withdrawal_count=funds.withdrawal_count,
        outside_micro_euro=funds.outside_micro_euro,
        lacking=[_LACKING.encode(move) for _, move in sorted(chain.moves.items())],
        vault_allowed=chain.vault_allowed,
        allowing=chain.allowing,
    )


def chain_from(message: pb.FundsState) -> FundsOnChain:
    """Return what the chain lacks."""
    moves = {move.moved.number: move for move in map(_LACKING.decode, message.lacking)}
    return FundsOnChain(moves, message.vault_allowed, message.allowing)


def funds_from(message: pb.FundsState) -> Funds:
    """Return the state of a message."""
    allotments = map(EVENTS["allotment"].decode, message.allotments)
    return Funds(
        accounts={
            each.participant_id: Account(each.free_micro_euro, each.held_micro_euro, each.leaving_micro_euro)
            for each in message.accounts
        },
        allotments={(each.participant_id, each.shard): each for each in allotments},
        debts={(each.participant_id, each.shard): each.amount_micro_euro for each in message.debts},
        withdrawals={each.withdrawal_id: each for each in map(_WITHDRAWAL.decode, message.withdrawals)},
        payments={each.reference: each for each in map(_PAYMENT.decode, message.payments)},
        move_count=message.move_count,
        withdrawal_count=message.withdrawal_count,
        outside_micro_euro=message.outside_micro_euro,
    )


def funds_seen_by(funds: Funds, chain: FundsOnChain, participants: set[str] | None) -> pb.FundsState:
    """Return the money of some participants, or of all where none are named; payments are nobody's but the log's."""
    seen = funds_to(funds, chain)
    seen.ClearField("payments")
    seen.whole = participants is None
    if participants is None:
        return seen
    own = pb.FundsState()
    for name in ("accounts", "allotments", "debts", "withdrawals"):
        kept: list[Message] = [each for each in getattr(seen, name) if each.participant_id in participants]
        getattr(own, name).extend(kept)
    own.lacking.extend(each for each in seen.lacking if each.moved.participant_id in participants)
    return own


def _account_to(name: str, account: Account) -> pb.FundsAccount:
    return pb.FundsAccount(
        participant_id=name,
        free_micro_euro=account.free_micro_euro,
        held_micro_euro=account.held_micro_euro,
        leaving_micro_euro=account.leaving_micro_euro,
    )
