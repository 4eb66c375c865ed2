"""`flexbourse book stop`: the kill switch of a participant."""

from __future__ import annotations

from pathlib import Path

import click

from flexbourse_cli.commands.book.scope import operator_options
from flexbourse_cli.console import connect, results


@click.command("stop")
@click.argument("participant_id")
@click.option("--release", is_flag=True, help="Instead: let him trade again.")
@operator_options
def command(
    participant_id: str, release: bool, reason: str, area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Cancel all orders of a participant and let none enter until he is released.

    He himself may, the area's DSO and the market operator; whom an operator stopped an operator releases.
    """
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    switch = orderbook_pb2.SetKillSwitch(participant_id=participant_id, engaged=not release, reason=reason)
    with connect(data_dir, party) as client:
        receipt = client.orders.manage(find_area(client, area).area_id, switch)
    results(receipt, as_json, (participant_id,))
