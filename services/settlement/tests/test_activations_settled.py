"""Reservations, activations and overrides in the ledger: one scenario per row, each computed by hand.

Every metering point has a frozen base of 100 W. A kW for a quarter-hour at 80 EUR/MWh is worth 0.02 EUR.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from activation_script import (
    claimed,
    moved,
    need,
    ordered,
    over,
    overridden,
    reduced,
    requested,
    reserved,
    waived,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from settlement_market import AREA, MTU, OPERATOR, POINTS, match, party_of
from settlement_rig import METER_OPERATOR, Rig
from test_settlement_shard import codes

from flexbourse.activation.v1 import activation_pb2 as life
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import activations_pb2 as products_pb
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_messages.catalogue import ACTIVATION_LIFE, GRID_SCHEDULE
from flexbourse_settlement import wire
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.ledger import net_by_account
from flexbourse_settlement.domain.lines.line import (
    ActivationLine,
    Line,
    PerimeterLine,
    PositionLine,
    ReservationLine,
)
from flexbourse_settlement.domain.matches import Basis, Match, Product
from flexbourse_settlement.verification import ChainSource, verify_statement

BASE = 100
SECOND = Mtu(MTU.end_s, 900)
A, B = party_of("mp-1"), party_of("mp-2")  # who operates mp-1 and mp-4, and mp-2 and mp-5
CENTS = 10_000  # micro-euro
PENALISED = products_pb.Product(
    purpose="CONGESTION", penalty_permille=1_500, platform_fee_permille=10, unused_permille=300, count=5, of_days=10,
)  # fmt: skip


def started(folder: Path, events: Sequence[life.ActivationEvent], trades: Sequence[Match] = ()) -> Rig:
    """Return a village in which this was activated and traded, with the period over."""
    rig = Rig(folder)
    rig.village()
    grid = registry.GridArea(area_id=AREA, dso_id=OPERATOR)
    market_operator = registry.Participant(participant_id="ops", roles=[registry.ROLE_MARKET_OPERATOR], active=True)
    rig.register([registry.Entity(area=grid), registry.Entity(participant=market_operator)])
    rig.trade(list(trades))
    feed(rig, events)
    return rig


def feed(rig: Rig, events: Sequence[life.ActivationEvent]) -> None:
    for event in events:
        rig.drive.input(ACTIVATION_LIFE, AREA, event)


def settle(rig: Rig, metered_w: dict[str, int], *, on_chain: bool = False) -> tuple[Line, ...]:
    """Submit readings, those not named as frozen, and settle; returns the lines."""
    rig.meter(mean_w=lambda point: metered_w.get(point, BASE))
    answer = rig.complete()
    assert codes(answer) == [], answer
    if on_chain:
        rig.settle_everything()
    lines = tuple(rig.view.runs()[-1].lines)
    assert sum(line.net_micro_euro for line in lines) == 0
    rig.drive.recovered()
    return lines


def net(lines: Sequence[Line]) -> dict[str, int]:
    """Return what each account gets, without those that get nothing."""
    return {account: amount for account, amount in net_by_account(lines).items() if amount}


def deviations(lines: Sequence[Line]) -> dict[str, int]:
    return {
        line.metering_point_id: line.deviation_w
        for line in lines
        if isinstance(line, PositionLine) and line.deviation_w
    }


@dataclass(frozen=True)
class Case:
    """What happened, what the meter says, and what comes of it: net amounts in micro-euro, deviations in W."""

    name: str
    events: list[life.ActivationEvent]
    metered_w: dict[str, int]
    net: dict[str, int]
    deviations: dict[str, int] = field(default_factory=dict)
    trades: tuple[Match, ...] = ()
    products: tuple[products_pb.Product, ...] = ()


def start(name: str, **more: object) -> list[life.ActivationEvent]:
    """Return an activation of 6 kW at mp-1 with its order."""
    return [*requested(name, {"mp-1": 6_000}, **more), ordered(name, {"mp-1": 6_000})]  # type: ignore[arg-type]


RELIEF = match(
    1, seller="mp-1", quantity_w=6_000, price_ticks=8_000, product=Product.FLEX_UP,
    buyer_basis=Basis.OPERATOR_REQUEST, buyer_is_aggressor=False,
)  # fmt: skip
LOCAL = match(1, seller="mp-1", buyer="mp-5", quantity_w=6_000, price_ticks=8_000)

CASES = (
    Case("delivered as ordered", [*start("a"), over()], {"mp-1": 6_100}, {A: 12 * CENTS, OPERATOR: -12 * CENTS}),
    Case(
        "a kW short: the fee for five, the price of one as penalty, no imbalance for it", [*start("a"), over()],
        {"mp-1": 5_100}, {A: 8 * CENTS, OPERATOR: -10 * CENTS, "PENALTIES": 2 * CENTS},
    ),
    Case(
        "a kW too much: paid as ordered, the rest is imbalance at 100 EUR/MWh", [*start("a"), over()],
        {"mp-1": 7_100}, {A: 12 * CENTS + 25_000, OPERATOR: -12 * CENTS, "IMBALANCE": -25_000}, {"mp-1": 1_000},
    ),
    Case(
        "the opposite: nothing is credited, all is missing, the movement is imbalance", [*start("a"), over()],
        {"mp-1": -900}, {A: -12 * CENTS - 25_000, "PENALTIES": 12 * CENTS, "IMBALANCE": 25_000}, {"mp-1": -1_000},
    ),
    Case(
        "down", [*requested("a", {"mp-1": 6_000}, up=False), ordered("a", {"mp-1": 6_000}), over()],
        {"mp-1": -5_900}, {A: 12 * CENTS, OPERATOR: -12 * CENTS},
    ),
    Case(
        "a product: penalty of one and a half, one per cent for the platform", [*start("a"), over()], {"mp-1": 5_100},
        {A: 7 * CENTS, OPERATOR: -10 * CENTS - 1_000, "PENALTIES": 3 * CENTS, "FEES": 1_000}, products=(PENALISED,),
    ),
    Case(
        "below the product's threshold nothing is credited; what moved is imbalance", [*start("a"), over()],
        {"mp-1": 4_100}, {A: -12 * CENTS + 4 * 25_000, "PENALTIES": 12 * CENTS, "IMBALANCE": -4 * 25_000},
        {"mp-1": 4_000},
        products=(products_pb.Product(
            purpose="CONGESTION", pays_from_permille=800, penalty_permille=1_000, count=5, of_days=10),),
    ),
    Case(
        "cancelled before its order: nothing", [*requested("a", {"mp-1": 6_000}), moved("a", "CANCEL"), over()], {}, {},
    ),
    Case(
        "refused for the grid: nothing", [*requested("a", {"mp-1": 6_000}), moved("a", "REFUSE"), over()], {}, {},
    ),
    Case(
        "ended by its buyer: what was told to stop is neither paid nor owed",
        [*start("a"), ordered("a", {"mp-1": 2_000}), over()], {"mp-1": 2_100}, {A: 4 * CENTS, OPERATOR: -4 * CENTS},
    ),
    Case(
        "not acknowledged: nothing is payable, all is owed",
        [*start("a"), moved("a", "FAIL"), reduced("activation/a", {"mp-1": 0}), ordered("a", {"mp-1": 0}), over()],
        {}, {A: -12 * CENTS, "PENALTIES": 12 * CENTS},
    ),
    Case(
        "not confirmed in time: the meter has the last word", [*start("a"), moved("a", "FAIL"), over()],
        {"mp-1": 6_100}, {A: 12 * CENTS, OPERATOR: -12 * CENTS},
    ),
    Case(
        "two buyers, one metering point: five of nine kW are shared out two to one",
        [*start("a"), *requested("b", {"mp-1": 3_000}, buyer="agg-c"), over()], {"mp-1": 4_600},
        {A: 9 * CENTS - 9 * CENTS, OPERATOR: -6 * CENTS, "agg-c": -3 * CENTS, "PENALTIES": 9 * CENTS},
    ),
    Case(
        "two buyers that oppose each other: each undoes the other, both are delivered",
        [*start("a"), *requested("b", {"mp-1": 2_000}, up=False, buyer="agg-c"), over()], {"mp-1": 4_100},
        {A: 16 * CENTS, OPERATOR: -12 * CENTS, "agg-c": -4 * CENTS},
    ),
    Case(
        "a portfolio: each metering point by its own meter, with its own rounding",
        [*requested("a", {"mp-1": 6_000, "mp-4": 1_000}), over()], {"mp-1": 6_100, "mp-4": 100},
        {A: 10 * CENTS, OPERATOR: -12 * CENTS, "PENALTIES": 2 * CENTS},
    ),
    Case(
        "a reservation of 8 kW at 5 EUR/MW/h is paid, used or not", [*reserved("r", {"mp-1": 8_000}), over()], {},
        {A: CENTS, OPERATOR: -CENTS},
    ),
    Case(
        "released: only what is still held is paid",
        [*reserved("r", {"mp-1": 8_000}), reduced("reservation/r", {"mp-1": 0}), over()], {}, {},
    ),
    Case(
        "unused 2 of 8 kW: 30 % of their price; drawn ones are paid on top",
        [*reserved("r", {"mp-1": 8_000}), *requested("a", {"mp-1": 6_000}, reservation="r"), over()], {"mp-1": 6_100},
        {A: CENTS + 12 * CENTS, OPERATOR: -CENTS - 12 * CENTS - 1_200 - 750, "PENALTIES": 750, "FEES": 1_200},
        products=(PENALISED,),
    ),
    Case(
        "unused, but the TSO's larger need covers the DSO's: no penalty",
        [need("n"), waived("n"), *reserved("r", {"mp-1": 8_000}), over()], {}, {A: CENTS, OPERATOR: -CENTS},
        products=(PENALISED,),
    ),
    Case(
        "a trade with an operator's request is an activation as well: its price is paid once",
        [*requested("trade/1", {"mp-1": 6_000}, claim="trade/1/seller"), ordered("trade/1", {"mp-1": 6_000}), over()],
        {"mp-1": 6_100}, {A: 12 * CENTS, OPERATOR: -12 * CENTS}, trades=(RELIEF,),
    ),
    Case(
        "and where it is not delivered, the deviation pays once, as imbalance",
        [*requested("trade/1", {"mp-1": 6_000}, claim="trade/1/seller"), ordered("trade/1", {"mp-1": 6_000}), over()],
        {}, {A: 12 * CENTS - 15 * CENTS, OPERATOR: -12 * CENTS, "IMBALANCE": 15 * CENTS}, {"mp-1": -6_000},
        trades=(RELIEF,),
    ),
    Case(
        "an activation on top of a trade: the trade's movement is no delivery", [*start("a"), over()],
        {"mp-1": 6_000 + 6_100, "mp-5": 100 - 6_000},
        {A: 24 * CENTS, B: -12 * CENTS, OPERATOR: -12 * CENTS}, trades=(LOCAL,),
    ),
    Case(
        "what stands on a gateway's claim is paid by its venue, not here",
        [*requested("a", {"mp-1": 6_000}, claim="claim/okte-1"), over()], {}, {},
    ),
    Case(
        "an override is paid from the compensation account for what was delivered",
        [claimed("override/o", {"mp-1": 4_000}),
         *requested("o", {"mp-1": 4_000}, 100, up=False, override=True, claim="override/o"), over()],
        {"mp-1": -3_900}, {A: 10 * CENTS, "COMPENSATION": -10 * CENTS},
    ),
    Case(
        "a contract that gives way to an override is compensated at its own price, and not paid",
        [*start("a"), overridden("o", "mp-1", "activation/a", 6_000, 80), reduced("activation/a", {"mp-1": 0}),
         moved("a", "FAIL"), ordered("a", {"mp-1": 0}), over()],
        {}, {A: 12 * CENTS, "COMPENSATION": -12 * CENTS},
    ),
    Case(
        "a trade that gives way stays paid by its buyer; the seller owes no imbalance and gets nothing on top",
        [overridden("o", "mp-1", "trade/village.1700000100.1/seller", 6_000, 80), over()], {"mp-5": 100 - 6_000},
        {A: 12 * CENTS, B: -12 * CENTS}, trades=(LOCAL,),
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_an_activation_costs(case: Case, tmp_path: Path) -> None:
    rig = started(tmp_path, [], case.trades)
    if case.products:
        wish = products_pb.SetProducts(area_id=AREA, products=case.products)
        assert codes(rig.command(pb.SettlementCommand(set_products=wish), "ops")) == []
    feed(rig, case.events)
    lines = settle(rig, case.metered_w)
    assert net(lines) == {account: amount for account, amount in case.net.items() if amount}
    assert deviations(lines) == case.deviations


def test_every_account_can_verify_its_lines(tmp_path: Path) -> None:
    events = [*start("a"), *reserved("r", {"mp-2": 8_000}), overridden("o", "mp-2", "reservation/r", 2_000, 5), over()]
    rig = started(tmp_path, events, [LOCAL])
    lines = settle(rig, {"mp-1": 9_000}, on_chain=True)
    source = ChainSource.of_data_dir(tmp_path)
    for account in net_by_account(lines):
        path = statement_path(tmp_path / "statements", account)
        assert verify_statement(path, source) == []
        assert json.loads(path.read_bytes())["net_micro_euro"] == net_by_account(lines)[account]


def test_a_changed_delivery_is_named(tmp_path: Path) -> None:
    rig = started(tmp_path, [*start("a"), over()])
    settle(rig, {"mp-1": 5_100}, on_chain=True)
    path = statement_path(tmp_path / "statements", A)
    stated = json.loads(path.read_bytes())
    for group in stated["batches"][0]["metering_points"]:
        for leaf in group["leaves"]:
            if leaf["fields"]["kind"] == "activation":
                leaf["fields"]["credited_w"] = 6_000
    path.write_text(json.dumps(stated))
    (found,) = verify_statement(path, ChainSource.of_data_dir(tmp_path))
    assert (found.field, found.stated, found.expected) == ("credited_w", 6_000, 5_000)


def test_a_correction_is_reported_to_both_sides_and_moves_no_money(tmp_path: Path) -> None:
    rig = started(tmp_path, [*start("a"), over()])
    lines = settle(rig, {"mp-1": 5_100})
    reports = [line for line in lines if isinstance(line, PerimeterLine)]
    assert [(line.account, line.counterparty, line.quantity_w) for line in reports] == [
        ("agg-a", OPERATOR, 5_000), (OPERATOR, "agg-a", -5_000),
    ]  # fmt: skip


def test_buyer_and_seller_see_the_same_delivery(tmp_path: Path) -> None:
    rig = started(tmp_path, [*start("a"), *reserved("r", {"mp-2": 8_000}), over()])
    lines = settle(rig, {"mp-1": 5_100})
    sold, bought = (line for line in lines if isinstance(line, ActivationLine))
    assert (sold.baseline_method, sold.baseline_w, sold.metered_w) == ("FROZEN_BASE", 100, 5_100)
    assert (sold.owed_w, sold.ordered_w, sold.delivered_w, sold.credited_w) == (6_000, 6_000, 5_000, 5_000)
    assert (bought.delivered_w, bought.amount_micro_euro) == (sold.delivered_w, -sold.amount_micro_euro)
    seller, buyer = (line for line in lines if isinstance(line, ReservationLine))
    assert (seller.quantity_w, seller.unused_w, buyer.unused_w) == (8_000, 8_000, 8_000)


def test_a_period_waits_until_the_activation_service_says_that_it_is_over(tmp_path: Path) -> None:
    rig = started(tmp_path, start("a"))
    rig.meter()
    assert codes(rig.complete()) == ["ACTIVATIONS_NOT_OVER"]
    rig.tick(86_400_000)  # time alone tells nothing
    assert codes(rig.complete()) == ["ACTIVATIONS_NOT_OVER"]
    feed(rig, [over()])
    assert codes(rig.complete()) == []


def test_once_an_area_is_accounted_for_every_later_period_waits_for_its_word(tmp_path: Path) -> None:
    rig = started(tmp_path, [over(Mtu(MTU.start_s - 900, 900))])  # since this period, and nothing is over yet
    rig.meter()
    assert codes(rig.complete()) == ["ACTIVATIONS_NOT_OVER"]
    feed(rig, [over()])
    assert codes(rig.complete()) == []


def test_periods_before_the_activation_service_began_do_not_wait(tmp_path: Path) -> None:
    rig = started(tmp_path, [over(Mtu(SECOND.start_s, 900), since=SECOND)])
    rig.meter()
    assert codes(rig.complete()) == []


def test_an_activation_over_two_periods_is_settled_in_two_runs(tmp_path: Path) -> None:
    events = [*requested("a", {"mp-1": [6_000, 3_000]}, count=2), ordered("a", {"mp-1": [6_000, 3_000]}, 2)]
    rig = started(tmp_path, [*events, *reserved("r", {"mp-2": 8_000}, count=2), over()])
    assert net(settle(rig, {"mp-1": 6_100})) == {A: 12 * CENTS, B: CENTS, OPERATOR: -13 * CENTS}
    rig.trade([], SECOND)
    feed(rig, [reduced("reservation/r", {"mp-2": [8_000, 4_000]}, 2), over(SECOND)])
    rig.meter(SECOND, lambda point: 3_100 if point == "mp-1" else BASE)
    assert codes(rig.complete("day-2", SECOND)) == []
    lines = rig.view.runs()[-1].lines
    assert net(lines) == {A: 6 * CENTS, B: CENTS // 2, OPERATOR: -6 * CENTS - CENTS // 2}
    book = rig.drive.program._state.activation_books[AREA]  # type: ignore[attr-defined]
    assert [*book.claims, *book.activations, *book.reservations] == []
    rig.drive.recovered()


def test_what_an_activation_needs_is_named(tmp_path: Path) -> None:
    rig = started(tmp_path, [])
    stray = requested("a", {"mp-1": 1})
    stray[0].claim_made.claim.shares[0].unit_id = stray[1].requested.activation.shares[0].unit_id = "u-lost"
    feed(rig, [*stray, over()])
    rig.meter()
    assert codes(rig.complete()) == ["UNKNOWN_OBJECT"]


def test_products_are_the_market_operators(tmp_path: Path) -> None:
    rig = started(tmp_path, [])

    def send(party: str, *products: products_pb.Product, area: str = AREA) -> list[str]:
        wish = products_pb.SetProducts(area_id=area, products=products)
        return codes(rig.command(pb.SettlementCommand(set_products=wish), party))

    assert send("ops", PENALISED) == []
    assert send(METER_OPERATOR, PENALISED) == ["NOT_AUTHORISED"]
    assert send("ops") == ["FIELD_MALFORMED"]
    assert send("ops", PENALISED, PENALISED) == ["FIELD_MALFORMED"]
    assert send("ops", PENALISED, area="elsewhere") == ["UNKNOWN_OBJECT"]
    wild = products_pb.Product(purpose="FUN", penalty_permille=-1, of_days=61, count=62)
    assert send("ops", wild) == ["FIELD_MISSING", *["FIELD_OUT_OF_RANGE"] * 3]
    rig.drive.recovered()


DAY_S = 86_400
METHODS = {
    "METER_BEFORE_AFTER": (-1_000, {}),  # halfway between -800 before and -1 200 after
    "NOMINATION": (-1_500, {}),
    "X_OF_Y": (-3_000, {"count": 1, "of_days": 2}),  # the day of the last two on which most was consumed
    "FROZEN_BASE": (BASE, {}),
}


def with_history(folder: Path, method: str, **more: int) -> Rig:
    """Return a village with an area product, two settled days and the quarter-hours around the tests' period."""
    rig = started(folder, [])
    product = products_pb.Product(
        purpose="CONGESTION", method=f"BASELINE_METHOD_{method}", penalty_permille=1_000, most_consuming=True,
        **{"count": 5, "of_days": 10, **more},
    )  # type: ignore[arg-type]  # fmt: skip
    wish = products_pb.SetProducts(area_id=AREA, products=[product])
    assert codes(rig.command(pb.SettlementCommand(set_products=wish), "ops")) == []
    feed(rig, reserved("known", {"mp-1": 1}, price=0))  # operators know the unit
    for days, w in ((2, -2_000), (1, -3_000)):
        earlier = Mtu(MTU.start_s - days * DAY_S, 900)
        rig.trade([], earlier)
        rig.meter(earlier, lambda point, w=w: w if point == "mp-1" else BASE)  # type: ignore[misc]
        assert codes(rig.complete(f"earlier-{days}", earlier)) == []
    for mtu, w in ((Mtu(MTU.start_s - 900, 900), -800), (SECOND, -1_200)):
        rig.trade([], mtu)
        rig.meter(mtu, lambda point, w=w: w if point == "mp-1" else BASE)  # type: ignore[misc]
    announced = grid.ScheduleState(area_id=AREA, mtu=wire.MTU.encode(MTU), unit_id="u-mp-1", p_w=-1_500)
    rig.drive.input(GRID_SCHEDULE, f"{AREA}/u-mp-1", announced)
    return rig


