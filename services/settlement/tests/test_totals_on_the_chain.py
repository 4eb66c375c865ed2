"""Totals of claims on the chain: batched, newest first and last, none in the way of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from settlement_market import AREA, MTU
from settlement_rig import Rig

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.errors import TransientError
from flexbourse_messages.catalogue import ACTIVATION_CLAIM
from flexbourse_settlement import view, wire
from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.adapters.call_data import commitment
from flexbourse_settlement.domain.chain import totals
from flexbourse_settlement.domain.chain.contracts import FLEX_LEDGER
from flexbourse_settlement.domain.chain.transactions import CHECK_EVERY_MS

UNITS = tuple(f"battery-{number}" for number in range(7))
SPAN_W = 10_000


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    area(rig)
    for unit_id in UNITS:
        unit = registry.Unit(unit_id=unit_id, metering_point_id=f"mp-{unit_id}", max_power_w=6_000, min_power_w=-4_000)
        rig.register([registry.Entity(unit=unit)])
    return rig


def area(rig: Rig, **other: Any) -> None:
    rig.register([registry.Entity(area=registry.GridArea(area_id=AREA, totals_on_chain=True, **other))])


def claim(rig: Rig, unit_id: str, up_w: int, revision: int, *, area_id: str = AREA, **other: Any) -> None:
    message = activation.UnitTotal(
        area_id=area_id, unit_id=unit_id, mtu=wire.MTU.encode(MTU), up_w=up_w, revision=revision, **other
    )
    rig.drive.input(ACTIVATION_CLAIM, f"{area_id}/{unit_id}/{MTU.start_s}", message)


def on_chain(rig: Rig, unit_id: str) -> tuple[int, int, int, bool]:
    unit = commitment(unit_id, AccountKeys(rig.config.commitment_keys_dir, rig.config.key_seed.value))
    contract = rig.contract(FLEX_LEDGER)
    return tuple(rig.settler.chain.read(FLEX_LEDGER, contract, "totalOf", unit, MTU.start_s))


def transactions(rig: Rig) -> list[tuple[str, int]]:
    """Return function and number of items of each call that came to an end."""
    found = []
    for event in rig.drive.events:
        part = event.final if event.HasField("final") else event.refused  # type: ignore[attr-defined]
        if part.HasField("call"):
            found.append((part.call.function, len(part.call.arguments[0].list.items)))
    return found


def test_totals_go_together_and_only_where_the_area_asks(rig: Rig) -> None:
    for unit_id in UNITS[:3]:
        claim(rig, unit_id, 1_000, 1)
    claim(rig, UNITS[3], 1_000, 1, area_id="elsewhere")
    rig.settle_everything()
    assert transactions(rig) == [("setCapacities", 3), ("revise", 3)]
    assert [on_chain(rig, unit_id)[0] for unit_id in UNITS[:4]] == [1_000, 1_000, 1_000, 0]
    claim(rig, UNITS[0], 2_000, 2, operated=True)
    rig.settle_everything()
    assert transactions(rig)[2:] == [("revise", 1)]  # the span stands
    assert on_chain(rig, UNITS[0]) == (2_000, 0, 2, True)
    rig.drive.recovered()


def test_of_many_revisions_the_newest_goes_once(rig: Rig) -> None:
    for revision in range(1, 6):
        claim(rig, UNITS[0], 100 * revision, revision)
    claim(rig, UNITS[0], 300, 3)  # told again
    rig.tick()
    assert rig.pending
    for revision in range(6, 9):  # while the first is on its way
        claim(rig, UNITS[0], 100 * revision, revision)
    rig.settle_everything()
    assert on_chain(rig, UNITS[0]) == (800, 0, 8, False)
    assert transactions(rig).count(("revise", 1)) <= 2
    claim(rig, UNITS[0], 800, 8)
    before = len(rig.drive.events)
    rig.settle_everything()
    assert len(rig.drive.events) == before
    rig.drive.recovered()


def test_one_that_may_not_stand_is_refused_alone(rig: Rig) -> None:
    claim(rig, UNITS[0], 1_000, 1)
    claim(rig, UNITS[1], SPAN_W + 1, 1)
    claim(rig, UNITS[2], 1_000, 1, down_w=1, operated=True)
    claim(rig, UNITS[3], SPAN_W, 1, down_w=SPAN_W)
    claim(rig, "nobody-knows-it", 1, 1)
    rig.settle_everything()
    errors = sorted(
        event.refused.error.partition("(")[0]  # type: ignore[attr-defined]
        for event in rig.drive.events
        if event.HasField("refused") and len(event.refused.call.arguments[0].list.items) == 1  # type: ignore[attr-defined]
    )
    assert errors == ["DoubleClaim", "OpposedClaim", "UnknownUnit"]
    assert [on_chain(rig, unit_id)[2] for unit_id in UNITS[:4]] == [1, 0, 0, 1]
    claim(rig, UNITS[1], SPAN_W, 2)  # the next revision may stand
    rig.settle_everything()
    assert on_chain(rig, UNITS[1])[:3] == (SPAN_W, 0, 2)
    rig.drive.recovered()


def test_batches_and_what_waits_are_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "MAX_IN_ONE", 3)
    monkeypatch.setattr(totals, "MAX_WAITING", 5)
    for unit_id in UNITS:
        claim(rig, unit_id, 1_000, 1)
    rig.settle_everything()
    assert transactions(rig) == [("setCapacities", 3), ("revise", 3), ("setCapacities", 2), ("revise", 2)]
    assert [on_chain(rig, unit_id)[2] for unit_id in UNITS] == [0, 0, 1, 1, 1, 1, 1]


def test_what_is_remembered_is_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "MAX_REMEMBERED", 4)
    monkeypatch.setattr(totals, "FORGOTTEN_AT_ONCE", 3)
    for unit_id in UNITS:
        claim(rig, unit_id, 1_000, 1)
    rig.settle_everything()
    assert len(rig.drive.program._state.chain.totals.revisions) == len(UNITS) - 3  # type: ignore[attr-defined]
    claim(rig, UNITS[0], 1_000, 1)  # forgotten here: the chain refuses it, and no harm is done
    rig.settle_everything()
    assert on_chain(rig, UNITS[0])[2] == 1


def test_a_changed_span_is_told_before_the_next_total(rig: Rig) -> None:
    claim(rig, UNITS[0], SPAN_W, 1)
    rig.settle_everything()
    wider = registry.Unit(unit_id=UNITS[0], metering_point_id="mp", max_power_w=20_000, min_power_w=0)
    rig.register([registry.Entity(unit=wider)])
    claim(rig, UNITS[0], 20_000, 2)
    rig.settle_everything()
    assert on_chain(rig, UNITS[0])[0] == 20_000


def test_the_whole_state_survives_a_snapshot_at_any_moment(rig: Rig) -> None:
    claim(rig, UNITS[0], 1_000, 1)
    claim(rig, UNITS[1], SPAN_W + 1, 1)
    rig.tick()
    while rig.pending:
        kept = rig.drive.program.snapshot()
        rig.drive.program.restore(kept)
        assert rig.drive.program.snapshot() == kept
        rig.perform_next()
    assert on_chain(rig, UNITS[0])[0] == 1_000


def lose_the_chain(rig: Rig) -> None:
    rig.settler.close()
    for path in rig.config.data_dir.glob("chain.db*"):
        path.unlink()
    rig.restart()
    rig.tick(CHECK_EVERY_MS)


def test_a_chain_that_lost_contracts_and_calls_has_them_again(rig: Rig) -> None:
    for revision in range(1, 6):
        claim(rig, UNITS[0], 100 * revision, revision)
        rig.settle_everything()
    lose_the_chain(rig)
    rig.settle_everything()
    assert rig.drive.events[-1].checked.restored_count == 1 + 1 + 5  # type: ignore[attr-defined]  # contract, span, totals
    assert on_chain(rig, UNITS[0])[:3] == (500, 0, 5)


def test_what_is_kept_is_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "MAX_SIGNED_BYTES", 1_500)  # two totals, but not the contract
    for revision in range(1, 6):
        claim(rig, UNITS[0], 100 * revision, revision)
        rig.settle_everything()
    below = rig.settler.chain.nonce(rig.settler.signer.address)
    kept = rig.view.signed_from(0, below)
    assert 0 < sum(len(each.raw) for each in kept) <= 1_500
    assert kept[-1].nonce == below - 1
    lose_the_chain(rig)
    with pytest.raises(TransientError, match="not all are at hand"):
        rig.settle_everything()
