"""Random parties, bids, answers and broken messages: nothing crashes, everything sent is valid, no bid is overdrawn."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from bsp_documents import NO2, NO3, Received, Series, answer, bid_document, uid
from hypothesis import given, settings
from hypothesis import strategies as st
from mfrr_market import Market

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
PARTIES = ("9999909919920", "9999909919913")
TIMES = [f"{hour}:{minute:02}" for hour in (11, 12) for minute in (0, 15, 30, 45)]
CONTENT = {
    "random": {"need_mw": 60, "need_chance": 0.9, "bids": 1},
    "borders": [{"name": "x", "from": "NO2", "to": "NO3"}],
    "capacities": [{"border": "x", "side": "both", "forward": 12, "backward": 8}],
    "direct": [{"zone": "NO3", "direction": d, "quantity": 9, "at": f"2026-03-10T{t}:00Z"}
               for d, t in (("up", "11:33"), ("down", "12:02"), ("up", "12:19"))],
}  # fmt: skip


def drawn_series(draw: random.Random, party: str) -> Iterator[Series]:
    for start in TIMES[1:]:
        for place in range(draw.randint(2, 6)):
            kind = draw.choice(("", "", "exclusive", "multipart", "inclusive"))
            direction = draw.choice(("A01", "A02"))
            base = 60 if direction == "A01" else 40
            common = {"start": start, "direction": direction, "zone": draw.choice((NO2, NO3)),
                      "product": draw.choice(("A05", "A07", "A07"))}  # fmt: skip
            groups = {kind: f"{party} {start} {place}"} if kind else {}
            for member in range(3 if kind else 1):
                quantity = draw.randint(1, 20)
                price = base + (0 if kind == "inclusive" else member) + draw.choice((0, 5, -5) if not kind else (0,))
                minimum = draw.choice((None, "0", str(quantity)))
                yield Series(f"{party} {start} {place} {member}", quantity=str(quantity), price=f"{price}.00",
                             minimum=minimum, groups=groups, **common)  # fmt: skip


@pytest.mark.parametrize("seed", range(1, 21 if LONG else 3))
def test_a_random_day_holds_together(seed: int, schema_folder: Path) -> None:
    draw = random.Random(seed)
    market = Market({**CONTENT, "simulator": {"seed": seed}, "participants": [{"id": party} for party in PARTIES]},
                    schema_folder, start="09:00")  # fmt: skip
    offered = {}
    for party in PARTIES:
        series = list(drawn_series(draw, party))
        offered |= {uid(one.name): int(one.quantity) * 1000 for one in series}
        market.simulator.submit(party, bid_document(*series, created="09:00", party=party))
        (taken,) = market.read(party)
        assert taken.codes == ["A01"], taken.reasons
    for minute in range(9 * 60 + 1, 13 * 60 + 30, draw.randint(1, 2)):
        time = f"{minute // 60}:{minute % 60:02}"
        market.simulator.command("advance", {"to": f"2026-03-10T{time:0>5}:00Z"})
        for party in PARTIES:
            for received in market.read(party):
                if received.kind in ("A39", "A40", "HEARTBEAT") and draw.random() < 0.8:
                    market.simulator.submit(
                        party, answer(received, f"{time:0>5}", status=draw.choice(("A07", "A07", "A11")))
                    )
                check(received)
    status = market.status
    assert status["counts"]["invalid"] == status["counts"]["unreadable"] == 0
    orders = [order for order in status["orders"] if order["kind"] in ("A39", "A40")]
    assert {order["kind"] for order in orders} in ({"A39"}, {"A39", "A40"})
    taken_kw: dict[str, int] = {}
    for order in orders:
        for mrid, line in order["bids"].items():
            taken_kw[mrid] = taken_kw.get(mrid, 0) + line["kw"]
    assert all(kilowatts <= offered[mrid] for mrid, kilowatts in taken_kw.items())
    assert all(abs(record["flows"].get("x", 0)) <= 12 for record in status["mtus"])
    assert all(record["proven"] for record in status["mtus"])


def check(received: Received) -> None:
    """An acknowledgement of what the client above sent is never about its form."""
    if received.name == "Acknowledgement_MarketDocument" and received.codes[0] == "A02":
        assert set(received.codes) <= {"A02", "A57", "A51", "A03"}, received.reasons


DOCUMENT = bid_document(Series("a"), Series("b", start="12:15", minimum="1", status="A65", links=(("a", "A55"),)))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(DOCUMENT) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_document_is_answered_or_dropped_and_never_breaks_anything(damage: list[tuple[int, int]]) -> None:
    market, data = Market(), bytearray(DOCUMENT)
    for place, value in damage:
        data[place] = value
    received = market.send(bytes(data))
    counts = market.status["counts"]
    assert len(received) == 1 or (counts["dropped"] == 1 and not received)
    assert sum(counts[name] for name in ("accepted", "refused", "unreadable", "dropped")) == 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_bytes_under_any_title_are_refused(data: bytes, title: str) -> None:
    market = Market()
    market.simulator.submit(PARTIES[0], data, title)
    (received,) = market.read()
    assert received.codes[:2] == ["A02", "A94"]
