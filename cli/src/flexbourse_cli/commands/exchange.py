"""`flexbourse exchange`: what goes on to the energy exchange."""

from __future__ import annotations

from pathlib import Path

import click

from flexbourse_cli.console import (
    connect,
    data_option,
    document,
    failures,
    json_option,
    party_option,
    print_json,
    print_table,
    results,
)


@click.group("exchange")
def command() -> None:
    """What goes on to the energy exchange."""


@command.command("show")
@data_option
@party_option
@json_option
@failures
def show(data_dir: Path, party: str, as_json: bool) -> None:
    """Show how the gateway stands, and what is left of own forwardable orders."""
    with connect(data_dir, party) as client:
        status, leftovers = client.exchange.status(), client.exchange.leftovers()
    if as_json:
        print_json({"status": document(status), "leftovers": [document(each) for each in leftovers]})
        return
    if not status.configured:
        click.echo("no exchange is configured: nothing is forwarded")
    else:
        market = status.market_status or "not known"
        click.echo(f"connected: {'yes' if status.connected else f'no, {status.reason}'}; market: {market}")
        click.echo(f"forwarding: {'yes' if status.forwarding else 'no'}; open orders: {status.open_orders}")
    rows = [
        (each.order.order_id, each.order.unit_id, _side(each.order.side), _kw(each.order.open_w), _kw(each.left_w),
         "withdrawn" if each.withdrawn else "released" if each.released else "waits")
        for each in leftovers
    ]  # fmt: skip
    print_table(("order", "unit", "side", "kW at closing", "kW left", "state"), rows)


@command.command("list")
@click.option("--area", default="", help="Default: all.")
@click.option("--open", "open_only", is_flag=True, help="Without what has ended.")
@data_option
@party_option
@json_option
@failures
def list_orders(area: str, open_only: bool, data_dir: Path, party: str, as_json: bool) -> None:
    """List orders on the exchange that hold own ones."""
    from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale  # noqa: PLC0415

    with connect(data_dir, party) as client:
        orders = client.exchange.orders(area, open_only=open_only)
    if as_json:
        print_json({"orders": [document(order) for order in orders]})
        return
    rows = [
        (order.intent_id, order.area_id, _side(order.terms.side), _kw(order.terms.quantity_w),
         f"{order.terms.price_ticks / 100:.2f}", _kw(order.filled_w),
         wholesale.Stage.Name(order.stage).removeprefix("STAGE_"))
        for order in orders
    ]  # fmt: skip
    print_table(("order", "area", "side", "kW", "EUR/MWh", "kW filled", "stage"), rows)


@command.command("release")
@click.argument("order_ids", nargs=-1, required=True)
@data_option
@party_option
@json_option
@failures
def release(order_ids: tuple[str, ...], data_dir: Path, party: str, as_json: bool) -> None:
    """Let what is left of own orders go on, once their books have closed."""
    with connect(data_dir, party) as client:
        receipt = client.exchange.release(order_ids)
    results(receipt, as_json, order_ids)


@command.command("withdraw")
@click.argument("order_ids", nargs=-1, required=True)
@data_option
@party_option
@json_option
@failures
def withdraw(order_ids: tuple[str, ...], data_dir: Path, party: str, as_json: bool) -> None:
    """Take back what is not filled of own orders; what stands on the exchange is cancelled there."""
    with connect(data_dir, party) as client:
        receipt = client.exchange.withdraw(order_ids)
    results(receipt, as_json, order_ids)


def _side(side: int) -> str:
    return {1: "buy", 2: "sell"}.get(side, "?")


def _kw(watts: int) -> str:
    return f"{watts / 1000:g}"
