"""`flexbourse verify`: recompute a statement and compare it with the chain."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from flexbourse_cli.console import EXIT_CHECK, data_option, fail_quietly, failures, json_option, print_json


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--chain", "chain_url", default="", help="Any JSON-RPC node instead of the chain in the data folder.")
@json_option
@failures
def command(file: Path, data_dir: Path, chain_url: str, as_json: bool) -> None:
    """Recompute amounts, leaves and root of a statement and compare them with the chain.

    Ends with 0 where everything agrees, with 1 naming what differs.
    """
    from flexbourse_settlement.verification import verify_file  # noqa: PLC0415 - the chain takes seconds to import

    differences = verify_file(file, data_dir=data_dir, chain_url=chain_url)
    if as_json:
        print_json({"file": str(file), "ok": not differences, "differences": [asdict(d) for d in differences]})
    elif differences:
        for difference in differences:
            click.echo(str(difference))
    else:
        click.echo(f"{file.name}: every number is bound by the chain or recomputed")
    if differences:
        fail_quietly(EXIT_CHECK)
