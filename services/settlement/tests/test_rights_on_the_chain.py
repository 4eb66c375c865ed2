"""Rights to offer go on the chain where their area asks for it, and what the chain says of them is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from settlement_market import AREA
from settlement_rig import Rig

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_messages.catalogue import SETTLEMENT_CHAIN
from flexbourse_settlement.adapters import call_data
from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.adapters.call_data import commitment
from flexbourse_settlement.domain.chain import chain_work
from flexbourse_settlement.domain.chain.contracts import ASSET_REGISTRY
from flexbourse_settlement.domain.chain.transactions import CHECK_EVERY_MS, MAX_DEPLOY_TRIES

GRANTED, REFUSED, REVOKED = (
    registry.RIGHT_CHAIN_STATUS_GRANTED,
    registry.RIGHT_CHAIN_STATUS_REFUSED,
    registry.RIGHT_CHAIN_STATUS_REVOKED,
)
UNIT = "u-mp-1"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.village()
    return rig


def area(rig: Rig, *, on_chain: bool = True) -> None:
    rig.register([registry.Entity(area=registry.GridArea(area_id=AREA, rights_on_chain=on_chain))])


def right(rig: Rig, right_id: str, start_s: int, end_s: int, **other: Any) -> None:
    """Let the registry say something of a right, whether its own rules would or not."""
    fields: dict[str, Any] = {"unit_id": UNIT, "holder_id": "agg-a", **other}
    message = registry.RightToOffer(right_id=right_id, valid_from_s=start_s, valid_to_s=end_s, **fields)
    rig.register([registry.Entity(right=message)])


def said(rig: Rig) -> dict[str, tuple[int, int, str]]:
    """Return the newest that was published of each right: status, end, and the name of the refusal."""
    found: dict[str, tuple[int, int, str]] = {}
    for message in rig.drive.projected(SETTLEMENT_CHAIN):
        assert isinstance(message, pb.RightChainState)
        state = message.on_chain
        assert bool(state.transaction) == bool(state.block_number) == (state.status != REFUSED)
        found[message.right_id] = (state.status, state.valid_to_s, state.reason.partition("(")[0])
    return found


def holds(rig: Rig, moment: int, unit_id: str = UNIT) -> list[str]:
    """Return who may offer a unit at a moment, as the chain has it."""
    asset = commitment(unit_id, AccountKeys(rig.config.commitment_keys_dir, rig.config.key_seed.value))
    contract = rig.contract(ASSET_REGISTRY)
    rights = rig.settler.chain.read(ASSET_REGISTRY, contract, "rightsOf", asset)
    return [manager for manager, start, end, _ in rights if start <= moment < end]


def test_nothing_goes_on_the_chain_where_the_area_does_not_ask(rig: Rig) -> None:
    area(rig, on_chain=False)
    right(rig, "r-1", 100, 200)
    rig.settle_everything()
    assert said(rig) == {}
    assert rig.contract(ASSET_REGISTRY) == ""
    area(rig)  # it asks from now on: what stands is granted
    rig.settle_everything()
    assert said(rig) == {"r-1": (GRANTED, 200, "")}


@pytest.mark.parametrize("first", ["right", "unit", "point"])
def test_a_right_is_granted_whichever_fact_comes_last(tmp_path: Path, first: str) -> None:
    rig = Rig(tmp_path)
    point = registry.MeteringPoint(metering_point_id="mp-9", area_id=AREA, owner_id="home", brp_id="agg-a")
    held = registry.RightToOffer(right_id="r", unit_id="u-9", holder_id="agg-a", valid_to_s=9)
    facts = {
        "right": [registry.Entity(right=held)],
        "unit": [registry.Entity(unit=registry.Unit(unit_id="u-9", metering_point_id="mp-9", operator_id="agg-a"))],
        "point": [registry.Entity(metering_point=point)],
    }  # fmt: skip
    rig.register(facts.pop(first))
    for rest in facts.values():
        rig.register(rest)
    area(rig)
    rig.settle_everything()
    assert said(rig) == {"r": (GRANTED, 9, "")}
    rig.drive.recovered()


def test_an_overlap_that_got_past_the_registry_is_refused_by_the_chain(rig: Rig) -> None:
    area(rig)
    right(rig, "r-1", 100, 200)
    right(rig, "r-2", 150, 300, holder_id="agg-b")
    right(rig, "r-3", 200, 300, holder_id="agg-b")
    rig.settle_everything()
    assert said(rig) == {"r-1": (GRANTED, 200, ""), "r-2": (REFUSED, 0, "RightOverlaps"), "r-3": (GRANTED, 300, "")}
    assert len(holds(rig, 150)) == len(holds(rig, 250)) == 1
    assert holds(rig, 150) != holds(rig, 250)


def test_what_is_revoked_is_revoked_on_the_chain_and_makes_room(rig: Rig) -> None:
    area(rig)
    right(rig, "r-1", 100, 200)
    right(rig, "r-2", 150, 300, holder_id="agg-b")
    rig.settle_everything()
    right(rig, "r-1", 100, 200, revoked=True)
    rig.settle_everything()
    assert said(rig) == {"r-1": (REVOKED, 0, ""), "r-2": (GRANTED, 300, "")}
    assert holds(rig, 120) == []
    assert len(holds(rig, 160)) == 1
    rig.drive.recovered()


def test_a_moved_end_is_moved_on_the_chain_or_stays_where_it_was(rig: Rig) -> None:
    area(rig)
    right(rig, "r-1", 100, 200)
    right(rig, "r-2", 200, 300, holder_id="agg-b")
    rig.settle_everything()
    right(rig, "r-1", 100, 250)
    rig.settle_everything()
    assert rig.drive.projected(SETTLEMENT_CHAIN)[-1].on_chain.reason.startswith("RightOverlaps(0x")  # type: ignore[union-attr]
    assert said_ends(rig) == {"r-1": 200, "r-2": 300}
    right(rig, "r-2", 200, 300, holder_id="agg-b", revoked=True)  # now there is room
    rig.settle_everything()
    assert said(rig) == {"r-1": (GRANTED, 250, ""), "r-2": (REVOKED, 0, "")}
    right(rig, "r-1", 100, 150)
    rig.settle_everything()
    assert said(rig)["r-1"] == (GRANTED, 150, "")
    assert holds(rig, 160) == []
    rig.drive.recovered()


def said_ends(rig: Rig) -> dict[str, int]:
    newest = {each.right_id: each.on_chain for each in rig.drive.projected(SETTLEMENT_CHAIN)}  # type: ignore[union-attr]
    assert {state.status for state in newest.values()} == {GRANTED}
    return {name: state.valid_to_s for name, state in newest.items()}


def test_changes_while_a_call_is_under_way_follow_it(rig: Rig) -> None:
    """A right that is revoked before the chain has granted it is granted, then revoked; another one is left alone."""
    area(rig)
    right(rig, "r-1", 100, 200)
    right(rig, "r-2", 100, 150, holder_id="agg-b")  # begins where r-1 does, and is refused for it
    right(rig, "r-2", 100, 150, holder_id="agg-b", revoked=True)
    rig.settle_everything()
    assert said(rig) == {"r-1": (GRANTED, 200, ""), "r-2": (REFUSED, 0, "RightOverlaps")}
    assert len(holds(rig, 120)) == 1
    right(rig, "r-3", 300, 400)
    rig.tick()
    right(rig, "r-3", 300, 400, revoked=True)
    rig.settle_everything()
    assert said(rig)["r-3"] == (REVOKED, 0, "")
    rig.drive.recovered()


def test_what_the_chain_says_is_no_change_of_the_right(rig: Rig) -> None:
    """The registry mirrors it into the right, which comes back here: nothing is asked again."""
    area(rig)
    right(rig, "r-1", 100, 200)
    rig.settle_everything()
    before = len(rig.drive.events)
    right(rig, "r-1", 100, 200, on_chain=registry.RightOnChain(status=GRANTED, valid_to_s=200))
    rig.settle_everything()
    assert len(rig.drive.events) == before


def test_a_contract_that_cannot_be_deployed_refuses_its_calls_and_nothing_else(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = call_data.deployment
    monkeypatch.setattr(call_data, "deployment", lambda request, admin: (working(request, admin)[0], 200_000))
    area(rig)
    right(rig, "r-1", 100, 200)
    right(rig, "r-2", 200, 300)
    rig.settle_everything()
    assert said_reasons(rig) == {"r-1": "AssetRegistry is not on the chain", "r-2": "AssetRegistry is not on the chain"}
    failed = [event for event in rig.drive.events if event.final.contract_name and not event.final.mined.succeeded]  # type: ignore[attr-defined]
    assert len(failed) == MAX_DEPLOY_TRIES
    rig.trade([])
    rig.meter()
    rig.complete()
    rig.settle_everything()
    assert [run.batch.status.name for run in rig.view.runs()] == ["FINAL"]
    monkeypatch.undo()
    rig.tick(CHECK_EVERY_MS)
    rig.settle_everything()
    assert rig.contract(ASSET_REGISTRY)
    assert said(rig) == {"r-1": (GRANTED, 200, ""), "r-2": (GRANTED, 300, "")}
    rig.drive.recovered()


def test_what_finds_no_room_among_the_calls_is_asked_once_the_chain_was_checked(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    area(rig)
    monkeypatch.setattr(chain_work, "MAX_WAITING_CALLS", 3)  # the unit and two rights
    for number in range(5):
        right(rig, f"r-{number}", 100 * number, 100 * number + 50)
    rig.settle_everything()
    assert set(said(rig)) == {"r-0", "r-1"}
    rig.drive.recovered()
    for _ in range(2):
        rig.tick(CHECK_EVERY_MS)
        rig.settle_everything()
    assert {name: status for name, (status, *_) in said(rig).items()} == {f"r-{number}": GRANTED for number in range(5)}
    rig.drive.recovered()


def said_reasons(rig: Rig) -> dict[str, str]:
    return {each.right_id: each.on_chain.reason for each in rig.drive.projected(SETTLEMENT_CHAIN)}  # type: ignore[union-attr]
