"""What is typed becomes the contract's commands: orders of auctions from a file, calls for reservations, bids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse.activation.v1 import activation_pb2
from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_cli import order_files
from flexbourse_cli.commands import reservation
from flexbourse_cli.main import cli

AREA, SIX = "village", 1_768_496_400  # 2026-01-15T18:00 in Berlin


class Told:
    """A platform that keeps what it is told; an id with `bad` in it is refused."""

    def __init__(self) -> None:
        self.commands: list[Any] = []
        area = registry_pb2.GridArea(area_id=AREA, time_zone="Europe/Berlin")
        state = registry_pb2.EntityState(entity=registry_pb2.Entity(area=area))
        self.registry = SimpleNamespace(list=lambda _kind: [state])
        self.orders = SimpleNamespace(submit=self.submit)
        self.activation = SimpleNamespace(submit=self.activate, reservation_calls=self.calls)
        self.listed: list[activation_pb2.ListedReservationCall] = []

    def submit(self, area_id: str, orders: Any, **how: bool) -> common_pb2.CommandReceipt:
        assert area_id == AREA
        self.commands.append(orderbook_pb2.SubmitOrders(orders=orders, **how))
        return answer(*(order.client_order_id for order in orders))

    def calls(self, area_id: str, *, open_only: bool) -> list[activation_pb2.ListedReservationCall]:
        assert area_id == AREA
        return [each for each in self.listed if not (open_only and each.cleared)]

    def activate(self, command: activation_pb2.ActivationCommand) -> common_pb2.CommandReceipt:
        self.commands.append(command)
        return answer("done")


def answer(*ids: str) -> common_pb2.CommandReceipt:
    refusal = common_pb2.Rejection(code="GATE_CLOSED", number=3003, rule="too late")
    found = [common_pb2.Result(rejection=refusal) if "bad" in name else common_pb2.Result(id=name) for name in ids]
    return common_pb2.CommandReceipt(answer=common_pb2.Answer(results=found))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    platform = Told()

    @contextmanager
    def connect(_data_dir: Path, _party: str) -> Iterator[Told]:
        yield platform

    for module in (order_files, reservation):
        monkeypatch.setattr(module, "connect", connect)
    return platform


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--party", "agg"])


def lines(path: Path, *commands: dict[str, Any]) -> str:
    path.write_text("\n".join(json.dumps(command) for command in commands))
    return str(path)


MTU = {"startS": SIX, "lengthS": 900}
CURVE = {"clientOrderId": "c1", "marketId": "energy", "side": "SIDE_BUY", "mtu": MTU, "quantityW": 1_000}


def test_each_line_is_a_command_with_all_that_an_order_can_say(tmp_path: Path, told: Told) -> None:
    block = {"orders": [{**CURVE, "clientOrderId": f"b{n}", "auction": {}} for n in range(2)], "auctionBlock": True}
    basket = {"orders": [{**CURVE, "clientOrderId": "k1", "fillRule": "FILL_RULE_FILL_OR_KILL"}], "basket": True}
    done = run("order", "submit", lines(tmp_path / "o.ndjson", {"orders": [CURVE]}, block, basket))
    assert (done.exit_code, done.output.split()) == (0, ["c1", "b0", "b1", "k1"])
    first, second, third = told.commands
    assert (first.orders[0].mtu.start_s, first.orders[0].quantity_w) == (SIX, 1_000)
    assert (second.auction_block, [order.HasField("auction") for order in second.orders]) == (True, [True, True])
    assert (third.basket, third.orders[0].fill_rule) == (True, orderbook_pb2.FILL_RULE_FILL_OR_KILL)


def test_a_refusal_ends_with_a_code_and_keeps_nobody_back(tmp_path: Path, told: Told) -> None:
    refused = {"orders": [{**CURVE, "clientOrderId": "bad"}]}
    done = run("order", "submit", lines(tmp_path / "o.ndjson", refused, {"orders": [CURVE]}))
    assert done.exit_code not in (0, 2)
    assert "bad: refused" in done.output
    assert len(told.commands) == 2


@pytest.mark.parametrize(
    "wrong", ["", "[]", "{", '{"orders": []}', '{"orders": [{"colour": 1}]}', '{"orders": [{"quantityW": "much"}]}']
)
def test_of_a_file_with_a_wrong_line_nothing_is_sent(tmp_path: Path, told: Told, wrong: str) -> None:
    path = tmp_path / "o.ndjson"
    path.write_text(f"{json.dumps({'orders': [CURVE]})}\n{wrong}\n" if wrong else "\n")
    done = run("order", "submit", str(path))
    assert done.exit_code == 2
    assert ("line 2" if wrong else "0 lines") in done.output
    assert told.commands == []


WINDOW = ("--kw", "20", "--from", "2026-01-15T18:00", "--until", "2026-01-15T19:00", "--direction", "up")


def test_a_call_an_offer_a_bid_and_its_end(told: Told) -> None:
    times = ("--freeze", "2026-01-15T16:00", "--clear", "2026-01-15T17:00")
    assert run("reservation", "call", "ca1", *WINDOW, *times, "--price", "50", "--pay-as-bid").exit_code == 0
    assert run("reservation", "offer", "of1", "battery", *WINDOW, "--price", "90").exit_code == 0
    bid = run("reservation", "bid", "bi1", "ca1", "of1", "--kw", "8", "--price", "8.50", "--at-least", "2")
    assert (bid.exit_code, bid.output.split()) == (0, ["done"])
    assert run("reservation", "retract", "bi1").exit_code == 0
    call, offer, made, end = told.commands
    window = activation_pb2.Window(start_s=SIX, end_s=SIX + 3_600, mtu_length_s=900)
    assert call.call_reservations == activation_pb2.ReservationCallTerms(
        call_id="ca1", purpose=activation_pb2.PURPOSE_CONGESTION, direction=activation_pb2.DIRECTION_UP, window=window,
        quantity_w=20_000, limit_price_micro_euro_per_mw_h=50_000_000, freezes_at_ms=(SIX - 7_200) * 1000,
        clears_at_ms=(SIX - 3_600) * 1000, pay_as_bid=True,
    )  # fmt: skip
    assert offer.offer == activation_pb2.OfferTerms(
        offer_id="of1", unit_id="battery", direction=activation_pb2.DIRECTION_UP, window=window, quantity_w=20_000,
        activation_price_micro_euro_per_mwh=90_000_000,
    )  # fmt: skip
    assert made.bid_reservation == activation_pb2.ReservationBidTerms(
        bid_id="bi1", call_id="ca1", offer_id="of1", quantity_w=8_000, min_quantity_w=2_000,
        price_micro_euro_per_mw_h=8_500_000,
    )  # fmt: skip
    assert end.withdraw_reservation_bid.bid_id == "bi1"


def test_calls_are_shown_with_bids_and_what_they_came_to(told: Told) -> None:
    window = activation_pb2.Window(start_s=SIX, end_s=SIX + 3_600, mtu_length_s=900)
    terms = activation_pb2.ReservationCallTerms(
        call_id="ca1", direction=activation_pb2.DIRECTION_UP, window=window, quantity_w=20_000,
        limit_price_micro_euro_per_mw_h=50_000_000, freezes_at_ms=(SIX - 7_200) * 1000,
        clears_at_ms=(SIX - 3_600) * 1000,
    )  # fmt: skip
    call = activation_pb2.ReservationCall(terms=terms, party="dso")
    offered = activation_pb2.ReservationBidTerms(bid_id="bi1", quantity_w=8_000, price_micro_euro_per_mw_h=8_500_000)
    bid = activation_pb2.ReservationBid(terms=offered, party="agg")
    result = activation_pb2.ReservationBidResult(bid_id="bi1", quantity_w=5_000, price_micro_euro_per_mw_h=9_000_000)
    told.listed = [
        activation_pb2.ListedReservationCall(call=call, bids=[bid]),
        activation_pb2.ListedReservationCall(call=call, bids=[bid], cleared=True, reserved_w=5_000, results=[result]),
    ]
    shown = [line.split() for line in run("reservation", "calls").output.splitlines()]
    assert [line for line in shown if "bi1" in line] == [["bi1", "8", "8.50"], ["bi1", "5", "9.00"]]
    heads = [line for line in shown if "ca1" in line]
    assert [line[:3] for line in heads] == [["ca1", "dso", "up"]] * 2
    assert (heads[0][-1], heads[1][-3:]) == ("open", ["5", "kW", "reserved"])
    (standing,) = json.loads(run("reservation", "calls", "--open", "--json").output)
    assert standing["call"]["terms"]["call_id"] == "ca1"


def test_a_price_that_cannot_be_told_is_refused_before_anything_is_sent(told: Told) -> None:
    done = run("reservation", "bid", "b", "c", "o", "--kw", "much", "--price", "8")
    assert done.exit_code == 2
    assert told.commands == []