@pytest.mark.parametrize("method", METHODS)
def test_each_method_finds_its_evidence(method: str, tmp_path: Path) -> None:
    baseline_w, more = METHODS[method]
    rig = with_history(tmp_path, method, **more)
    feed(rig, [*start("a"), over()])
    lines = settle(rig, {"mp-1": baseline_w + 6_000})
    sold = next(line for line in lines if isinstance(line, ActivationLine))
    assert (sold.baseline_method, sold.baseline_w, sold.credited_w) == (method, baseline_w, 6_000)


def test_a_day_with_an_activation_is_not_comparable(tmp_path: Path) -> None:
    rig = with_history(tmp_path, "X_OF_Y", count=1, of_days=1)
    book = rig.drive.program._state.activation_books[AREA]  # type: ignore[attr-defined]
    assert book.history == {"mp-1": {MTU.start_s - 2 * DAY_S: -2_000, MTU.start_s - DAY_S: -3_000}}
    feed(rig, [*start("a"), over()])
    settle(rig, {"mp-1": 3_000})
    assert MTU.start_s not in book.history["mp-1"]


def test_without_a_frozen_base_the_meter_around_the_window_judges(tmp_path: Path) -> None:
    rig = started(tmp_path, [])
    before, own = Mtu(MTU.start_s - 900, 900), Mtu(MTU.start_s, 900)
    del rig.drive.program._state.period(AREA, own).bases_w["mp-1"]  # type: ignore[attr-defined]
    rig.trade([], before)
    rig.meter(before, lambda _point: -500)
    feed(rig, [*start("a"), over()])
    rig.meter(mean_w=lambda point: 4_500 if point == "mp-1" else BASE)
    assert codes(rig.complete()) == []
    lines = rig.view.runs()[-1].lines
    sold = next(line for line in lines if isinstance(line, ActivationLine))
    assert (sold.baseline_method, sold.baseline_w, sold.credited_w) == ("METER_BEFORE_AFTER", -500, 5_000)
    assert net(lines) == {A: 8 * CENTS, OPERATOR: -10 * CENTS, "PENALTIES": 2 * CENTS}


