"""Shapes that have broken real books, each a table, played by the book, its slow twin and both engines of replays.

Every table is played once more as its mirror image: more than one real book had it right on one side only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from book_world import FLAT, World, compiled, two_streets
from naive_book import NaiveBook as Twin
from order_tables import Table
from table_players import Player, ReplayPlayer, TwinPlayer, lines_of, mirrored, rows, without_codes, written
from trap_shapes import MAKERS, SHAPES

from flexbourse_gridmath.tariff import feeder_ends
from flexbourse_orderbook.domain.matching import MAX_CANDIDATES
from flexbourse_orderbook.replay.events import Engine, Traded
from flexbourse_orderbook.replay.fast import FastBook
from flexbourse_orderbook.replay.lines import BUY, SELL, CommandLine, read_lines
from flexbourse_orderbook.replay.naive import NaiveBook
from flexbourse_orderbook.replay.run import run
from flexbourse_orderbook.wire import parameters_in

TABLES = SHAPES | {f"{name}, mirrored": mirrored(table) for name, table in SHAPES.items()}
FREES_IDS = 1  # which of two expectations holds where an id is free again
of_all_tables = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def plays(player: Player, table: str, alternative: int = 0, unsaid: str = "") -> None:
    """Compare what becomes of each line with what is expected of it, but for codes that a player does not say."""
    for asked, expected in lines_of(table):
        wanted = expected.split(" / ")[-alternative]
        assert player.line(asked) == (without_codes(wanted, unsaid) if unsaid else wanted), asked


def test_all_thirty_four_are_there() -> None:
    assert len(SHAPES) == 34
    assert MAKERS == MAX_CANDIDATES


@of_all_tables
def test_at_the_exchange(table: str) -> None:
    world = World(parameters=FLAT).ready()
    plays(Table(world), table)
    world.drive.recovered()


@of_all_tables
def test_by_the_slow_twin(table: str) -> None:
    topology = compiled(two_streets())
    twin = Twin(topology, [0] * topology.n_nodes)
    twin.parameters = replace(parameters_in(FLAT), mtu_seconds=900, monitored_nodes=feeder_ends(topology))
    plays(TwinPlayer(twin), table, FREES_IDS, "killed|refused")


@of_all_tables
@pytest.mark.parametrize("engine", [FastBook, NaiveBook], ids=["fast", "naive"])
def test_by_a_replay(table: str, engine: Callable[[], Engine], tmp_path: Path) -> None:
    plays(ReplayPlayer(engine(), tmp_path, table), table, FREES_IDS, "killed")


def test_one_file_of_all_shapes(tmp_path: Path) -> None:
    """Each shape in a book of its own: both engines trade what the tables say, and come to one state."""
    shapes = enumerate(TABLES.values())
    path = written(tmp_path, chain.from_iterable(rows(table, f"{i}-", f"book-{i}") for i, table in shapes))
    expected = [told.split(" / ")[-1] for table in TABLES.values() for _, told in lines_of(table) if "|" not in told]
    reports = [run(engine(), read_lines(path), None, lambda: 0) for engine in (FastBook, NaiveBook)]
    assert reports[0].events["traded"] == sum(told.count(" @ ") for told in expected)
    assert reports[0].events == reports[1].events
    assert reports[0].state_hash == reports[1].state_hash


def test_a_sweep_through_five_thousand() -> None:
    """An order meets so many at most; one after the other they take each once, the earliest first."""
    book, orders = FastBook(), 5_000
    for i in range(orders):
        book.apply(CommandLine(i, order_id=f"m{i}", side=SELL, quantity_w=1))
    met: list[str] = []
    for i in range(orders // MAKERS):
        told = book.apply(CommandLine(orders + i, order_id=f"t{i}", side=BUY, quantity_w=MAKERS, fill="fak"))
        met += [event.maker for event in told if isinstance(event, Traded)]
    assert met == [f"m{i}" for i in range(orders)]
    assert not list(book.resting())
