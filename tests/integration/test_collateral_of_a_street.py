"""A street whose markets ask for collateral: paid in, allotted, traded on, asked back, settled, paid out, replayed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import street
from click.testing import CliRunner
from street import AGG_B, AREA, NOON_S, OPERATOR
from street_day import Sending, StreetDay, delivery_steps, options, order, setup_steps, submit

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_cli.main import cli
from flexbourse_cli.platform import Platform
from flexbourse_cli.starting import start
from flexbourse_settlement.funds_verification import embedded_chain, verify_funds

EURO = 1_000_000
TOLD = 3  # steps until the book has heard of an allotment, or settlement of what the book said
SETTLED = 40  # steps until ledger, accounts, contracts and every move of money are on the chain


def founding() -> list[registry.Entity]:
    """Return the street's founding; its markets ask for collateral."""
    found = street.founding()
    for each in found:
        if each.HasField("market"):
            each.market.collateral_required, each.market.penalty_cover_ticks = True, 5_000
    return found


@dataclass(frozen=True)
class Street:
    day: StreetDay
    platform: Platform
    data_dir: Path
    engine: str


@pytest.fixture(scope="module", params=["embedded", pytest.param("kafka", marks=(pytest.mark.kafka, pytest.mark.slow))])
def trading(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """The books are open, and nobody has paid anything in."""
    data_dir = tmp_path_factory.mktemp("collateral") / "data"
    platform = start(options(data_dir, engine=request.param))
    steps = setup_steps()
    steps[0] = replace(
        steps[0], sendings=[Sending(OPERATOR, "founding", lambda c, i: c.registry.register(founding(), command_id=i))]
    )
    day = StreetDay(platform, steps)
    day.run()
    yield Street(day, platform, data_dir, request.param)
    day.close()
    platform.stop()


def wait(day: StreetDay, steps: int) -> None:
    for _ in range(steps):
        day.further(seconds=5)


def money(party: str, name: str, **wish: object) -> Sending:
    command = settlement.FundsCommand(**wish)  # type: ignore[arg-type]
    return Sending(party, name, lambda client, i: client.funds.move(command, command_id=i))


def deposit(reference: str) -> Sending:
    wish = settlement.RecordDeposit(participant_id=AGG_B, amount_micro_euro=EURO, payment_reference=reference)
    return money(OPERATOR, f"deposit-{reference}", deposit=wish)


def allot(name: str, amount: int) -> Sending:
    wish = settlement.AllotCollateral(participant_id=AGG_B, area_id=AREA, amount_micro_euro=amount)
    return money(AGG_B, name, allot=wish)


def sell(name: str) -> Sending:
    return submit(AGG_B, name, order(name, "sell", NOON_S, 4_000, 18_000, unit="battery-a2"))


def buy(name: str) -> Sending:
    return submit(AGG_B, name, order(name, "buy", NOON_S, 4_000, 60_000, unit="car-b2"))


def codes(day: StreetDay, *sendings: Sending) -> list[str]:
    answers = day.further(*sendings, seconds=5)
    return [result.rejection.code for sending in sendings for result in answers[sending.name].results]


def account(day: StreetDay) -> tuple[int, int, int]:
    (own,) = day.client(AGG_B).funds.show().accounts
    return own.free_micro_euro, own.held_micro_euro, own.leaving_micro_euro


def allotment(day: StreetDay) -> settlement.AllotmentState:
    (own,) = day.client(AGG_B).funds.show().allotments
    return own


def test_the_way_of_a_euro(trading: Street) -> None:
    day = trading.day
    assert codes(day, sell("early")) == ["COLLATERAL_INSUFFICIENT"]
    assert codes(day, deposit("b1"), allot("first", 90_000)) == ["", ""]
    wait(day, TOLD)
    assert codes(day, sell("ask"), sell("beyond")) == ["", "COLLATERAL_INSUFFICIENT"]
    assert codes(day, allot("more", 700_000)) == [""]
    wait(day, TOLD)
    assert codes(day, buy("bid")) == [""]

    assert codes(day, allot("less", 400_000)) == [""]
    wait(day, TOLD)
    assert (allotment(day).granted_micro_euro, allotment(day).wanted_micro_euro) == (400_000, 400_000)
    assert account(day) == (600_000, 400_000, 0)
    assert codes(day, allot("nothing", 0)) == [""]
    wait(day, TOLD)
    assert (allotment(day).granted_micro_euro, allotment(day).wanted_micro_euro) == (400_000, 0)  # the trade needs it

    for step in delivery_steps():
        day.take(trading.platform.last_step() + 1, step)
    wait(day, SETTLED)
    for debt in day.client(AGG_B).funds.show().debts:
        wish = settlement.RecordDebtPayment(
            participant_id=AGG_B, area_id=AREA, amount_micro_euro=debt.amount_micro_euro, payment_reference="b2"
        )
        assert codes(day, money(OPERATOR, "debt", debt_payment=wish)) == [""]
    wait(day, TOLD + 1)
    assert allotment(day).granted_micro_euro == 0
    assert account(day) == (EURO, 0, 0)

    asked = money(AGG_B, "withdraw", withdraw=settlement.WithdrawFunds(amount_micro_euro=EURO))
    assert codes(day, asked) == [""]
    paid = settlement.PayWithdrawal(withdrawal_id="withdrawal-1", payment_reference="b3")
    assert codes(day, money(OPERATOR, "paid", pay=paid)) == [""]
    wait(day, SETTLED)
    funds = day.client(OPERATOR).funds.show()
    assert list(funds.lacking) == []
    assert verify_funds(funds, embedded_chain(trading.data_dir)) == []
    assert funds.outside_micro_euro == 0


def test_the_day_is_decided_again_alike(trading: Street) -> None:
    if trading.engine != "embedded":
        return  # the command reads the embedded log
    trading.day.close()
    trading.platform.stop()
    for flags in ((), ("--decide",)):
        done = CliRunner().invoke(cli, ["replay", *flags, "--json", "--data", str(trading.data_dir)])
        assert done.exit_code == 0, done.output
        assert all(shard.get("difference") is None for shard in json.loads(done.output))
