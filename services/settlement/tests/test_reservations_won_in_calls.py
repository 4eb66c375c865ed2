"""Reservations that were won in a call: availability is paid, but not what was ordered of it and was not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from activation_script import over, requested, reserved
from settlement_market import OPERATOR
from test_activations_settled import CENTS, A, Case, net, settle, started

from flexbourse_settlement.domain.lines.line import ReservationLine

# 8 kW at 5 EUR/MW/h are a cent a quarter-hour; 6 kW at 80 EUR/MWh are twelve.
CASES = (
    Case(
        "won in a call and never ordered: availability is paid",
        [*reserved("r", {"mp-1": 8_000}, call="c"), over()],
        {},
        {A: CENTS, OPERATOR: -CENTS},
    ),
    Case(
        "won in a call, ordered and delivered: paid whole",
        [*reserved("r", {"mp-1": 8_000}, call="c"), *requested("a", {"mp-1": 6_000}, reservation="r"), over()],
        {"mp-1": 6_100},
        {A: 13 * CENTS, OPERATOR: -13 * CENTS},
    ),
    Case(
        "won in a call, 6 of 8 kW ordered and nothing there: 2 kW are paid, beside the penalty of what was ordered",
        [*reserved("r", {"mp-1": 8_000}, call="c"), *requested("a", {"mp-1": 6_000}, reservation="r"), over()],
        {},
        {A: CENTS // 4 - 12 * CENTS, OPERATOR: -(CENTS // 4), "PENALTIES": 12 * CENTS},
    ),
    Case(
        "reserved by command, and nothing there: the fee stays, as agreed between the two",
        [*reserved("r", {"mp-1": 8_000}), *requested("a", {"mp-1": 6_000}, reservation="r"), over()],
        {},
        {A: CENTS - 12 * CENTS, OPERATOR: -CENTS, "PENALTIES": 12 * CENTS},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_availability_costs(case: Case, tmp_path: Path) -> None:
    lines = settle(started(tmp_path, case.events), case.metered_w)
    assert net(lines) == case.net


def test_every_line_of_them_can_be_verified(tmp_path: Path) -> None:
    rig = started(tmp_path, CASES[2].events)
    lines = settle(rig, {}, on_chain=True)
    seller, _ = (line for line in lines if isinstance(line, ReservationLine))
    assert (seller.quantity_w, seller.unused_w) == (2_000, 2_000)
