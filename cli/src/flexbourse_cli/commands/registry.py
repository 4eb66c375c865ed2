"""`flexbourse registry`: import, show, enrol."""

from __future__ import annotations

from pathlib import Path

import click

from flexbourse_cli.console import (
    EXIT_CHECK,
    connect,
    data_option,
    document,
    fail_quietly,
    failures,
    json_option,
    party_option,
    print_json,
    print_table,
)

KINDS = ("participant", "metering_point", "unit", "portfolio", "area", "market", "right")


@click.group("registry")
def command() -> None:
    """Import, show and enrol participants and their units."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="What the rows are; default: the file's name.")
@click.option("--partial", is_flag=True, help="Take the good rows of a file with bad ones.")
@data_option
@party_option
@json_option
@failures
def import_file(file: Path, kind: str | None, partial: bool, data_dir: Path, party: str, as_json: bool) -> None:
    """Import a CSV file; all of it or nothing, unless --partial. Repeating it changes nothing."""
    found = kind or _kind_of(file)
    with connect(data_dir, party) as client:
        response = client.registry.import_csv(found, file.read_bytes(), partial=partial)
    if as_json:
        print_json(document(response))
    else:
        if response.errors:
            rows = [(e.row, e.column, e.value, e.code, e.message) for e in response.errors]
            print_table(("row", "column", "value", "code", "message"), rows, right=(0,))
        click.echo(f"{response.accepted_count} accepted, {len(response.errors)} errors")
    if response.errors:
        fail_quietly(EXIT_CHECK)


@command.command("show")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("object_id", required=False)
@data_option
@party_option
@json_option
@failures
def show(kind: str, object_id: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Show one object, or all of a kind."""
    with connect(data_dir, party) as client:
        if object_id:
            state = client.registry.get(kind, object_id)
            states = [state] if state is not None else []
        else:
            states = list(client.registry.list(kind))
    if object_id and not states:
        click.echo(f"no {kind} {object_id}", err=True)
        fail_quietly(EXIT_CHECK)
    if as_json:
        print_json([document(state) for state in states])
        return
    for state in states:
        fields = document(getattr(state.entity, kind))
        name = fields.pop(f"{kind}_id", "")
        click.echo(f"{name}  v{state.version}  " + "  ".join(f"{key}={value}" for key, value in fields.items()))


@command.command("enrol")
@click.argument("participant")
@data_option
@json_option
@failures
def enrol(participant: str, data_dir: Path, as_json: bool) -> None:
    """Give a party credentials at the built-in issuer of this machine."""
    from flexbourse_cli.platform import AUDIENCE, issuer_url  # noqa: PLC0415
    from flexbourse_runtime.issuer import Issuer  # noqa: PLC0415

    path = Issuer(data_dir, AUDIENCE, url=issuer_url(data_dir)).enrol(participant)
    if as_json:
        print_json({"party": participant, "credentials": str(path)})
    else:
        click.echo(f"credentials of {participant}: {path}")


def _kind_of(file: Path) -> str:
    stem = file.stem.lower().replace("-", "_")
    for kind in KINDS:
        if stem in (kind, f"{kind}s"):
            return kind
    raise click.UsageError(f"say with --kind what the rows of {file.name} are: {', '.join(KINDS)}")
