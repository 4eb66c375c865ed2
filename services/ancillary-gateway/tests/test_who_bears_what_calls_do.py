"""Who bears what called bids do to the network: told by the area with its confirmation, split as the called W."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway_builders import MW, START_S
from mfrr_world import World
from test_mfrr_gateway_failures import order_of
from test_mfrr_gateway_service import forwarded

from flexbourse_ancillary_gateway.domain.results import NetworkCharge, Results
from flexbourse_core.market_time import Mtu


def called_world(folder: Path, told: int) -> tuple[World, list[Any]]:
    """Return a world in which bids are called, each confirmation of which changes the potential by so much."""
    world = World(folder)
    world.confirmed_micro_euro = told
    bids = forwarded(world)
    world.at(START_S - 450)
    world.post(order_of(world, bids))
    world.settle()
    return world, bids


def borne(result: Any) -> list[int]:
    return [share.dnut_micro_euro for share in result.shares]


def test_what_the_area_told_is_in_the_first_result_to_the_last_unit(tmp_path: Path) -> None:
    world, _ = called_world(tmp_path, 10_007)
    confirmed = [event for event in world.events("confirm_answered") if event.confirmed]
    (result,) = world.results()
    assert result.version == 1
    assert sum(borne(result)) == 10_007 * len(confirmed) > 0
    assert sum(share.quantity_w for share in result.shares) == 2 * MW
    whole = sum(share.quantity_w for share in result.shares)
    for share in result.shares if len(confirmed) == 1 else ():
        assert abs(share.dnut_micro_euro - 10_007 * share.quantity_w / whole) < 1
    world.drive.recovered()


def test_a_relief_is_told_with_its_sign(tmp_path: Path) -> None:
    world, _ = called_world(tmp_path, -999)
    (result,) = world.results()
    assert sum(borne(result)) < 0
    assert max(borne(result)) <= 0


def test_a_call_that_ends_early_bears_what_its_confirmation_did(tmp_path: Path) -> None:
    world, bids = called_world(tmp_path, 5_000)
    world.at(START_S + 60)
    world.confirmed_micro_euro = 0
    world.post(order_of(world, bids, order_revision="2", end_s=START_S + 480))
    world.settle()
    first, second = world.results()
    assert (first.version, second.version) == (1, 2)
    assert sum(borne(first)) == sum(borne(second)) > 0
    world.drive.recovered()


def test_charges_are_forgotten_with_their_results() -> None:
    results = Results()
    results.charge("o1", Mtu(START_S, 900), {"b1": 5}, 7)
    results.charge("o1", Mtu(START_S, 900), {"b2": 5}, 0)
    assert results.charges == {f"o1/{START_S}": (NetworkCharge(f"o1/{START_S}", ("b1",), (5,), START_S + 900, 7),)}
    results.tick(START_S + 3 * 86_400)
    assert not results.charges
