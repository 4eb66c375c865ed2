"""What every command shares: options, output as text or as one JSON document, exit codes."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

EXIT_CHECK = 1
EXIT_USAGE = 2
EXIT_NOT_REACHED = 3
EXIT_REFUSED = 4
EXIT_BUG = 70
EXIT_INTERRUPTED = 130
DEFAULT_DATA_DIR = "var/flexbourse"

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Command = Callable[..., Any]

data_option = click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_DATA_DIR,
    show_default=True,
    help="Data folder of the platform.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
party_option = click.option("--party", default="operator", show_default=True, help="Who asks.")
area_option = click.option("--area", help="Default: the only one.")


class Failure(click.ClickException):
    """A command that did not do what was asked; its exit code says why."""

    def __init__(self, message: str, exit_code: int, document: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the instance
        self.document = {"error": message, **(document or {})}
        context = click.get_current_context(silent=True)
        self._as_json = context is not None and bool(context.params.get("as_json"))

    def show(self, file: Any = None) -> None:
        """Print the message, or the document where JSON was asked for."""
        if self._as_json:
            print_json(self.document)
        else:
            click.echo(f"error: {self.message}", err=True, file=file)


def keep_apart(read: Path, written: Path | None) -> None:
    """Refuse to write what a command makes over the file that it reads."""
    if written is not None and written.exists() and read.exists() and written.samefile(read):
        raise click.UsageError(f"--out is {read}, the file that is read: its lines would be lost")


def print_json(document: Any) -> None:
    """Print a document on standard output."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Print rows under a header, names as they are; columns in `right` are aligned to the right."""
    from rich.console import Console  # noqa: PLC0415 - slow, and not needed with --json
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(header):
        table.add_column(Text(name), justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160).print(table)


def with_progress(
    items: Iterable[Result], total: int, what: str, name: Callable[[Result], str] | None = None
) -> Iterator[Result]:
    """Pass items on, with a bar on the terminal's error stream while that takes; `name` says what came last."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        for item in items:
            progress.update(task, advance=1, description=name(item) if name else what)
            yield item


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the terminal's error stream; what is yielded takes how much is done, and of how much."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield show


def document(message: Any) -> dict[str, Any]:
    """Return a protobuf message as JSON, with the names of the contract."""
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415

    found: dict[str, Any] = MessageToDict(message, preserving_proto_field_name=True)
    return found


def explain(rejection: Any) -> str:
    """Return a rejection as one line: code, rule, element, value and limit."""
    parts = [f"{rejection.code}: {rejection.rule}"]
    if rejection.field:
        parts.append(f"field {rejection.field}")
    if rejection.element:
        parts.append(rejection.element)
    units = {"value": rejection.unit, "limit": rejection.unit, "headroom_w": "W"}
    parts += [
        f"{name.removesuffix('_w')} {getattr(rejection, name)} {unit}".rstrip()
        for name, unit in units.items()
        if rejection.HasField(name)
    ]
    best = rejection.next_best
    if best.HasField("quantity_w"):
        parts.append(f"{best.quantity_w} W fit now")
    if best.nearest_node_id:
        parts.append(f"room at {best.nearest_node_id}")
    return ", ".join(parts)


def failures(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Turn what a command may raise into its documented exit code."""

    @functools.wraps(command)
    def guarded(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        from flexbourse_client import errors  # noqa: PLC0415
        from flexbourse_core.errors import ConfigurationError, TransientError  # noqa: PLC0415

        try:
            return command(*arguments, **named)
        except ConfigurationError as error:
            raise Failure(str(error), EXIT_USAGE) from None
        except errors.NotAuthenticatedError as error:
            raise Failure(str(error), EXIT_REFUSED) from None
        except (errors.NotDecidedError, TransientError) as error:
            raise Failure(str(error), EXIT_NOT_REACHED) from None
        except errors.RefusedError as error:
            lines = [explain(rejection) for rejection in error.rejections]
            found = {"rejections": [document(rejection) for rejection in error.rejections]}
            denied = any(rejection.number < 2000 for rejection in error.rejections)
            raise Failure("\n".join(lines), EXIT_REFUSED if denied else EXIT_CHECK, found) from None
        except errors.FlexbourseError as error:
            raise Failure(str(error), EXIT_NOT_REACHED) from None

    return guarded


def client_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what everything takes that asks a platform: data folder, party, form of the output, exit codes."""
    for option in (failures, json_option, party_option, data_option):
        command = option(command)
    return command


def connect(data_dir: Path, party: str) -> Any:
    """Return a client of the platform that runs on a data folder; raises Failure where none does."""
    from flexbourse_client.client import Client  # noqa: PLC0415

    try:
        return Client.of(data_dir, party)
    except FileNotFoundError as error:
        name = Path(str(error.filename)).name
        if name.startswith("endpoints"):
            message = f"no platform runs on {data_dir}: start one with `flexbourse up --data {data_dir}`"
            raise Failure(message, EXIT_NOT_REACHED) from None
        message = f"no credentials of {party}: `flexbourse registry enrol {party} --data {data_dir}`"
        raise Failure(message, EXIT_REFUSED) from None


def results(receipt: Any, as_json: bool, names: Sequence[str] = ()) -> None:
    """Print a receipt's results, one line each; raises Failure where an entry was refused."""
    answer = receipt.answer
    refused = [result for result in answer.results if result.HasField("rejection")]
    if as_json:
        print_json(document(receipt))
    elif not receipt.HasField("answer"):
        click.echo(f"command {receipt.command_id} waits for its step")
    else:
        for index, result in enumerate(answer.results):
            head = names[index] if index < len(names) else result.id
            refusal = f"refused, {explain(result.rejection)}"
            told = f"{head}: {refusal}" if head else refusal
            click.echo(told if result.HasField("rejection") else result.id)
    if refused:
        fail_quietly(EXIT_CHECK)


def fail_quietly(exit_code: int) -> NoReturn:
    """End the command with an exit code; what is wrong was printed already."""
    raise click.exceptions.Exit(exit_code)
