"""`flexbourse book auction`: a file of orders as one call auction, with nothing else running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flexbourse_cli.console import EXIT_BUG, EXIT_CHECK, Failure, failures, json_option, keep_apart, print_json
from flexbourse_cli.gridstudy.options import FILE

if TYPE_CHECKING:
    from flexbourse_auction.search import NoPricesError


@click.command("auction")
@click.argument("file", type=FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The result, one JSON object a line.")
@click.option("--pricing", type=click.Choice(("pay-as-clear", "pay-as-bid")), default="pay-as-clear", show_default=True)
@click.option("--margin", type=click.Choice(("pro-rata", "time")), default="pro-rata", show_default=True)
@click.option("--rows", "rows_file", type=FILE, help="Linear limits of a network; prices are then per node.")
@click.option("--lowest-ticks", default=-50_000, show_default=True, help="Lowest price that may be asked for.")
@click.option("--highest-ticks", default=400_000, show_default=True, help="Highest price that may be asked for.")
@click.option("--tick", "tick_micro_euro", default=10_000, show_default=True, help="A tick in µEUR per MWh.")
@click.option("--mtu-seconds", default=900, show_default=True)
@click.option("--max-nodes", default=20_000, show_default=True, help="Where the search for blocks ends.")
@click.option("--max-seconds", default=60.0, show_default=True, help="Where it ends at the latest.")
@json_option
@failures
def command(
    file: Path, out: Path | None, pricing: str, margin: str, rows_file: Path | None, lowest_ticks: int,
    highest_ticks: int, tick_micro_euro: int, mtu_seconds: int, max_nodes: int, max_seconds: float, as_json: bool,
) -> None:  # fmt: skip
    """Clear FILE's orders as one call auction.

    FILE is CSV with a header, or NDJSON; docs/auctions.md has the columns, what stands for one that is missing, and the
    rules with examples. The result is checked against the rules by code of its own before it is shown.
    """
    from flexbourse_auction.clear import clear  # noqa: PLC0415
    from flexbourse_auction.problems import OrdersError  # noqa: PLC0415
    from flexbourse_auction.rules import Margin, Pricing, Rules  # noqa: PLC0415
    from flexbourse_auction.search import NoPricesError  # noqa: PLC0415
    from flexbourse_auction.validate import validate  # noqa: PLC0415
    from flexbourse_cli.auction_file import read_network_rows, read_orders  # noqa: PLC0415
    from flexbourse_cli.auction_report import records, show, write  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415

    for read in (file, *([rows_file] if rows_file else ())):
        keep_apart(read, out)
    problems = Problems()
    orders, begins = read_orders(file, problems)
    rows = read_network_rows(rows_file, problems) if rows_file else ()
    problems.stop()
    rules = Rules(
        Pricing(pricing),
        Margin(margin),
        lowest_ticks,
        highest_ticks,
        tick_micro_euro,
        mtu_seconds,
        max_nodes,
        max_seconds,
    )
    try:
        result = clear(orders, rules, rows)
    except OrdersError as error:
        for problem in error.problems:
            rule = f"{problem.rule} ({problem.order_id})" if problem.order_id else problem.rule
            problems.add(file, begins.get(problem.order_id, 0), problem.field, problem.value, rule)
        problems.stop()
        raise
    except NoPricesError as error:
        raise _without_result(error, max_seconds) from None
    broken = validate(orders, result, rows)
    if broken:
        raise Failure("the result breaks its own rules: " + "; ".join(broken), EXIT_BUG)
    if out is not None:
        write(out, orders, result)
    if as_json:
        print_json(list(records(orders, result)))
    else:
        show(orders, result)


def _without_result(error: NoPricesError, max_seconds: float) -> Failure:
    """Return what is said where not even one set of trades was found that prices support: nobody trades."""
    more = (
        f"not one result that prices support was found in {max_seconds:g} s of the solver: allow --max-seconds more"
        if error.timed_out
        else "no prices support any result in which all blocks without a minimum are served or set the price"
    )
    text = f"nothing trades: {more}; --pricing pay-as-bid needs no prices"
    found = {"record": "auction", "volume_w": 0, "proven": not error.timed_out, "timed_out": error.timed_out}
    return Failure(text, EXIT_CHECK, found)