def test_without_any_evidence_nothing_is_paid_and_nothing_is_missing(tmp_path: Path) -> None:
    rig = started(tmp_path, [*start("a"), over()])
    del rig.drive.program._state.period(AREA, MTU).bases_w["mp-1"]  # type: ignore[attr-defined]
    rig.meter(mean_w=lambda point: 6_100 if point == "mp-1" else BASE)
    assert codes(rig.complete()) == []
    lines = rig.view.runs()[-1].lines
    sold = next(line for line in lines if isinstance(line, ActivationLine))
    assert (sold.baseline_method, sold.delivered_w, sold.credited_w) == ("NONE", 0, 0)
    assert net(lines) == {}


@given(
    orders=st.lists(
        st.tuples(st.sampled_from(POINTS), st.integers(1, 9_000), st.booleans(), st.sampled_from((OPERATOR, "agg-c"))),
        max_size=6,
    ),
    metered=st.lists(st.integers(-20_000, 20_000), min_size=6, max_size=6),
    price=st.integers(-200, 200),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_ordered_and_metered_all_accounts_add_up_to_zero(
    orders: list[tuple[str, int, bool, str]],
    metered: list[int],
    price: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """And no metering point is credited more than it was ordered, nor moved further than its meter."""
    rig = started(tmp_path_factory.mktemp("any"), [])
    for number, (point, quantity, up, buyer) in enumerate(orders):
        name = f"a-{number}"
        feed(rig, [*requested(name, {point: quantity}, price, up=up, buyer=buyer), ordered(name, {point: quantity})])
    feed(rig, [over()])
    by_meter = dict(zip(POINTS, metered, strict=True))
    lines = settle(rig, by_meter)
    positions = {line.metering_point_id: line for line in lines if isinstance(line, PositionLine)}
    for line in lines:
        if isinstance(line, ActivationLine):
            assert 0 <= line.credited_w <= line.ordered_w
    for point, position in positions.items():
        signs = {up for name, _, up, _ in orders if name == point}
        if len(signs) == 1:  # nobody opposes anybody
            moved = by_meter[point] - BASE
            assert (
                0 <= position.activated_w * (1 if True in signs else -1) <= max(0, moved if True in signs else -moved)
            )


def test_what_is_activated_keeps_the_product_that_held_then(tmp_path: Path) -> None:
    rig = started(tmp_path, start("a"))
    wish = products_pb.SetProducts(area_id=AREA, products=[PENALISED])
    assert codes(rig.command(pb.SettlementCommand(set_products=wish), "ops")) == []
    feed(rig, [over()])
    assert net(settle(rig, {"mp-1": 5_100})) == {A: 8 * CENTS, OPERATOR: -10 * CENTS, "PENALTIES": 2 * CENTS}
