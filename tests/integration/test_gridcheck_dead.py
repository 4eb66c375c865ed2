"""gridcheck dies: its results grow old, every light becomes unknown by age, and nothing matches until it is back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import street
from grid_chain import Chain
from street import NOON_S

from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import BOOK_OPERATING_POINT
from flexbourse_networks.network_import import NetworkImport


@pytest.fixture
def chain() -> Iterator[Chain]:
    found = Chain(NetworkImport(None).from_json(street.network_json()))
    yield found
    for drive in found.all.values():
        drive.recovered()


def test_lights_become_unknown_by_age_and_nothing_matches(chain: Chain) -> None:
    assert chain.colours() == {light.LIGHT_GREEN}
    assert not chain.trade().HasField("rejection")
    chain.alive = False
    chain.pass_time(30)
    assert chain.colours() == {light.LIGHT_GREEN}  # what it said last still holds
    chain.pass_time(30)
    assert chain.colours() == {light.LIGHT_UNKNOWN}
    refused = chain.trade()
    assert refused.rejection.code == "LIGHT_UNKNOWN"
    chain.alive = True
    chain.gridcheck.time(chain.book.at_ms)
    chain.pass_time(15)
    assert light.LIGHT_UNKNOWN not in chain.colours()
    assert not chain.trade().HasField("rejection")


def test_without_the_traffic_light_the_book_itself_sees_that_it_is_old(chain: Chain) -> None:
    del chain.all["traffic-light"]
    for _ in range(12):
        chain.book.time(chain.book.at_ms + 5_000)
    assert chain.trade().rejection.code == "LIGHT_UNKNOWN"


def test_gridcheck_takes_up_what_was_accepted_while_it_was_away(chain: Chain) -> None:
    chain.trade(2_000)
    chain.alive = False
    missed = [output for output in chain.book.projections if output.topic == BOOK_OPERATING_POINT]
    chain.pass_time(20)
    assert not chain.trade(1_000).HasField("rejection")  # its word is not old yet
    chain.alive = True
    for output in [o for o in chain.book.projections if o.topic == BOOK_OPERATING_POINT][len(missed) :]:
        chain.gridcheck.input(output.topic, output.key, output.message)
    chain.pass_time(10)
    asked = [intent.body for intent in chain.gridcheck.intents]
    points = [point for intent in asked for point in intent.points if point.mtu.start_s == NOON_S]  # type: ignore[attr-defined]
    assert points[-1].operating_point_sequence == 2
