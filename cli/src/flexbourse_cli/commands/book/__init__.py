"""`flexbourse book`: look at the order book, operate it, run one from a file. Commands are imported when called."""

from __future__ import annotations

import click

from flexbourse_cli.lazy import LazyGroup

COMMANDS = {
    "show": "Show the book of a period as a node sees it, or its best as many nodes see it.",
    "hit": "Trade with one resting order, or a level, where the market does not match by itself.",
    "bilateral": "Propose trades that were agreed upon off the book, confirm or decline them.",
    "halt": "Halt the book of a period, a market, or the area.",
    "resume": "Let go on what was halted.",
    "cancel-for": "Cancel orders of others: by id, of a party, of a market or a period, or all.",
    "stop": "The kill switch: cancel all orders of a participant, and let none enter until he is released.",
    "recall": "Take a trade back, within its market's window.",
    "spread": "Pair orders over two locations and pay what they do not agree on; operators only.",
    "replay": "Run a file of commands through the book, with nothing else running.",
    "auction": "Clear a file of orders as one call auction.",
    "auctions": "Show the call auctions of a market that were held, the latest first.",
    "pools": "Show the pools that were cleared, the latest first: price, volume, remainder and cuts.",
}


@click.group(cls=LazyGroup, package=__name__, modules=COMMANDS)
def command() -> None:
    """Look at the order book, operate it, and run one from a file."""
