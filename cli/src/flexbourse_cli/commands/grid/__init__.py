"""`flexbourse grid`: grid studies from files, without a platform; each command is a module of this package."""

from __future__ import annotations

import click

from flexbourse_cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "check": "Say of each trade whether the network carries it, how much it would, and what it costs.",
    "phases": "Check trades of single-phase connections, phase by phase, and say what a balanced check overlooks.",
    "qmax": "Find the largest quantity between two buses, and the element that ends it.",
    "tariff": "Print the nodal tariff and the price between each two buses.",
    "light": "Print the traffic light of every feeder through a profile, with cause and headroom.",
    "plot": "Draw the network, coloured by loading and voltage.",
    "relief": "Find the cheapest offers that bring a network back inside its limits.",
    "continuous": "Match requests and offers of flexibility in the order in which they arrive.",
}


@click.group(cls=LazyGroup, package=__name__, modules=COMMANDS)
def command() -> None:
    """Check trades, tariffs and traffic lights of a network from files, without a platform."""
