"""The `flexbourse` command. Commands are imported when they are called, so that help comes at once."""

from __future__ import annotations

import os
import sys

import click

from flexbourse_cli.console import EXIT_INTERRUPTED
from flexbourse_cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "up": "Serve everything on this machine.",
    "demo": "Watch a village trade for a day.",
    "order": "Place, cancel and list orders.",
    "book": "Look at the order book.",
    "light": "Watch the traffic lights.",
    "capacity": "The DSO's capacity limits, and auctions of network capacity.",
    "feeders": "Show light, headroom and traded volume of each feeder.",
    "exchange": "What goes on to the energy exchange: release, withdraw, list, show.",
    "reservation": "Call for availability in EUR/MW/h, offer units, and bid.",
    "mfrr": "Offer units to the mFRR platform; list bids and activations.",
    "bidder": "Let a household's robot trade one unit.",
    "funds": "Deposit, hold, allot and withdraw money of participants.",
    "notary": "Show and attest results from elsewhere, and claims on units, as the chain has them.",
    "registry": "Import, show and enrol participants and their units.",
    "grid": "Check trades, tariffs and lights of a network from files.",
    "simulate": "Run a stand-in of the outside world to test a client against.",
    "verify": "Check a statement against the chain.",
    "shard": "State of shards, and an operator's orders to them.",
    "replay": "Fold every journal of a data folder and print the state hashes.",
    "doctor": "Say what this machine lacks.",
}


@click.group(
    cls=LazyGroup,
    package="flexbourse_cli.commands",
    modules=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="flexbourse-cli", prog_name="flexbourse")
def cli() -> None:
    """Flexbourse: an open exchange for the flexibility of electricity distribution networks."""


def main() -> None:
    """Run the command line; ends the process with a documented exit code."""
    # Products of a network's size are too small for threads of the algebra library, which wait for each other: beside
    # other load an order took twenty times as long. Read when numpy is first imported, here and in the services.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - the library knows no other way
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = EXIT_INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
