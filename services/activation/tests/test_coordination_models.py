"""The five models and the two presets, one scenario table each: who buys for what, who goes first, whose word binds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from activation_world import DOWN, NOON_S, UP, World, set_rules, window

from flexbourse_activation.domain.network.coordination import COMMON, PRESETS, CoordinationModel, Verdict
from flexbourse_activation.domain.terms import Claimant, Purpose
from flexbourse_core.rejection import Code

DSO, TSO, WHOLESALE, LOCAL = Claimant.DSO, Claimant.TSO, Claimant.WHOLESALE, Claimant.LOCAL
CONGESTION, VOLTAGE, BALANCING, COMMERCIAL = (
    Purpose.CONGESTION, Purpose.VOLTAGE, Purpose.BALANCING, Purpose.COMMERCIAL,
)  # fmt: skip
EARLY_S = NOON_S - 3 * 3600
LATE_S = NOON_S - 1800
NO, TURN, HARM = Code.PURPOSE_NOT_ALLOWED, Code.NOT_YOUR_TURN, Code.WORSENS_RELIEF

# Party, purpose, at what time → what a request for a harmless 1 kW is answered.
BUYING = {
    "centralised": [
        ("dso", CONGESTION, EARLY_S, NO), ("dso", VOLTAGE, LATE_S, NO),
        ("tso", CONGESTION, EARLY_S, None), ("tso", BALANCING, LATE_S, None),
    ],
    "local": [
        ("dso", CONGESTION, EARLY_S, None), ("dso", BALANCING, EARLY_S, NO),
        ("tso", CONGESTION, EARLY_S, TURN), ("tso", CONGESTION, LATE_S, None), ("tso", BALANCING, LATE_S, None),
        ("brp", COMMERCIAL, EARLY_S, TURN), ("brp", COMMERCIAL, LATE_S, None),
    ],
    "shared-balancing": [
        ("dso", CONGESTION, EARLY_S, None), ("dso", BALANCING, EARLY_S, None),
        ("tso", CONGESTION, LATE_S, NO), ("tso", BALANCING, LATE_S, NO),
    ],
    "common": [
        ("dso", CONGESTION, EARLY_S, None), ("dso", BALANCING, EARLY_S, NO),
        ("tso", CONGESTION, EARLY_S, None), ("tso", BALANCING, EARLY_S, None),
    ],
    "integrated": [
        ("dso", CONGESTION, EARLY_S, None), ("tso", BALANCING, EARLY_S, None),
        ("brp", COMMERCIAL, EARLY_S, None), ("bsp", BALANCING, EARLY_S, None), ("brp", CONGESTION, EARLY_S, NO),
    ],
    "1C": [
        ("dso", CONGESTION, EARLY_S, None), ("tso", CONGESTION, EARLY_S, TURN),
        ("tso", CONGESTION, LATE_S, None), ("tso", BALANCING, LATE_S, None),  # congestion and balancing in one
    ],
    "2A": [
        ("dso", CONGESTION, EARLY_S, None), ("dso", VOLTAGE, EARLY_S, None),
        ("tso", CONGESTION, EARLY_S, None), ("tso", BALANCING, LATE_S, NO),  # balancing is bought elsewhere
        ("bsp", BALANCING, LATE_S, None),
    ],
}  # fmt: skip
# Model → (the DSO sees the list of DSO, TSO), (the TSO likewise), (a BRP likewise).
SEEING = {
    "centralised": ((False, False), (False, True), (False, False)),
    "local": ((True, False), (False, True), (False, False)),
    "shared-balancing": ((True, False), (False, False), (False, False)),
    "common": ((True, True), (True, True), (False, False)),
    "integrated": ((True, True), (True, True), (True, True)),
    "1C": ((True, False), (False, True), (False, False)),
    "2A": ((True, True), (True, True), (False, False)),
}
# Model → what a call of the TSO that loads what the DSO relieves is answered; and the other way round.
BINDING = {
    "local": (HARM, None), "common": (HARM, HARM), "integrated": (HARM, HARM), "1C": (HARM, None), "2A": (HARM, HARM),
}  # fmt: skip


def test_every_model_has_its_tables() -> None:
    assert set(BUYING) == set(SEEING) == set(PRESETS)
    assert {rules.model for rules in PRESETS.values()} == set(CoordinationModel) - {CoordinationModel.UNSPECIFIED}


@pytest.mark.parametrize(
    ("preset", "party", "purpose", "at_s", "refused"),
    [(name, *row) for name, rows in BUYING.items() for row in rows],
)
def test_who_buys_for_what_and_who_goes_first(
    preset: str, party: str, purpose: Purpose, at_s: int, refused: Code | None
) -> None:
    world = World(preset)
    world.offer("up", "unit-a1")
    world.time(at_s)
    codes = [problem.code for problem in world.activate("act", "up", 1_000, party, purpose=purpose)]
    assert codes == ([refused] if refused else [])


@pytest.mark.parametrize("preset", sorted(SEEING))
def test_who_sees_which_list(preset: str) -> None:
    rules = PRESETS[preset]
    found = tuple(tuple(rules.may_see(viewer, seen) for seen in (DSO, TSO)) for viewer in (DSO, TSO, LOCAL))
    assert found == SEEING[preset]


@pytest.mark.parametrize("preset", sorted(BINDING))
def test_whose_verdict_binds(preset: str) -> None:
    for caller, answer in zip(("tso", "dso"), BINDING[preset], strict=True):
        world = World(preset)
        world.time(LATE_S)
        world.offer("down", "unit-a1", DOWN)
        world.need("relief", "left", 5_000, "dso" if caller == "tso" else "tso")
        assert [p.code for p in world.activate("act", "down", 1_000, caller)] == ([answer] if answer else [])


def test_centralised_asks_nobody() -> None:
    """The DSO cannot even say that it seeks relief; the TSO calls as it sees fit."""
    world = World("centralised")
    world.offer("down", "unit-a1", DOWN)
    assert world.activate("act", "down", 1_000, "tso") == []


def test_the_operator_of_the_market_alone_sets_rules() -> None:
    world = World()
    assert [p.code for p in world.send(set_rules("local"), "dso")] == [Code.NOT_AUTHORISED]
    assert [p.code for p in world.send(set_rules("9Z"), "ops")] == [Code.UNKNOWN_OBJECT]
    assert world.send(set_rules("local"), "platform") == []


def test_rules_in_full_are_looked_at() -> None:
    own = replace(COMMON, verdict=Verdict.UNSPECIFIED, order_lead_s=-1, curtailment_price_micro_euro_per_mwh=-1)
    problems = World().send(set_rules(own), "ops")
    assert {problem.field for problem in problems} == {
        "rules.verdict", "rules.order_lead_s", "rules.curtailment_price_micro_euro_per_mwh",
    }  # fmt: skip
    assert World().send(set_rules(replace(COMMON, handover_s=60)), "ops") == []


def test_what_was_claimed_under_other_rules_stands() -> None:
    world = World("common")
    world.offer("up", "unit-a1")
    assert world.activate("act", "up", 1_000, "tso", own=window(0, 2)) == []
    assert world.send(set_rules("shared-balancing"), "ops") == []
    assert world.claimed("unit-a1", UP) == 1_000
