"""What `flexbourse order place | replace | hibernate | …` and `book stop` send of what an order can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.commands import order, own_orders
from flexbourse_cli.commands.book import stop
from flexbourse_cli.main import cli

SIX_PM = 1_768_496_400  # 2026-01-15T18:00 in Berlin
MTU = common_pb2.Mtu(start_s=SIX_PM, length_s=900)
PLACE = ("order", "place", "--side", "sell", "--kw", "6", "--ct", "10", "--at", "2026-01-15T18:00", "--unit", "u")


class FakeClient:
    """Knows one area, its energy market and one resting order, and keeps what it is to send."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.orders = self
        self.registry = Registry()

    def list(self, area_id: str, *, open_only: bool) -> list[pb.Order]:
        assert (area_id, open_only) == ("street", True)
        return [
            pb.Order(order_id="street.7", market_id="energy", open_w=2_000, limit_price_ticks=10_000, revision=3)
        ]  # fmt: skip

    def submit(self, area_id: str, orders: Any, **how: bool) -> common_pb2.CommandReceipt:
        assert (area_id, how) == ("street", {"together": False, "basket": False})
        self.sent += orders
        return common_pb2.CommandReceipt()

    def manage(self, area_id: str, action: Any) -> common_pb2.CommandReceipt:
        self.sent.append((area_id, action))
        return common_pb2.CommandReceipt()

    def replace(self, area_id: str, order_id: str, **change: int) -> common_pb2.CommandReceipt:
        self.sent.append((area_id, order_id, change))
        return common_pb2.CommandReceipt()


class Registry:
    def list(self, kind: str) -> list[registry.EntityState]:
        area = registry.Entity(area=registry.GridArea(area_id="street", time_zone="Europe/Berlin"))
        return [registry.EntityState(entity=area)] if kind == "area" else [self.get(kind, "energy")]

    def get(self, _kind: str, market_id: str) -> registry.EntityState:
        market = registry.Market(
            market_id=market_id, area_id="street", algorithm=registry.ALGORITHM_CONTINUOUS_ENERGY, mtu_length_s=900,
            active=True, price_tick_micro_euro_per_mwh=10_000,
        )  # fmt: skip
        return registry.EntityState(entity=registry.Entity(market=market))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    fake = FakeClient()

    @contextmanager
    def connect(*_: object) -> Iterator[FakeClient]:
        yield fake

    for module in (order, own_orders, stop):
        monkeypatch.setattr(module, "connect", connect)
    return fake


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--json"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), None),
        (("--clip-kw", "2", "--clip-ct", "0.5"), pb.ExecutionInstructions(clip_w=2_000, clip_step_ticks=500)),
        (("--min-kw", "1.5"), pb.ExecutionInstructions(min_quantity_w=1_500)),
        (
            ("--valid-until", "2026-01-15T16:00", "--session", "s1"),
            pb.ExecutionInstructions(valid_until_ms=(SIX_PM - 7_200) * 1000, session_id="s1"),
        ),
    ],
    ids=["nothing", "iceberg", "least match", "its end"],
)
def test_what_an_order_asks_of_its_execution(
    client: FakeClient, words: tuple[str, ...], asked: pb.ExecutionInstructions | None
) -> None:
    assert run(*PLACE, *words).exit_code == 0
    (sent,) = client.sent
    assert sent.HasField("instructions") is (asked is not None)
    assert asked is None or sent.instructions == asked


def test_each_verb_sends_its_command(client: FakeClient) -> None:
    at = ("--at", "2026-01-15T18:00")
    for words in (
        ("order", "hibernate", "street.7", "street.8"),
        ("order", "reactivate", "street.7"),
        ("order", "cancel-all"),
        ("order", "cancel-all", "--market", "energy", "--product", "local-energy", *at),
        ("order", "session", "s1", "--seconds", "2.5"),
        ("order", "session", "s1", "--seconds", "0"),
        ("book", "stop", "agg-a", "--reason", "robot runs wild"),
        ("book", "stop", "agg-a", "--release", "--reason", "mended"),
    ):
        assert run(*words).exit_code == 0, words
    assert client.sent == [
        ("street", action)
        for action in (
            pb.HibernateOrders(order_ids=["street.7", "street.8"]),
            pb.ReactivateOrders(order_ids=["street.7"]),
            pb.CancelAll(),
            pb.CancelAll(market_id="energy", product=pb.PRODUCT_LOCAL_ENERGY, mtu=MTU),
            pb.KeepSession(session_id="s1", timeout_ms=2_500),
            pb.KeepSession(session_id="s1"),
            pb.SetKillSwitch(participant_id="agg-a", engaged=True, reason="robot runs wild"),
            pb.SetKillSwitch(participant_id="agg-a", engaged=False, reason="mended"),
        )
    ]


def test_a_replacement_changes_what_is_said_and_keeps_the_rest(client: FakeClient) -> None:
    for words in (("--kw", "1.5"), ("--ct", "9.5"), ("--kw", "3", "--ct", "11", "--revision", "2")):
        assert run("order", "replace", "street.7", *words).exit_code == 0, words
    assert [tuple(change.values()) for _, _, change in client.sent] == [
        (1_500, 10_000, 3, 2_000), (2_000, 9_500, 3, 2_000), (3_000, 11_000, 2, 2_000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*PLACE, "--kw", "two"), "'two' is no power in kW, such as 2.5"),
        ((*PLACE, "--kw", "1e999999"), "'1e999999' is no power in kW, such as 2.5: at most 1000000000000"),
        ((*PLACE, "--ct", "ten"), "'ten' is no price in ct/kWh, such as 14.1"),
        ((*PLACE, "--at", "yesterday"), "'yesterday' is no time, such as 2026-01-15T18:00"),
        ((*PLACE, "--valid-until", "soon"), "'soon' is no time"),
        (("order", "replace", "street.7"), "say what is new with --kw or --ct"),
        (("order", "replace", "street.9", "--kw", "1"), "street.9 is none of the open orders"),
        (("order", "cancel-all", "--product", "gas"), "'gas' is not one of 'local-energy', 'flex-up'"),
        (("order", "session", "s1", "--seconds", "86401"), "0<=x<=86400"),
        (("book", "stop", "agg-a"), "'--reason'"),
    ],
)
def test_what_cannot_be_read_is_said_and_not_sent(client: FakeClient, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert (done.exit_code, client.sent) == (2, [])
    assert said in done.output
