"""Files of commands: what a line may hold, what is said of one that is wrong, and that two engines decide alike."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from book_world import two_streets
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_gridmath.topology import compile_topology
from flexbourse_orderbook.replay.events import Closed, Rejected, StateHash, Traded, comparable
from flexbourse_orderbook.replay.fast import FastBook
from flexbourse_orderbook.replay.lines import BUY, CANCEL, NEW, REPLACE, SELL, CommandLine, LineError, read_lines
from flexbourse_orderbook.replay.naive import NaiveBook
from flexbourse_orderbook.replay.run import Times, run

NAMES = st.sampled_from([f"o{i}" for i in range(12)])
PRICES = st.integers(-3, 6)
QUANTITIES = st.integers(-1, 9)


COMMANDS = st.builds(
    CommandLine,
    number=st.just(1),
    action=st.sampled_from((NEW, NEW, NEW, REPLACE, CANCEL)),
    order_id=NAMES,
    participant=st.sampled_from("ab"),
    side=st.sampled_from((BUY, SELL)),
    price_ticks=PRICES,
    quantity_w=QUANTITIES,
    fill=st.sampled_from(("normal", "normal", "fak", "fok", "aon")),
    min_quantity_w=st.sampled_from((0, 0, 2, 5)),
    product=st.sampled_from("xy"),
)
"""Few names, prices and books, so that orders meet."""


@given(st.lists(COMMANDS, max_size=60))
def test_two_engines_decide_alike(commands: list[CommandLine]) -> None:
    fast, naive = FastBook(), NaiveBook()
    hashes = StateHash(), StateHash()
    for line in commands:
        found, expected = fast.apply(line), naive.apply(line)
        assert [comparable(event) for event in found] == [comparable(event) for event in expected], line
        assert list(fast.resting()) == list(naive.resting()), line
        hashes[0].take(found)
        hashes[1].take(expected)
    assert hashes[0].value(fast.resting()) == hashes[1].value(naive.resting())


TIMED = st.builds(
    lambda line, passes_ms, stands_ms: (line, 1_000 * passes_ms + 300, 1_000 * stands_ms),
    COMMANDS, st.sampled_from((0, 0, 0, 1, 3)), st.sampled_from((0, -1, 0, 1, 2, 2, 3, 30)),
)  # fmt: skip
"""Commands, how long after the last one each comes, and how long after its millisecond its order stands."""


@given(st.lists(TIMED, max_size=60))
def test_two_engines_let_the_same_orders_expire(drawn: list[tuple[CommandLine, int, int]]) -> None:
    fast, naive, now_us = FastBook(), NaiveBook(), 0
    for line, passes_us, stands_us in drawn:
        now_us += passes_us
        until_us = max(0, now_us // 1_000 * 1_000 + stands_us) if stands_us else 0
        timed = replace(line, time_us=now_us, valid_until_us=until_us)
        expected = [comparable(event) for event in naive.apply(timed)]
        assert [comparable(event) for event in fast.apply(timed)] == expected, timed
        assert list(fast.resting()) == list(naive.resting()), timed


def test_orders_of_one_moment_expire_as_they_were_entered() -> None:
    """Ten and more: as text the tenth's number stands before the second's."""
    names = [f"n{i}" for i in range(12)]
    for book in (FastBook(), NaiveBook()):
        for number, name in enumerate(names):
            book.apply(CommandLine(number, order_id=name, valid_until_us=5_000))
        told = book.apply(CommandLine(20, 5_000, CANCEL, "n3"))
        assert told[:-1] == [Closed(name, "expired", 1_000) for name in names]
        assert isinstance(told[-1], Rejected)


def test_another_decision_is_another_hash() -> None:
    hashes = []
    for quantity in (5, 6):
        state, book = StateHash(), NaiveBook()
        state.take(book.apply(CommandLine(1, order_id="a", quantity_w=quantity)))
        hashes.append(state.value(book.resting()))
    assert hashes[0] != hashes[1]


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_missing_has_its_default(tmp_path: Path) -> None:
    path = written(tmp_path, "f.csv", "order_id,side,price_ticks\na,sell,12\n,,\n")
    assert list(read_lines(path)) == [
        CommandLine(2, order_id="a", side=SELL, price_ticks=12),
        CommandLine(3, order_id="line-3"),
    ]


def test_both_forms_say_the_same(tmp_path: Path) -> None:
    rows = [{"time_us": 5, "order_id": "a", "side": "sell", "price_ticks": -3, "quantity_w": 7, "fill": "fok"},
            {"action": "cancel", "order_id": "a", "participant": None}]  # fmt: skip
    ndjson = written(tmp_path, "f.ndjson", "\n".join(json.dumps(row) for row in rows))
    csv = written(tmp_path, "f.csv", "time_us,order_id,side,price_ticks,quantity_w,fill,action\n"
                  "5,a,sell,-3,7,fok,new\n,a,,,,,cancel\n")  # fmt: skip
    forms = [[(line.time_us, line.action, line.order_id, line.side, line.price_ticks) for line in read_lines(path)]
             for path in (ndjson, csv)]  # fmt: skip
    assert forms[0] == forms[1] == [(5, "new", "a", "sell", -3), (5, "cancel", "a", "buy", 0)]


@pytest.mark.parametrize(
    ("name", "text", "number", "said"),
    [
        ("f.csv", "order_id,colour\na,red\n", 1, "no column is named colour; known are time_us, action"),
        ("f.csv", "side,side\nbuy,buy\n", 1, "side stands once in the header"),
        ("f.csv", "order_id,side\na\n", 2, "as many cells as the header: 2, not 1"),
        ("f.csv", "time_us\n5\n4\n", 3, "at least 5, not 4"),
        ("f.csv", "side,quantity_w\nhold,1.5\n", 2, "one of buy, sell, not 'hold'; quantity_w is a whole number"),
        ("f.csv", "order_id\n" + "x" * 65 + "\n", 2, "order_id is 1 to 64 of"),
        ("f.csv", "order_id\n" + "x" * 20_000 + "\n", 2, "at most 10000 bytes"),
        ("f.csv", "quantity_w\n1_000\n", 2, "quantity_w is a whole number"),
        ("f.csv", "price_ticks\n١٢\n", 2, "price_ticks is a whole number"),
        ("f.csv", "valid_until_us\n1500\n", 2, "valid_until_us is a whole number of milliseconds"),
        ("f.csv", "valid_until_us\n-1000\n", 2, "valid_until_us is a whole number from 0"),
        ("f.ndjson", '{"colour": 1}\n', 1, "no column is named colour"),
        ("f.ndjson", '{"price_ticks": 1}\n[1]\n', 2, "a line is a JSON object"),
        ("f.ndjson", '{"price_ticks": true}\n', 1, "price_ticks is a whole number"),
        ("f.ndjson", "{", 1, "a line is a JSON object"),
        ("f.ndjson", '{"side": "buy", "side": "sell"}\n', 1, "side stands once in it"),
        ("f.ndjson", "[" * 9_000 + "\n", 1, "a line is a JSON object"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(tmp_path: Path, name: str, text: str, number: int, said: str) -> None:
    with pytest.raises(LineError, match=f"line {number}: ") as refused:
        list(read_lines(written(tmp_path, name, text)))
    assert said in str(refused.value)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"order_id\n\xff\n")
    with pytest.raises(LineError, match="line 2: a line is UTF-8; byte 0 is not"):
        list(read_lines(path))


def test_no_more_of_a_line_is_held_than_may_be_read(tmp_path: Path) -> None:
    """A file that is one endless line: of its 64 MiB a few kB are read."""
    path = tmp_path / "f.ndjson"
    with path.open("wb") as out:
        out.truncate(64 * 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(LineError, match="line 1: a line has at most 10000 bytes"):
            list(read_lines(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20


def test_a_network_carries_only_so_much(tmp_path: Path) -> None:
    """Street a is thin: its last home sells to the street's head until the cable is full, and the order rests."""
    book = FastBook(compile_topology(two_streets()))
    book.apply(CommandLine(1, order_id="ask", participant="a", side=SELL, quantity_w=90_000, node="a3"))
    events = book.apply(CommandLine(2, order_id="bid", participant="b", quantity_w=90_000, node="b3"))
    traded = [event for event in events if isinstance(event, Traded)]
    assert len(traded) == 1
    assert 20_000 < traded[0].quantity_w < 60_000
    still = FastBook()
    still.apply(CommandLine(1, order_id="ask", participant="a", side=SELL, quantity_w=90_000))
    assert Traded("energy", "bid", "ask", 0, 90_000) in still.apply(
        CommandLine(2, order_id="bid", participant="b", quantity_w=90_000)
    )


