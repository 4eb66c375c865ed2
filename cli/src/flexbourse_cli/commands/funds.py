"""`flexbourse funds`: money of participants, deposited, held, allotted to the book, withdrawn, compared."""

from __future__ import annotations

from pathlib import Path

import click

from flexbourse_cli.console import (
    EXIT_CHECK,
    area_option,
    client_options,
    connect,
    document,
    fail_quietly,
    print_json,
    print_table,
    results,
)

reference_option = click.option("--reference", required=True, help="Of the payment, as on the bank statement.")
reason_option = click.option("--reason", default="", help="Why, for the record.")


@click.group("funds")
def command() -> None:
    """Show and move money of participants. Amounts are in euro."""


@command.command("show")
@click.argument("participant", default="")
@client_options
def show(participant: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Show accounts, allotments, debts and withdrawals: the caller's own, or all to the operator."""
    from flexbourse_cli.units import euro  # noqa: PLC0415

    with connect(data_dir, party) as client:
        funds = client.funds.show(participant)
    if as_json:
        print_json(document(funds))
        return
    header: tuple[str, ...] = ("participant", "free EUR", "held EUR", "leaving EUR")
    rows: list[tuple[object, ...]] = [
        (
            each.participant_id, euro(each.free_micro_euro), euro(each.held_micro_euro), euro(each.leaving_micro_euro),
        )
        for each in funds.accounts
    ]  # fmt: skip
    print_table(header, rows, right=(1, 2, 3))
    if funds.allotments:
        header = ("participant", "shard", "allotted EUR", "wanted EUR", "owed EUR")
        owed = {(each.participant_id, each.shard): each.amount_micro_euro for each in funds.debts}
        rows = [
            (
                each.participant_id, each.shard, euro(each.granted_micro_euro), euro(each.wanted_micro_euro),
                euro(owed.get((each.participant_id, each.shard), 0)),
            )
            for each in funds.allotments
        ]  # fmt: skip
        print_table(header, rows, right=(1, 2, 3, 4))
    if funds.withdrawals:
        rows = [(each.withdrawal_id, each.participant_id, euro(each.amount_micro_euro)) for each in funds.withdrawals]
        print_table(("withdrawal", "participant", "EUR"), rows, right=(2,))


@command.command("deposit")
@click.argument("participant")
@click.argument("euro")
@reference_option
@client_options
def deposit(participant: str, euro: str, reference: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Record money that a participant paid in; the same reference again is no second payment."""
    with connect(data_dir, party) as client:
        results(client.funds.deposit(participant, _counted(euro), reference), as_json)


@command.command("hold")
@click.argument("participant")
@click.argument("euro")
@reason_option
@client_options
def hold(participant: str, euro: str, reason: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Hold margin of what a participant has free."""
    with connect(data_dir, party) as client:
        results(client.funds.hold(participant, _counted(euro), reason), as_json)


@command.command("release")
@click.argument("participant")
@click.argument("euro")
@reason_option
@client_options
def release(participant: str, euro: str, reason: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Give margin of a participant free again."""
    with connect(data_dir, party) as client:
        results(client.funds.release(participant, _counted(euro), reason), as_json)


@command.command("allot")
@click.argument("participant")
@click.argument("euro")
@area_option
@client_options
def allot(participant: str, euro: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Say what a participant's orders in the shard of an area may take from now on.

    More is held at once. Less is free again when the shard says that it uses no more; until then nothing enters there
    beyond it.
    """
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        results(client.funds.allot(participant, find_area(client, area).area_id, _counted(euro)), as_json)


@command.command("withdraw")
@click.argument("euro")
@client_options
def withdraw(euro: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Ask for free money of the caller, `--party`; prints the withdrawal's id."""
    with connect(data_dir, party) as client:
        results(client.funds.withdraw(_counted(euro)), as_json)


@command.command("pay")
@click.argument("withdrawal")
@reference_option
@client_options
def pay(withdrawal: str, reference: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Record that a withdrawal was paid."""
    with connect(data_dir, party) as client:
        results(client.funds.pay(withdrawal, reference), as_json)


@command.command("return")
@click.argument("withdrawal")
@reason_option
@client_options
def return_withdrawal(withdrawal: str, reason: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Say that a withdrawal cannot be paid: the money is free again."""
    with connect(data_dir, party) as client:
        results(client.funds.return_withdrawal(withdrawal, reason), as_json)


@command.command("debt")
@click.argument("participant")
@click.argument("euro")
@reference_option
@area_option
@client_options
def debt(
    participant: str, euro: str, reference: str, area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Record that a participant paid what he owes of settled runs."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        where = find_area(client, area).area_id
        results(client.funds.pay_debt(participant, where, _counted(euro), reference), as_json)


@command.command("verify")
@click.option("--chain", "chain_url", default="", help="Any JSON-RPC node instead of the chain in the data folder.")
@client_options
def verify(chain_url: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Compare money in the ledger with the vault on the chain: the caller's own, or all where the operator asks.

    Ends with 0 where both agree to the micro-euro, with 1 naming every account that differs.
    """
    from dataclasses import asdict  # noqa: PLC0415

    from flexbourse_settlement import funds_verification as verification  # noqa: PLC0415 - slow

    with connect(data_dir, party) as client:
        funds = client.funds.show()
    differences = verification.verify_funds(funds, chain_url or verification.embedded_chain(data_dir))
    problems = verification.ledger_problems(funds)
    ok = not (differences or problems)
    if as_json:
        found = [asdict(difference) for difference in differences]
        print_json({"ok": ok, "lacking": len(funds.lacking), "differences": found, "problems": problems})
    else:
        for line in (*differences, *problems):
            click.echo(str(line))
        for each in funds.lacking:
            refused = f", refused: {each.error}" if each.error else ""
            click.echo(f"move {each.moved.number} of {each.moved.participant_id} is not on the chain yet{refused}")
        if ok:
            click.echo(f"ledger and chain agree to the micro-euro, accounts: {len(funds.accounts)}")
    if not ok:
        fail_quietly(EXIT_CHECK)


def _counted(euro: str) -> int:
    from flexbourse_cli.units import micro_euro  # noqa: PLC0415

    try:
        return micro_euro(euro)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
