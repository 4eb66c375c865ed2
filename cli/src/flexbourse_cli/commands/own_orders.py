"""`flexbourse order replace | hibernate | reactivate | cancel-all | session`: a party's orders while they stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.commands.book.scope import at_option, market_option, period_of
from flexbourse_cli.console import area_option, client_options, connect, results

PRODUCT_NAMES = ("local-energy", "flex-up", "flex-down", "flex-reactive-up", "flex-reactive-down")
order_ids_argument = click.argument("order_ids", nargs=-1, required=True)


@click.command("replace")
@click.argument("order_id")
@click.option(
    "--kw", help="The new open power; default: as it is listed now. Less at the same price keeps the order's place."
)
@click.option("--ct", help="The new limit in ct/kWh; default: as it is.")
@click.option("--revision", type=click.IntRange(1), help="The order as you know it; default: as it is listed now.")
@area_option
@client_options
def replace(
    order_id: str, kw: str | None, ct: str | None, revision: int | None, area: str | None, data_dir: Path, party: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Change power or limit of a resting order; refused where some of it matches meanwhile."""
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    if kw is None and ct is None:
        raise click.UsageError("say what is new with --kw or --ct")
    with connect(data_dir, party) as client:
        area_id = find_area(client, area).area_id
        order = next((own for own in client.orders.list(area_id, open_only=True) if own.order_id == order_id), None)
        if order is None:
            raise click.UsageError(f"ORDER_ID: {order_id} is none of the open orders of {party}")
        tick = client.registry.get("market", order.market_id).entity.market.price_tick_micro_euro_per_mwh
        try:
            quantity_w = order.open_w if kw is None else units.watts(kw)
            limit_price_ticks = order.limit_price_ticks if ct is None else units.ticks(ct, tick)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        receipt = client.orders.replace(
            area_id, order_id, quantity_w=quantity_w, limit_price_ticks=limit_price_ticks,
            expected_revision=revision or order.revision, expected_open_w=order.open_w,
        )  # fmt: skip
    results(receipt, as_json, (order_id,))


@click.command("hibernate")
@order_ids_argument
@area_option
@client_options
def hibernate(order_ids: tuple[str, ...], area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Take resting orders out of the book, until they are reactivated or their book closes."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    _manage(
        data_dir, party, area, lambda *_: orderbook_pb2.HibernateOrders(order_ids=order_ids), as_json=as_json,
        names=order_ids,
    )  # fmt: skip


@click.command("reactivate")
@order_ids_argument
@area_option
@client_options
def reactivate(order_ids: tuple[str, ...], area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Let hibernated orders come back, each with a new time, where there is room for it."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    _manage(
        data_dir, party, area, lambda *_: orderbook_pb2.ReactivateOrders(order_ids=order_ids), as_json=as_json,
        names=order_ids,
    )  # fmt: skip


@click.command("cancel-all")
@market_option
@click.option("--product", type=click.Choice(PRODUCT_NAMES), help="Default: all.")
@at_option
@area_option
@client_options
def cancel_all(
    market_id: str, product: str | None, start: str | None, area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Cancel all own orders of the area, or of a market, a product or a period in it, at most 2000 at once."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli.markets import PRODUCTS  # noqa: PLC0415

    def make(client: Any, zone: str) -> orderbook_pb2.CancelAll:
        return orderbook_pb2.CancelAll(
            market_id=market_id, product=PRODUCTS[product] if product else 0,
            mtu=period_of(client, start, market_id, zone),
        )  # fmt: skip

    _manage(data_dir, party, area, make, as_json=as_json)


@click.command("session")
@click.argument("session_id")
@click.option(
    "--seconds", type=click.FloatRange(0, 86_400), default=60.0, show_default=True,
    help="It lapses so long after this, unless it is kept again; 0: it ends now.",
)  # fmt: skip
@area_option
@client_options
def session(session_id: str, seconds: float, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Open a session, or keep it open: when it lapses, the orders that name it are cancelled."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    kept = orderbook_pb2.KeepSession(session_id=session_id, timeout_ms=round(seconds * 1000))
    _manage(data_dir, party, area, lambda *_: kept, as_json=as_json, names=(session_id,))


COMMANDS = (replace, hibernate, reactivate, cancel_all, session)


def _manage(
    data_dir: Path, party: str, area: str | None, make: Callable[[Any, str], Any], *, as_json: bool,
    names: tuple[str, ...] = (),
) -> None:  # fmt: skip
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        receipt = client.orders.manage(found.area_id, make(client, found.time_zone))
    results(receipt, as_json, names)
