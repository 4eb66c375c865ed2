"""The benchmarks of the book, its service path and the exchange do their work, and say so when they could not.

How fast anything is depends on the machine and is not judged; what was decided is.
"""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flexbourse_log.kafka.broker import LocalBroker

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
OF_THE_BOOK = ROOT / "services" / "orderbook" / "benchmarks"
FOLDERS = [HERE / "benchmarks", HERE / "reference", OF_THE_BOOK, OF_THE_BOOK.parent / "tests"]
OPERATIONS = 200
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"


@pytest.fixture(autouse=True)
def benchmarks_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test import a benchmark as the benchmarks import each other."""
    monkeypatch.setattr(sys, "path", [*map(str, FOLDERS), *sys.path])


def rows_of(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("run_benchmarks", ROOT / "tools" / "run_benchmarks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_flow_cancels_only_what_rests() -> None:
    from bare_book import BareBook
    from order_flow import operations

    book, trades, cancelled = BareBook(16), [], 0
    for operation in operations(OPERATIONS):
        if operation.price is None:
            cancelled += 1
            assert book.cancel(operation.name) > 0
        else:
            book.submit(operation.product, operation.name, operation.buys, operation.price, operation.quantity, trades)
    assert cancelled > OPERATIONS // 10
    assert len(trades) > OPERATIONS // 20
    assert all(quantity > 0 for *_, quantity in trades)


def test_a_flood_is_refused_and_the_others_are_answered(capsys: pytest.CaptureFixture[str]) -> None:
    import bench_flood

    bench_flood.rows(1)
    alone, behind = (row["figures"] for row in rows_of(capsys).values())
    assert alone["answered of the others"] == behind["answered of the others"] == bench_flood.QUOTA
    assert alone["refused"] == bench_flood.QUOTA * (bench_flood.TIMES - 1)
    assert behind["refused"] + behind["turned away"] == alone["refused"]
    assert behind["refused"] < 2 * bench_flood.TIMES_OF_QUOTA * bench_flood.QUOTA


def test_core_makes_the_matches_of_the_bare_book(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import bench_book
    from core_book import CoreBook
    from order_flow import operations

    flow = list(operations(OPERATIONS))
    matches, _ = bench_book.run_reference(flow)
    assert matches == bench_book.run_structure(flow)
    book = CoreBook()
    taken = book.take(book.wishes(flow), each=True)
    assert (taken.trades, taken.refused, len(taken.took_ns)) == (matches, 0, OPERATIONS)
    assert taken.events > OPERATIONS

    monkeypatch.setattr(bench_book, "REPEATS", 1)
    bench_book.growth_row(OPERATIONS)
    bench_book.tail_row(0)
    rows = rows_of(capsys)
    assert set(rows) == {"P12 book, ten times the products", "P8 book, tail"}
    assert rows["P8 book, tail"]["figures"]["operations"] == bench_book.TAIL_ROUND


def test_a_published_book_that_is_not_installed_is_no_silent_gap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import bench_book
    import published_books
    from order_flow import operations

    monkeypatch.setattr(published_books, "FOLDER", tmp_path / "build" / "nowhere")
    bench_book.published_rows(list(operations(OPERATIONS)), lambda: (1.0, None))
    rows = rows_of(capsys)
    assert len(rows) == 3
    for row in rows.values():
        assert row["reference"].startswith("NOT MEASURED")
        assert tool().missed(row) == ["ratio"]


def test_service_path_decides_what_the_bare_path_decides(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import bench_service_path

    monkeypatch.setattr(bench_service_path, "REPEATS", 1)
    bench_service_path.rows(OPERATIONS)  # raises where matches differ or an order is refused
    rows = rows_of(capsys)
    assert len(rows) == 4
    for name, row in rows.items():
        assert row["ratio"] > 0
        assert ("profile" in row) == (not name.endswith("grid check on"))


def test_page_names_shortfalls_and_profiles() -> None:
    rows = [
        {"name": "a", "what": "x", "ratio": 0.5, "aim": "≥ 0.6", "reference": "r", "profile": [["here", 0.25]]},
        {"name": "b", "what": "x", "ratio": 0.6, "aim": "≥ 0.6", "reference": "r"},
        {"name": "c", "what": "x", "ratio": 1.6, "aim": "≤ 1.5", "reference": "r", "explained_by": "a"},
        {"name": "d", "what": "x", "ratio": 9.0, "aim": "≤ 0.5 s", "reference": "r", "figures": {"s": 0.4}},
        {"name": "e", "what": "x", "ratio": 1.7, "aim": "≤ 1.5", "reference": "r", "explained_by": "b"},
        {"name": "f", "what": "x", "ratio": 9.0, "aim": "≥ 10 and ≤ 5 s at 3 events", "reference": "r"},
        {"name": "g", "what": "x", "ratio": 9.0, "aim": "a few seconds", "reference": "r"},
    ]
    rows[5] |= {"figures": {"s": 5.1, "events": 3}, "explained_by": "a"}
    runs = [
        {"day": "2026-01-02", "machine": "here", "rows": rows[:2]},
        {"day": "2026-01-03", "machine": "here", "rows": rows[2:]},
    ]
    page = tool().page(runs)
    assert "Machine: here. Date: 2026-01-02 to 2026-01-03." in page
    assert [tool().missed(row) for row in rows] == [["ratio"], [], ["ratio"], [], ["ratio"], ["ratio", "s"], []]
    assert "- a: 0.5, the aim is ≥ 0.6; profile: a" in page
    assert "- c: 1.6, the aim is ≤ 1.5; profile: a" in page
    assert "- e: 1.7, the aim is ≤ 1.5; profile: NONE" in page
    assert "- f: 9.0, the aim is ≥ 10 and ≤ 5 s at 3 events; profile: a" in page
    assert page.index("Absolute, on this machine") < page.index("- f: 5.1 s, the aim is ≥ 10 and ≤ 5 s at 3 events")
    assert tool().unexplained(rows) == ["e"]
    assert "### a" in page
    assert "| here | 25.0% |" in page


@pytest.mark.kafka
@pytest.mark.slow
def test_bare_exchange_answers_every_order(kafka_broker: LocalBroker, tmp_path: Path) -> None:
    import bench_exchange

    from flexbourse_log.kafka.settings import KafkaSettings

    spawn = multiprocessing.get_context("spawn")
    settings = KafkaSettings(client=kafka_broker.client_config(), process_id="bench")
    with bench_exchange.bare(spawn, settings) as address:
        exchange = bench_exchange.BareExchange(spawn, tmp_path, settings, address)
        assert len(exchange.topic(200, 1_000).answers) == 200
        assert len(exchange.calls(20, 1, 4).answers) == 20
        assert len(exchange.calls(200, 100, 2).answers) == 2


if LONG:  # two minutes

    @pytest.mark.kafka
    @pytest.mark.slow
    def test_exchange_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        import bench_exchange

        bench_exchange.rows(*bench_exchange.measure(tmp_path, 200))  # raises where an order is refused or not answered
        assert len(rows_of(capsys)) == 5
