"""The `flexbourse` command. Commands are imported when they are called, so that help comes at once."""

from __future__ import annotations

import importlib
import sys

import click

from flexbourse_cli.console import EXIT_INTERRUPTED

COMMANDS: dict[str, str] = {
    "up": "Serve everything on this machine.",
    "demo": "Watch a village trade for a day.",
    "order": "Place, cancel and list orders.",
    "book": "Look at the order book.",
    "light": "Watch the traffic lights.",
    "bidder": "Let a household's robot trade one unit.",
    "registry": "Import, show and enrol participants and their units.",
    "verify": "Check a statement against the chain.",
    "shard": "State of shards, and an operator's orders to them.",
    "replay": "Fold every journal of a data folder and print the state hashes.",
    "doctor": "Say what this machine lacks.",
}


class LazyGroup(click.Group):
    """A group whose commands lie in `flexbourse_cli.commands`, one module each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the README."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command's module and return its command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"flexbourse_cli.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="flexbourse-cli", prog_name="flexbourse")
def cli() -> None:
    """Flexbourse: an open exchange for the flexibility of electricity distribution networks."""


def main() -> None:
    """Run the command line; ends the process with a documented exit code."""
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
