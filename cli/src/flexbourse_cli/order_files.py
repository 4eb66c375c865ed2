"""`flexbourse order submit`: commands of orders from a file, as the contract has them; whatever an order can say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flexbourse_cli.console import EXIT_CHECK, area_option, client_options, connect, fail_quietly, results

if TYPE_CHECKING:
    from flexbourse.orderbook.v1 import orderbook_pb2

MAX_COMMANDS = 10_000
MAX_FILE_BYTES = 64 * 1024 * 1024


@click.command("submit")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@area_option
@client_options
def submit(file: Path, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Send commands of orders, one after the other: each line of FILE is a SubmitOrders of the contract, as JSON.

    So come curves and blocks of call auctions, linked and exclusive ones, icebergs, baskets. Of a wrong line nothing is
    sent, of no other line either.
    """
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    if file.stat().st_size > MAX_FILE_BYTES:
        raise click.UsageError(f"{file.name} holds more than {MAX_FILE_BYTES} bytes")
    try:
        commands = list(read_commands(file.read_text("utf-8")))
    except ValueError as error:
        raise click.UsageError(f"{file.name}, {error}") from None
    refused = False
    with connect(data_dir, party) as client:
        area_id = find_area(client, area).area_id
        for command in commands:
            receipt = client.orders.submit(
                area_id, command.orders, together=command.together, auction_block=command.auction_block,
                basket=command.basket,
            )  # fmt: skip
            try:
                results(receipt, as_json, [order.client_order_id for order in command.orders])
            except click.exceptions.Exit:  # what was refused is said; the lines behind it are decided, too
                refused = True
    if refused:
        fail_quietly(EXIT_CHECK)


def read_commands(text: str) -> Iterator[orderbook_pb2.SubmitOrders]:
    """Yield the commands of a file; raises ValueError that names the line, for what is no command or holds no order."""
    from google.protobuf.json_format import ParseDict, ParseError  # noqa: PLC0415

    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not 0 < len(lines) <= MAX_COMMANDS:
        raise ValueError(f"{len(lines)} lines: 1 to {MAX_COMMANDS} commands are sent at once")
    for number, line in lines:
        try:
            found = ParseDict(json.loads(line), orderbook_pb2.SubmitOrders())
        except (ValueError, ParseError, RecursionError, AttributeError, TypeError) as error:
            raise ValueError(f"line {number}: {error}") from None
        if not found.orders:
            raise ValueError(f"line {number}: a command holds at least one order")
        yield found