def test_who_asks_for_more_never_gets_less() -> None:
    """Far beyond what the cables carry no state of the grid exists any more; that is no reason to trade nothing."""
    topology, traded = compile_topology(two_streets()), []
    for quantity in (60_000, 600_000, 6_000_000, 60_000_000):
        book = FastBook(topology)
        book.apply(CommandLine(1, order_id="ask", participant="a", side=SELL, quantity_w=quantity, node="a3"))
        told = book.apply(CommandLine(2, order_id="bid", participant="b", quantity_w=quantity, node="b3"))
        traded.append(sum(event.quantity_w for event in told if isinstance(event, Traded)))
    assert min(traded) > 0.99 * max(traded)


def test_a_node_that_is_not_there_is_named() -> None:
    with pytest.raises(LineError, match="line 7: node is one of the network's, not 'nowhere'"):
        FastBook(compile_topology(two_streets())).apply(CommandLine(7, node="nowhere"))


def test_an_id_is_free_again_once_its_order_has_ended() -> None:
    book = FastBook()
    book.apply(CommandLine(1, order_id="a"))
    assert isinstance(book.apply(CommandLine(2, order_id="a"))[0], Rejected)
    assert book.apply(CommandLine(3, action=CANCEL, order_id="a")) == [Closed("a", "cancelled", 1_000)]
    assert not isinstance(book.apply(CommandLine(4, order_id="a"))[0], Rejected)


