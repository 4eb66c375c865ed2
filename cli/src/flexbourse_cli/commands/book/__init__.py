"""`flexbourse book`: look at the order book, and run one from a file. Commands are imported when they are called."""

from __future__ import annotations

import click

from flexbourse_cli.lazy import LazyGroup

COMMANDS = {
    "show": "Show the book of a period as a node sees it, or its best as many nodes see it.",
    "replay": "Run a file of commands through the book, with nothing else running.",
}


@click.group(cls=LazyGroup, package=__name__, modules=COMMANDS)
def command() -> None:
    """Look at the order book, and run one from a file."""
