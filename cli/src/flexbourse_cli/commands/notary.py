"""`flexbourse notary`: results from elsewhere on the chain, what members say of them, and what is claimed of units."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import client_options, connect, document, print_json, print_table, results

SHOWN = 16  # of a hash, in hex digits


@click.group("notary")
def command() -> None:
    """Show and attest what the chain holds of results from elsewhere, and of claims on units."""


@command.command("list")
@click.option("--disputed", is_flag=True, help="Only records whose newest version a member disagrees with.")
@client_options
def list_records(disputed: bool, data_dir: Path, party: str, as_json: bool) -> None:
    """List records with their newest version, the newest last."""
    with connect(data_dir, party) as client:
        found = client.notary.records(disputed_only=disputed)
    if as_json:
        print_json(document(found))
        return
    rows = []
    for record in found.records:
        newest = record.versions[-1]
        agreeing = sum(each.agree for each in newest.attestations)
        rows.append(
            (record.record_id, newest.version, _kind(newest), _progress(newest), agreeing,
             len(newest.attestations) - agreeing)
        )  # fmt: skip
    print_table(("record", "version", "kind", "chain", "agree", "disagree"), rows, right=(1, 4, 5))


@command.command("show")
@click.argument("record")
@click.option(
    "--file", "path", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Compare with an own copy."
)
@client_options
def show(record: str, path: Path | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Show all versions of a record and what members say of each."""
    with connect(data_dir, party) as client:
        found = client.notary.records(record)
    if as_json:
        print_json(document(found))
        return
    own = b"" if path is None else hashlib.sha256(path.read_bytes()).digest()
    (shown,) = found.records
    click.echo(f"{shown.record_id}, notary {found.contract or 'not on the chain yet'}")
    for version in shown.versions:
        same = "" if path is None else ", same as the file" if version.hash == own else ", not the file"
        where = f" in block {version.block_number}" if version.block_number else ""
        error = f": {version.error}" if version.error else ""
        digest = version.hash.hex()[:SHOWN]
        click.echo(f"version {version.version} {_kind(version)} {digest}… {_progress(version)}{where}{error}{same}")
        for each in version.attestations:
            said = "agrees" if each.agree else f"DISAGREES: {each.reason}"
            click.echo(f"  {each.member} {said} ({_progress(each)}{': ' + each.error if each.error else ''})")


@command.command("attest")
@click.argument("record")
@click.argument("version", type=int)
@click.option("--agree/--disagree", default=None, help="Whether the own copy has the same hash; one of both.")
@click.option("--reason", default="", help="Why not.")
@client_options
def attest(
    record: str, version: int, agree: bool | None, reason: str, data_dir: Path, party: str, as_json: bool
) -> None:
    """Say of a version whether the own copy has the same hash; members, once each."""
    if agree is None:
        raise click.UsageError("say --agree or --disagree")
    with connect(data_dir, party) as client:
        results(client.notary.attest(record, version, agree=agree, reason=reason), as_json)


@command.command("totals")
@click.argument("unit")
@client_options
def totals(unit: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Show what the chain holds of claims on a unit, by period."""
    from flexbourse_cli.units import clock  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = client.notary.unit_totals(unit)
    if as_json:
        print_json(document(found))
        return
    rows = [
        (clock(each.start_s), each.up_w, each.down_w, each.revision, "yes" if each.operated else "", _progress(each),
         each.error)
        for each in found.totals
    ]  # fmt: skip
    header = ("period", "up W", "down W", "revision", "operator", "chain", "refusal")
    print_table(header, rows, right=(1, 2, 3))


def _kind(version: Any) -> str:
    return "final" if version.final else "preliminary"


def _progress(message: Any) -> str:
    from flexbourse.settlement.v1 import settlement_pb2 as pb  # noqa: PLC0415

    return str(pb.ChainProgress.Name(message.progress)).removeprefix("CHAIN_PROGRESS_").lower()
