"""`flexbourse simulate mfrr`: hands its arguments to the program flexbourse_mfrr_simulator."""

from __future__ import annotations

import click

from flexbourse_cli.console import fail_quietly


@click.command("mfrr", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run an mFRR platform to test a client against; --help lists its options."""
    from flexbourse_mfrr_simulator.__main__ import main  # noqa: PLC0415 - a program of its own

    if code := main(arguments):
        fail_quietly(code)
