"""`flexbourse book auction`: files in, tables and lines out; what is wrong with a file is named all at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse_auction import clear as auction_clear
from flexbourse_auction.linear import Answer, Meter
from flexbourse_auction.search import NoPricesError
from flexbourse_cli.main import cli

# The example of docs/auctions.md: a block that the price of the first period supports.
BLOCK_CSV = """order_id,kind,side,mtu,price_ticks,quantity_w
b1,curve,buy,0,10000,50000000
b2,curve,buy,900,10000,50000000
s1,curve,sell,0,2000,30000000
s2,curve,sell,0,7000,40000000
s3,curve,sell,900,3000,60000000
block,block,sell,0,4500,20000000
block,block,sell,900,4500,20000000
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["book", "auction", *map(str, arguments)], catch_exceptions=False)


def documents(file: Path, *options: str | Path) -> list[dict[str, Any]]:
    done = run(file, "--json", *options)
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def of(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [record for record in found if record["record"] == kind]


@pytest.fixture
def block_file(tmp_path: Path) -> Path:
    file = tmp_path / "orders.csv"
    file.write_text(BLOCK_CSV)
    return file


def test_prices_acceptance_and_welfare_come_out(block_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.ndjson"
    done = run(block_file, "--out", out)
    assert done.exit_code == 0
    assert "welfare 1675.000000 EUR" in done.stdout
    assert "proven the best" in done.stdout
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert lines == documents(block_file)
    assert [price["price_ticks"] for price in of(lines, "price")] == [6_500, 3_000]
    assert {order["order_id"]: order["accepted_w"] for order in of(lines, "order")} == {
        "b1": 50_000_000, "b2": 50_000_000, "block": 20_000_000, "s1": 30_000_000, "s2": 0, "s3": 30_000_000,
    }  # fmt: skip
    assert of(lines, "block")[0]["surplus_micro_euro"] == 25_000_000


def test_ndjson_says_the_same(block_file: Path, tmp_path: Path) -> None:
    header, *rows = (line.split(",") for line in BLOCK_CSV.splitlines())
    file = tmp_path / "orders.ndjson"
    objects = [dict(zip(header, row, strict=True)) for row in rows]
    for found in objects:
        found["mtu"] = int(found["mtu"])  # type: ignore[assignment]
    file.write_text("\n".join(json.dumps(found) for found in objects))
    assert documents(file) == documents(block_file)


def test_as_bid_nobody_is_given_a_price(block_file: Path) -> None:
    found = documents(block_file, "--pricing", "pay-as-bid")
    assert [price["price_ticks"] for price in of(found, "price")] == [None, None]
    assert found[0]["income_micro_euro"] == found[0]["welfare_micro_euro"] == 1_675_000_000


def test_what_is_missing_has_its_default(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("side,price_ticks\nbuy,50\nsell,\n")
    found = documents(file)
    assert [(o["order_id"], o["product"], o["mtu"], o["offered_w"]) for o in of(found, "order")] == [
        ("line-2", "local-energy", 0, 1_000), ("line-3", "local-energy", 0, 1_000),
    ]  # fmt: skip
    assert of(found, "price")[0]["price_ticks"] == 25


def test_curves_of_several_segments_and_straight_lines(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,side,price_ticks,end_price_ticks,quantity_w\n"
        "demand,buy,10000,0,100000\nsupply,sell,0,6000,90000\nsupply,sell,6000,,5000\n"
    )
    found = documents(file)
    assert of(found, "price")[0]["price_ticks"] == 4_000
    assert found[0]["volume_w"] == 60_000


def test_rows_of_a_network_give_prices_per_node(tmp_path: Path) -> None:
    file, rows = tmp_path / "orders.csv", tmp_path / "rows.csv"
    file.write_text(
        "order_id,side,price_ticks,quantity_w,node\nwant,buy,9000,20000,B\nfar,sell,2000,20000,A\nnear,sell,6000,20000,B\n"
    )
    rows.write_text("row_id,limit_w,node,coefficient\nline,8000,A,1\n")
    found = documents(file, "--rows", rows)
    assert {price["node"]: price["price_ticks"] for price in of(found, "price")} == {"A": 2_000, "B": 6_000}
    assert of(found, "row")[0]["value_w"] == 8_000


def problems(file: Path, *options: str) -> list[tuple[int, str, str]]:
    done = run(file, "--json", *options)
    assert done.exit_code == 2, done.output
    found = json.loads(done.stdout)["problems"]
    assert all(problem["rule"] for problem in found)
    return [(problem["row"], problem["column"], problem["value"]) for problem in found]


# file, what is wrong: row, column, value
BROKEN = [
    ("order_id,colour\na,red\n", [(1, "colour", "")]),
    ("side,quantity_w,price_ticks\nboth,0,1.5\n",
     [(2, "side", "both"), (2, "quantity_w", "0"), (2, "price_ticks", "1.5")]),
    ("quantity_w\n100000000001\n-1\n1e3\n",
     [(2, "quantity_w", "100000000001"), (3, "quantity_w", "-1"), (4, "quantity_w", "1e3")]),
    ("order_id,mtu\na,0\na,900\n", [(3, "mtu", "900")]),
    ("order_id,side\na,buy\na,sell\n", [(3, "side", "sell")]),
    ("order_id,kind,price_ticks,mtu\na,block,5,0\na,block,6,900\n", [(3, "price_ticks", "6")]),
    ("order_id,kind,end_price_ticks\na,block,5\n", [(2, "end_price_ticks", "5")]),
    ("order_id,kind,parent\na,curve,b\n", [(2, "parent", "b")]),
    ("order_id,kind,parent\nx,curve,\na,block,b\n", [(3, "parent", "b")]),
    ("order_id,kind,minimum_ppm\na,block,1000001\n", [(2, "minimum_ppm", "1000001")]),
    ("order_id,side,price_ticks\nx,buy,5\na,sell,500000\n", [(3, "price_ticks", "500000")]),
    ("order_id,side,price_ticks\na,sell,9\na,sell,8\n", [(2, "segments", "[9, 8, 8]")]),
    ("", [(0, "", "")]),
    ("order_id,side\n", [(0, "", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_what_is_wrong_is_named_by_line_and_column(
    text: str, expected: list[tuple[int, str, str]], tmp_path: Path
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(text)
    assert sorted(problems(file)) == sorted(expected)


def test_broken_ndjson(tmp_path: Path) -> None:
    file = tmp_path / "orders.ndjson"
    file.write_text('{"side": "buy"}\nnot json\n[1]\n{"colour": 1}\n{"quantity_w": [1]}\n{"quantity_w": true}\n')
    found = problems(file)
    assert [(row, column) for row, column, _ in found][:3] == [(2, ""), (3, ""), (4, "colour")]
    assert {row for row, *_ in found} == {2, 3, 4, 5, 6}


def test_a_name_that_stands_twice_in_an_object_is_named(tmp_path: Path) -> None:
    file = tmp_path / "orders.ndjson"
    file.write_text('{"side": "buy", "side": "sell"}\n')
    assert problems(file) == [(1, "side", "")]


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    file, rows = tmp_path / "orders.csv", tmp_path / "rows.csv"
    file.write_text("side\nbuy\n")
    rows.write_text("row_id,limit_w,node\nline,5,A\n")
    for out in (file, rows):
        kept = out.read_text()
        done = run(file, "--rows", rows, "--out", out)
        assert (done.exit_code, "its lines would be lost" in done.stderr) == (2, True)
        assert out.read_text() == kept


def test_a_limit_that_forbids_to_trade_nothing(tmp_path: Path) -> None:
    file, rows = tmp_path / "orders.csv", tmp_path / "rows.csv"
    file.write_text("side\nbuy\n")
    rows.write_text("row_id,limit_w,node\nline,-5,A\n")
    assert problems(file, "--rows", str(rows)) == [(2, "limit_w", "-5")]
    assert run(tmp_path / "none.csv").exit_code == 2


def test_many_orders_are_counted_on_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    lines = [f"o{i},{'buy' if i % 2 else 'sell'},{5_000 + i}" for i in range(100)]
    file.write_text("\n".join(["order_id,side,price_ticks", *lines]))
    assert "of 100 orders trade" in run(file).stdout


@pytest.mark.parametrize(
    ("timed_out", "said"), [(True, "in 0.5 s of the solver"), (False, "no prices support any result")]
)
def test_where_nothing_was_found_it_says_why_and_what_to_do(
    timed_out: bool, said: str, block_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_vain(_: object) -> object:
        raise NoPricesError(timed_out=timed_out)

    monkeypatch.setattr(auction_clear, "search", in_vain)
    out = tmp_path / "result.ndjson"
    done = run(block_file, "--max-seconds", "0.5", "--out", out)
    assert (done.exit_code, done.stdout, out.exists()) == (1, "", False)
    assert done.stderr.startswith("error: nothing trades: ")
    assert said in done.stderr
    found = json.loads(run(block_file, "--max-seconds", "0.5", "--json").stdout)
    assert (found["timed_out"], found["proven"], found["volume_w"]) == (timed_out, not timed_out, 0)


@pytest.mark.parametrize("name", ["orders.csv", "orders.ndjson"])
def test_a_file_that_is_not_there_is_named_and_one_without_orders_is_no_auction(name: str, tmp_path: Path) -> None:
    assert problems(tmp_path / name) == [(0, "", "")]
    (tmp_path / name).write_text("\n")
    assert problems(tmp_path / name) == [(0, "", "")]


def test_no_number_is_no_time(block_file: Path) -> None:
    assert problems(block_file, "--max-seconds", "nan") == [(0, "max_seconds", "nan")]


def test_where_the_time_is_up_the_best_is_shown_with_its_gap(block_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(self: Meter, answer: Answer) -> None:
        self._left, self.timed_out = 0.0, True

    monkeypatch.setattr(Meter, "count", none_left)
    done = run(block_file)
    assert done.exit_code == 0
    assert "EUR; stopped early, gap " in done.stdout or "proven the best" in done.stdout
    assert documents(block_file)[0]["timed_out"]
