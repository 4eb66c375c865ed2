"""A street that keeps rights to offer and claims on its units on the chain: granted, traded, claimed, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import street
from click.testing import CliRunner
from street import AGG_A, AGG_B, NOON_S, OPERATOR
from street_day import Sending, StreetDay, options, order, setup_steps, submit

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_cli.main import cli
from flexbourse_cli.starting import start

STEPS_OF_A_CALL = 2  # signed, then sent
SETTLING = 8  # ledger and accounts, and what is told of a call takes its way to the registry and on to the book
BATTERY, CAR = "battery-a2.right", "car-b2.right"
UNITS = len(street.HOMES) + 1
GRANTED, REVOKED = registry.RIGHT_CHAIN_STATUS_GRANTED, registry.RIGHT_CHAIN_STATUS_REVOKED


def founding() -> list[registry.Entity]:
    """Return the street's founding; its area asks the chain."""
    found = street.founding()
    for each in found:
        if each.HasField("area"):
            each.area.rights_on_chain = each.area.totals_on_chain = True
    return found


def right(named: str, **other: object) -> registry.Entity:
    """Return one of the street's rights, changed."""
    (kept,) = [each.right for each in street.homes() if each.right.right_id == named]
    for name, value in other.items():
        setattr(kept, name, value)
    return street.entity(right=kept)


def register(name: str, *entities: registry.Entity) -> Sending:
    return Sending(OPERATOR, name, lambda client, i: client.registry.register(list(entities), command_id=i))


@pytest.fixture(scope="module", params=["embedded", pytest.param("kafka", marks=(pytest.mark.kafka, pytest.mark.slow))])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreetDay]:
    """The books are open; nothing of the homes has reached the chain yet."""
    platform = start(options(tmp_path_factory.mktemp("chain") / "data", engine=request.param))
    steps = setup_steps()
    steps[0] = replace(
        steps[0], sendings=[Sending(OPERATOR, "founding", lambda c, i: c.registry.register(founding(), command_id=i))]
    )
    found = StreetDay(platform, steps)
    found.run()
    yield found
    found.close()
    platform.stop()


def wait(day: StreetDay, calls: int) -> None:
    """Let so many calls reach the chain, and what it says of them the book."""
    for _ in range(STEPS_OF_A_CALL * calls + SETTLING):
        day.further(seconds=5)


def codes(day: StreetDay, *sendings: Sending) -> dict[str, list[str]]:
    answers = day.further(*sendings, seconds=5)
    return {name: [result.rejection.code for result in answer.results] for name, answer in answers.items()}


def on_chain(day: StreetDay, right_id: str) -> registry.RightOnChain:
    state = day.client(AGG_B).registry.get("right", right_id)
    assert state is not None
    return state.entity.right.on_chain


def sell(name: str) -> Sending:
    return submit(AGG_B, name, order(name, "sell", NOON_S, 4_000, 18_000, unit="battery-a2"))


def test_rights_and_claims_take_their_way_over_the_chain(day: StreetDay) -> None:
    assert codes(day, sell("early")) == {"early": ["RIGHT_NOT_ON_CHAIN"]}
    wait(day, 1 + 2 * UNITS)  # the registry of assets, then unit by unit
    granted = on_chain(day, BATTERY)
    assert (granted.status, granted.valid_to_s) == (GRANTED, street.DAY_S + 86_400)
    assert granted.transaction
    assert granted.block_number

    buy = submit(AGG_B, "buy", order("buy", "buy", NOON_S, 4_000, 60_000, unit="car-b2"))
    assert codes(day, sell("granted"), buy) == {"granted": [""], "buy": [""]}

    wait(day, 1 + 2)  # the ledger of claims, what the units can do, what is claimed of them
    totals = day.client(AGG_B).notary.unit_totals("battery-a2")
    assert [(each.start_s, each.up_w, each.down_w, each.progress) for each in totals.totals] == [
        (NOON_S, 4_000, 0, settlement.CHAIN_PROGRESS_DONE)
    ]
    assert totals.contract
    (consumed,) = day.client(AGG_B).notary.unit_totals("car-b2").totals
    assert (consumed.up_w, consumed.down_w) == (0, 4_000)


def test_the_command_line_shows_what_the_chain_holds(day: StreetDay) -> None:
    where = ["--data", str(day.platform.data_dir), "--party", AGG_B]
    shown = CliRunner().invoke(cli, ["notary", "totals", "battery-a2", *where], catch_exceptions=False)
    assert shown.output.splitlines()[1].split()[2:] == ["4000", "0", "1", "done"]
    assert CliRunner().invoke(cli, ["notary", "list", *where]).exit_code == 0


def test_an_overlap_is_refused_by_the_registry_too(day: StreetDay) -> None:
    second = right(BATTERY, right_id="second", holder_id=AGG_A, valid_from_s=NOON_S, valid_to_s=NOON_S + 900)
    assert codes(day, register("second", second)) == {"second": ["RIGHT_OVERLAPS"]}


def test_what_is_revoked_admits_nothing_and_leaves_the_chain(day: StreetDay) -> None:
    assert codes(day, register("revoke", right(BATTERY, revoked=True))) == {"revoke": [""]}
    wait(day, 1)
    assert on_chain(day, BATTERY).status == REVOKED
    assert on_chain(day, CAR).status == GRANTED
    assert codes(day, sell("late")) == {"late": ["NO_RIGHT_TO_OFFER"]}


def test_what_a_sender_says_of_the_chain_is_not_taken(day: StreetDay) -> None:
    boasted = registry.RightOnChain(status=GRANTED, valid_to_s=2**31)
    entry = right(CAR, valid_to_s=street.DAY_S + 80_000)
    entry.right.on_chain.CopyFrom(boasted)
    assert codes(day, register("boast", entry)) == {"boast": [""]}
    assert on_chain(day, CAR).valid_to_s == street.DAY_S + 86_400
    wait(day, 1)
    assert on_chain(day, CAR).valid_to_s == street.DAY_S + 80_000
