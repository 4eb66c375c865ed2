"""Money of participants, as a client sees it. Amounts in micro-euro."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_client.sender import Sender


class FundsClient:
    """Accounts: the market operator keeps them, participants allot collateral and withdraw."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def deposit(
        self, participant_id: str, amount_micro_euro: int, payment_reference: str, *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Record money that came in; the same reference again is no second payment. Market operator only."""
        wish = settlement.RecordDeposit(
            participant_id=participant_id, amount_micro_euro=amount_micro_euro, payment_reference=payment_reference
        )
        return self.move(settlement.FundsCommand(deposit=wish), command_id=command_id)

    def hold(
        self, participant_id: str, amount_micro_euro: int, reason: str = "", *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Hold margin. Market operator only."""
        wish = settlement.HoldFunds(participant_id=participant_id, amount_micro_euro=amount_micro_euro, reason=reason)
        return self.move(settlement.FundsCommand(hold=wish), command_id=command_id)

    def release(
        self, participant_id: str, amount_micro_euro: int, reason: str = "", *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Give margin free. Market operator only."""
        wish = settlement.ReleaseFunds(
            participant_id=participant_id, amount_micro_euro=amount_micro_euro, reason=reason
        )
        return self.move(settlement.FundsCommand(release=wish), command_id=command_id)

    def withdraw(self, amount_micro_euro: int, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Ask for free money of the caller; the result's id names the withdrawal."""
        wish = settlement.WithdrawFunds(amount_micro_euro=amount_micro_euro)
        return self.move(settlement.FundsCommand(withdraw=wish), command_id=command_id)

    def pay(self, withdrawal_id: str, payment_reference: str, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Record that a withdrawal was paid. Market operator only."""
        wish = settlement.PayWithdrawal(withdrawal_id=withdrawal_id, payment_reference=payment_reference)
        return self.move(settlement.FundsCommand(pay=wish), command_id=command_id)

    def return_withdrawal(
        self, withdrawal_id: str, reason: str = "", *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Say that a withdrawal cannot be paid: the money is free again. Market operator only."""
        wish = settlement.ReturnWithdrawal(withdrawal_id=withdrawal_id, reason=reason)
        return self.move(settlement.FundsCommand(return_withdrawal=wish), command_id=command_id)

    def allot(
        self, participant_id: str, area_id: str, amount_micro_euro: int, *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Say what orders in an area's shard may take; less takes effect when the shard uses no more."""
        wish = settlement.AllotCollateral(
            participant_id=participant_id, area_id=area_id, amount_micro_euro=amount_micro_euro
        )
        return self.move(settlement.FundsCommand(allot=wish), command_id=command_id)

    def pay_debt(
        self, participant_id: str, area_id: str, amount_micro_euro: int, payment_reference: str, *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Record that what was owed of settled runs was paid. Market operator only."""
        wish = settlement.RecordDebtPayment(
            participant_id=participant_id, area_id=area_id, amount_micro_euro=amount_micro_euro,
            payment_reference=payment_reference,
        )  # fmt: skip
        return self.move(settlement.FundsCommand(debt_payment=wish), command_id=command_id)

    def show(
        self, participant_id: str = "", min_position: common_pb2.LogPosition | None = None
    ) -> settlement.FundsState:
        """Return accounts, allotments, debts and withdrawals that the caller may see."""
        request = settlement.GetFundsRequest(participant_id=participant_id, min_position=min_position)
        response: settlement.GetFundsResponse = self._sender.query(self._sender.stub.GetFunds, request)
        return response.funds

    def move(self, command: settlement.FundsCommand, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Give any command about money, as the contract has it."""
        response: settlement.MoveFundsResponse = self._sender.command(
            self._sender.stub.MoveFunds, settlement.MoveFundsRequest, command_id, funds=command
        )
        return response.receipt
