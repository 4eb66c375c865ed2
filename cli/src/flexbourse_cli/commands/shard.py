"""`flexbourse shard`: state of the shards, and an operator's orders to a halted one."""

from __future__ import annotations

from pathlib import Path

import click

from flexbourse_cli.console import client_options, connect, document, print_json, print_table, results


@click.group("shard")
def command() -> None:
    """State of shards, and an operator's orders to them."""


@command.command("status")
@client_options
def status(data_dir: Path, party: str, as_json: bool) -> None:
    """Show every shard: state, journal, time, and why it is halted."""
    with connect(data_dir, party) as client:
        shards = client.shards()
    if as_json:
        print_json([document(shard) for shard in shards])
        return
    rows = [(f"{s.context}/{s.shard}", s.state, s.journal_offset, s.step or "", s.reason) for s in shards]
    print_table(("shard", "state", "journal", "step", "reason"), rows, right=(2, 3))


@command.command("skip")
@click.argument("shard")
@click.option("--reason", required=True, help="Why; it is journaled.")
@client_options
def skip(shard: str, reason: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Set the input aside that halted SHARD (context/number); it goes to the dead letters."""
    from flexbourse.log.v1 import log_pb2  # noqa: PLC0415

    order = log_pb2.ControlCommand(reason=reason, skip=log_pb2.SkipInput())
    _order(shard, order, data_dir, party, as_json=as_json)


@command.command("resume")
@click.argument("shard")
@click.option("--reason", required=True, help="Why; it is journaled.")
@client_options
def resume(shard: str, reason: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Try the input that halted SHARD (context/number) once more."""
    from flexbourse.log.v1 import log_pb2  # noqa: PLC0415

    order = log_pb2.ControlCommand(reason=reason, resume=log_pb2.Resume())
    _order(shard, order, data_dir, party, as_json=as_json)


@command.command("confirm-time")
@click.argument("shard")
@click.option("--at-ms", type=int, required=True, help="The right time, in milliseconds since 1970 UTC.")
@click.option("--reason", required=True, help="Why; it is journaled.")
@client_options
def confirm_time(shard: str, at_ms: int, reason: str, data_dir: Path, party: str, as_json: bool) -> None:
    """Say that the clock's jump which halted SHARD (context/number) is right."""
    from flexbourse.log.v1 import log_pb2  # noqa: PLC0415

    order = log_pb2.ControlCommand(reason=reason, confirm_time=log_pb2.ConfirmTime(at_ms=at_ms))
    _order(shard, order, data_dir, party, as_json=as_json)


def _order(shard: str, order: object, data_dir: Path, party: str, *, as_json: bool) -> None:
    context, _, number = shard.partition("/")
    if not number.isdigit():
        raise click.UsageError(f"a shard is named context/number, not {shard!r}")
    with connect(data_dir, party) as client:
        receipt = client.control_shard(context, int(number), order)
    results(receipt, as_json, [shard])
