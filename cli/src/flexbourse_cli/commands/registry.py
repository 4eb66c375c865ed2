"""`flexbourse registry`: import, show, enrol."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import (
    EXIT_CHECK,
    client_options,
    connect,
    data_option,
    document,
    fail_quietly,
    failures,
    json_option,
    print_json,
    progress_bar,
    results,
)
from flexbourse_cli.uploads import annotated_option, report_upload

KINDS = ("participant", "metering_point", "unit", "portfolio", "area", "market", "right", "enrolment")
STEPS = (
    "request-grid", "ask-grid", "answer-grid", "approve-grid", "refuse-grid", "request-product", "ask-product",
    "answer-product", "order-test", "record-test", "refuse-product", "activate", "suspend", "resume", "retire",
)  # fmt: skip
PRODUCT_TYPES = ("energy", "congestion", "voltage", "reservation", "mfrr")
SUSPENSIONS = (
    "unsafe-operation", "breach-of-conditions", "failed-verification", "communication", "own-wish", "other",
)  # fmt: skip


@click.group("registry")
def command() -> None:
    """Import, show and enrol participants and their units."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), help="What the rows are; default: the file's name.")
@click.option("--partial", is_flag=True, help="Take the good rows of a file with bad ones.")
@annotated_option
@client_options
def import_file(
    file: Path, kind: str | None, partial: bool, annotated: Path | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Import a CSV, XLSX or XML file; all of it or nothing, unless --partial. Repeating it changes nothing."""
    from flexbourse_client.bulk import upload_objects  # noqa: PLC0415

    found = kind or _kind_of(file)
    with connect(data_dir, party) as client, progress_bar(f"importing {file.name}") as progress:
        done = upload_objects(client.registry, found, file.read_bytes(), partial=partial, progress=progress)
    report_upload(done, annotated, as_json=as_json)


@command.command("follow")
@click.argument("source")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Default: all that the source keeps.")
@click.option(
    "--map", "mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON: {"unit": {our column: theirs, or "=" and a constant}}.',
)  # fmt: skip
@click.option(
    "--token", "token_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the bearer token of a REST source.",
)  # fmt: skip
@click.option(
    "--every", "every_s", type=click.FloatRange(1, 86_400), help="Look again after so many seconds, for ever."
)
@client_options
def follow(
    source: str,
    kinds: tuple[str, ...],
    mapping: Path | None,
    token_file: Path | None,
    every_s: float | None,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Keep in step with an external registry: a folder of files, or the address of a REST service."""
    from flexbourse_cli.following import Following  # noqa: PLC0415

    following = Following(source, kinds or KINDS, mapping, token_file, data_dir)
    with connect(data_dir, party) as client:
        while True:
            errors = following.look(client, as_json=as_json)
            if every_s is None:
                break
            time.sleep(every_s)
    if errors:
        fail_quietly(EXIT_CHECK)


@command.command("step")
@click.argument("units", nargs=-1, required=True)
@click.option("--kind", "kind", type=click.Choice(STEPS), required=True, help="The step.")
@click.option("--text", default="", help="The question, the answer or the reason.")
@click.option("--product", type=click.Choice(PRODUCT_TYPES), help="Of steps of a product.")
@click.option("--reason", type=click.Choice(SUSPENSIONS), help="Of a suspension.")
@click.option("--max-w", type=int, help="Of an approval: most the unit may inject.")
@click.option("--min-w", type=int, help="Of an approval: least it may inject; negative: most it may consume.")
@click.option("--until", help="Of an approval: its end, 2026-12-31T23:00:00Z.")
@click.option("--temporary", is_flag=True, help="Of an approval: it ends when its cause does.")
@click.option("--terms", nargs=5, type=int, metavar="W ANSWER_S RESPONSE_S SUSTAIN_S PERMILLE", help="Of a test.")
@click.option(
    "--seen", nargs=5, type=int, metavar="INSTRUCTED ACKNOWLEDGED REACHED SUSTAINED_TO W",
    help="Of a test's record: four moments in ms since 1970, and the least power.",
)  # fmt: skip
@client_options
def step(units: tuple[str, ...], data_dir: Path, party: str, as_json: bool, **content: Any) -> None:
    """Take units further in their life: prequalification, test, activation, suspension, retirement."""
    from flexbourse_cli.unit_steps import step_of  # noqa: PLC0415

    try:
        steps = [step_of(unit, **content) for unit in units]
    except ValueError as error:
        raise click.UsageError(f"--until is {error}") from None
    with connect(data_dir, party) as client:
        receipt = client.registry.advance(steps)
    results(receipt, as_json)


@command.command("show")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("object_id", required=False)
@client_options
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
