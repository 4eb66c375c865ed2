"""What became of an uploaded file, as it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flexbourse_cli.console import EXIT_CHECK, document, fail_quietly, print_json, print_table

if TYPE_CHECKING:
    from flexbourse_client.bulk import Uploaded

MAX_SHOWN = 50

annotated_option = click.option(
    "--annotated",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the file back to here, with what became of each row.",
)


def report_upload(done: Uploaded, annotated: Path | None, *, as_json: bool) -> None:
    """Show what became of a file; ends with the code of a failed check where a row was refused."""
    if annotated is not None:
        annotated.write_bytes(done.annotated())
    counts = {"accepted_count": done.accepted_count, "changed_count": done.changed_count}
    if as_json:
        print_json({**counts, "errors": [document(error) for error in done.errors]})
    else:
        if done.errors:
            shown = done.errors[:MAX_SHOWN]
            rows = [(e.row, e.column, e.value, e.code, e.message) for e in shown]
            print_table(("row", "column", "value", "code", "message"), rows, right=(0,))
        if len(done.errors) > MAX_SHOWN:
            click.echo(f"and {len(done.errors) - MAX_SHOWN} more: --annotated FILE has all of them")
        click.echo(f"{done.accepted_count} accepted, {done.changed_count} changed, {len(done.errors)} errors")
    if done.errors:
        fail_quietly(EXIT_CHECK)
