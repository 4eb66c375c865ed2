"""`flexbourse simulate`: stand-ins of the outside world to test clients against; each is a program of its own."""

from __future__ import annotations

import click

from flexbourse_cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "exchange": "An energy exchange: intraday orders over REST and WebSocket, day-ahead auction, faults by script.",
    "mfrr": "An mFRR platform: bids, acknowledgements, activation orders, prices as IEC 62325 documents.",
}


@click.group(cls=LazyGroup, package=__name__, modules=COMMANDS)
def command() -> None:
    """Run a stand-in of the outside world: a program of its own that speaks a public protocol."""