def test_what_a_replay_keeps_does_not_grow_with_the_file() -> None:
    """An order comes and goes, and nothing remembers it, its end neither: a hundred bytes for each would be 400 kB."""
    book = FastBook()

    def come_and_go(first: int, last: int) -> int:
        for i in range(first, last):
            book.apply(CommandLine(2 * i, order_id=f"{i}", side=SELL, valid_until_us=10**12))
            book.apply(CommandLine(2 * i + 1, order_id=f"{i}-", quantity_w=400))
            book.apply(CommandLine(2 * i + 2, action=CANCEL, order_id=f"{i}"))
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        grown = -come_and_go(0, 1_000) + come_and_go(1_000, 5_000)
    finally:
        tracemalloc.stop()
    assert grown < 100_000


def test_counts_times_and_events_of_a_run(tmp_path: Path) -> None:
    clock = iter(range(0, 10**9, 5_000))
    commands = [CommandLine(1, order_id="a", side=SELL), CommandLine(2, order_id="b", quantity_w=400)]
    with (tmp_path / "out.ndjson").open("w") as out:
        report = run(NaiveBook(), commands, out, lambda: next(clock))
    assert (report.commands, report.traded_w, report.resting) == (2, 400, 1)
    assert report.events == {"accepted": 2, "traded": 1}
    assert report.engine_s == pytest.approx(10e-6)
    assert report.times.percentile(50) == pytest.approx(5.0, rel=0.02)
    told = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert told[-1] == {
        "line": 2, "time_us": 0, "event": "traded", "product": "energy", "taker": "b", "maker": "a", "price_ticks": 0,
        "quantity_w": 400,
    }  # fmt: skip


def test_percentiles_of_many_times() -> None:
    times = Times()
    for nanoseconds in range(1_000, 101_000, 100):
        times.take(nanoseconds)
    for percent in (50.0, 90.0, 99.0):
        assert times.percentile(percent) == pytest.approx(1 + percent, rel=0.02)
    assert Times().percentile(50) == 0
