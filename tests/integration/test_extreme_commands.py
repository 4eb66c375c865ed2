"""Every field of every command with the values that break programs: each gets its answer, and no shard crashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import street
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from street import AGG_A, AREA, DSO, METERS, NOON_S, OPERATOR, mtu
from street_day import StreetDay, order, submit

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_client.client import Client
from flexbourse_client.errors import FlexbourseError, NotDecidedError

LARGEST_32, LARGEST_64 = 2**31 - 1, 2**63 - 1
EXTREMES: dict[int, tuple[Any, ...]] = {
    FieldDescriptor.CPPTYPE_INT32: (0, -1, LARGEST_32, -LARGEST_32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (0, -1, 1, LARGEST_64, -LARGEST_64 - 1),
    FieldDescriptor.CPPTYPE_BOOL: (True, False),
    FieldDescriptor.CPPTYPE_ENUM: (0, 99, -1),
}
TEXTS = ("", "\x00", "🜁", "a b", "../../etc/passwd", "x" * 5_000)
BYTES = (b"", b"\xff", b"\x00" * 10_000)


def mutants(message: Message) -> Iterator[Message]:
    """Yield copies of a message, each with one field at any depth set to an extreme, cleared or doubled."""
    for field, value in message.ListFields():
        repeated = hasattr(value, "__len__") and not isinstance(value, Message | str | bytes)
        if repeated:
            yield from _mutants_of_list(message, field)
        elif field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            yield _edited(message, lambda copy, name=field.name: copy.ClearField(name))
            for inner in mutants(value):
                yield _edited(message, lambda copy, name=field.name, new=inner: getattr(copy, name).CopyFrom(new))
        else:
            for extreme in _extremes(field):
                yield _edited(message, lambda copy, name=field.name, new=extreme: setattr(copy, name, new))


def _mutants_of_list(message: Message, field: FieldDescriptor) -> Iterator[Message]:
    name = field.name
    yield _edited(message, lambda copy: copy.ClearField(name))
    yield _edited(message, lambda copy: getattr(copy, name).extend(list(getattr(copy, name))))
    if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        for inner in mutants(getattr(message, name)[0]):
            yield _edited(message, lambda copy, new=inner: getattr(copy, name)[0].CopyFrom(new))
    else:
        for extreme in _extremes(field):
            yield _edited(message, lambda copy, new=extreme: getattr(copy, name).__setitem__(0, new))


def _extremes(field: FieldDescriptor) -> tuple[Any, ...]:
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return BYTES if field.type == FieldDescriptor.TYPE_BYTES else TEXTS
    return EXTREMES[field.cpp_type]


def _edited(message: Message, edit: Callable[[Any], Any]) -> Message:
    copy = type(message)()
    copy.CopyFrom(message)
    edit(copy)
    return copy


def _headroom() -> book.ReserveHeadroom:
    return book.ReserveHeadroom(
        reservation_id="held", area_id=AREA, mtu=mtu(NOON_S), expires_at_ms=NOON_S * 1000,
        changes=[book.NodeChange(node_id="bus-3", p_w=100, q_var=10)],
    )  # fmt: skip


def _override() -> light.OverrideLight:
    return light.OverrideLight(
        area_id=AREA, zone_id="feeder-2", mtu=mtu(NOON_S), light=light.LIGHT_AMBER,
        valid_until_ms=street.OPENING_S * 1000 + 7_200_000, reason="works on the road",
    )  # fmt: skip


def _replacement() -> book.ReplaceOrder:
    return book.ReplaceOrder(order_id="street.1", quantity_w=900, limit_price_ticks=900, expected_revision=1)


def _completion() -> settlement.ReadingsComplete:
    price = settlement.ImbalancePrice(mtu=mtu(NOON_S), price_ticks=9_000)
    return settlement.ReadingsComplete(area_id=AREA, run_id="run", mtus=[mtu(NOON_S)], imbalance_prices=[price])


def _replace(client: Client, message: Any, command_id: str) -> Any:
    return client.orders.replace(
        AREA, message.order_id, quantity_w=message.quantity_w, limit_price_ticks=message.limit_price_ticks,
        expected_revision=message.expected_revision, command_id=command_id,
    )  # fmt: skip


def _complete(client: Client, message: Any, command_id: str) -> Any:
    return client.settlement.complete_readings(
        message.area_id, message.mtus, message.run_id, imbalance_prices=message.imbalance_prices, command_id=command_id
    )


def _request_with_targets() -> book.NewOrder:
    wire = order("t", "buy", street.EVENING_S, 1_000, 5_000, element="line-0", product=book.PRODUCT_FLEX_UP)
    wire.relief_targets.add(element_id="line-0", value=50_000)
    return wire


def _capacity_limit() -> book.CapacityLimit:
    return book.CapacityLimit(
        mtu=mtu(NOON_S), scope=book.CAPACITY_SCOPE_FEEDER, subject_id="feeder-2", max_injection_w=10**9,
        max_consumption_w=10**9,
    )  # fmt: skip


def _money() -> list[tuple[str, settlement.FundsCommand]]:
    """Return a command of each kind about money, from whom may give it."""
    paid = {"participant_id": AGG_A, "amount_micro_euro": 10**6}
    whose = {"participant_id": AGG_A, "area_id": AREA, "amount_micro_euro": 10**5}
    return [
        (party, settlement.FundsCommand(**{name: wish}))
        for party, name, wish in (
            (OPERATOR, "deposit", settlement.RecordDeposit(**paid, payment_reference="bank 1")),
            (OPERATOR, "hold", settlement.HoldFunds(**paid, reason="margin")),
            (OPERATOR, "release", settlement.ReleaseFunds(**paid, reason="margin")),
            (AGG_A, "withdraw", settlement.WithdrawFunds(amount_micro_euro=10**5)),
            (OPERATOR, "pay", settlement.PayWithdrawal(withdrawal_id="withdrawal-1", payment_reference="bank 2")),
            (OPERATOR, "return_withdrawal", settlement.ReturnWithdrawal(withdrawal_id="withdrawal-2", reason="why")),
            (AGG_A, "allot", settlement.AllotCollateral(**whose)),
            (OPERATOR, "debt_payment", settlement.RecordDebtPayment(**whose, payment_reference="bank 3")),
        )
    ]


Send = Callable[[Client, Any, str], Any]


def _step() -> registry.UnitStep:
    """Return a step that says everything that one can say."""
    return registry.UnitStep(
        unit_id="house-a1",
        kind=registry.UNIT_STEP_KIND_APPROVE_GRID,
        text="why",
        product=registry.PRODUCT_TYPE_ENERGY,
        conditions=registry.GridConditions(max_power_w=1000, min_power_w=-1000, valid_from_s=1, valid_to_s=2**33),
        terms=registry.TestTerms(power_w=1000, answer_s=1, response_s=1, sustain_s=1, tolerance_permille=1),
        test=registry.TestRecord(instructed_ms=1, acknowledged_ms=2, reached_ms=3, sustained_to_ms=4, least_power_w=5),
        suspension=registry.SUSPENSION_REASON_OTHER,
    )


KINDS: dict[str, tuple[str, Message, Send]] = {
    "order": (
        AGG_A, order("o", "buy", NOON_S, 1_000, 5_000, unit="pump-b1"),
        lambda c, m, i: c.orders.submit(AREA, [m], command_id=i),
    ),
    "request": (
        DSO, order("r", "buy", street.EVENING_S, 1_000, 5_000, element="line-0", product=book.PRODUCT_FLEX_UP),
        lambda c, m, i: c.orders.submit(AREA, [m], command_id=i),
    ),
    "cancellation": (
        AGG_A, book.CancelOrders(order_ids=["street.1"]),
        lambda c, m, i: c.orders.cancel(AREA, m.order_ids, command_id=i),
    ),
    "replacement": (AGG_A, _replacement(), _replace),
    "headroom": (DSO, _headroom(), lambda c, m, i: c.orders.headroom(AREA, m, command_id=i)),
    "request with targets": (
        DSO, _request_with_targets(), lambda c, m, i: c.orders.submit(AREA, [m], command_id=i),
    ),
    "capacity limit": (
        DSO, _capacity_limit(), lambda c, m, i: c.orders.set_capacity_limits(AREA, [m], command_id=i),
    ),
    "release of relief": (
        DSO, book.ReleaseRelief(trade_id="street.1"),
        lambda c, m, i: c.orders.release_relief(AREA, m.trade_id, command_id=i),
    ),
    "end of held matches": (
        DSO, book.EndCall(order_id="street.1", made=True),
        lambda c, m, i: c.orders.end_call(AREA, made=m.made, order_id=m.order_id, command_id=i),
    ),
    "halt": (
        DSO, book.HaltBooks(market_id="nowhere", mtu=mtu(NOON_S), reason="why", until_ms=NOON_S * 1000),
        lambda c, m, i: c.orders.operate(AREA, m, command_id=i),
    ),
    "resumption of books": (
        DSO, book.ResumeBooks(market_id="nowhere", mtu=mtu(NOON_S), reason="why"),
        lambda c, m, i: c.orders.operate(AREA, m, command_id=i),
    ),
    "cancellation for others": (
        OPERATOR, book.CancelFor(party="nobody", market_id=street.ENERGY, mtu=mtu(NOON_S), reason="why"),
        lambda c, m, i: c.orders.operate(AREA, m, command_id=i),
    ),
    "recall": (
        OPERATOR, book.RecallTrade(trade_id="street.1", reason="why"),
        lambda c, m, i: c.orders.operate(AREA, m, command_id=i),
    ),
    "cancellation of all": (
        AGG_A, book.CancelAll(market_id="none", mtu=mtu(NOON_S)),
        lambda c, m, i: c.orders.manage(AREA, m, command_id=i),
    ),
    "hibernation": (
        AGG_A, book.HibernateOrders(order_ids=["street.1"]), lambda c, m, i: c.orders.manage(AREA, m, command_id=i),
    ),
    "reactivation": (
        AGG_A, book.ReactivateOrders(order_ids=["street.1"]), lambda c, m, i: c.orders.manage(AREA, m, command_id=i),
    ),
    "session": (
        AGG_A, book.KeepSession(session_id="s", timeout_ms=60_000),
        lambda c, m, i: c.orders.manage(AREA, m, command_id=i),
    ),
    "release of a stopped party": (
        OPERATOR, book.SetKillSwitch(participant_id="nobody", reason="why"),
        lambda c, m, i: c.orders.manage(AREA, m, command_id=i),
    ),
    "hit": (
        AGG_A, book.HitOrder(order=order("h", "buy", NOON_S, 1_000, 1_000, unit="pump-b1"), resting_sequence=1),
        lambda c, m, i: c.orders.hit(AREA, m.order, resting_sequence=m.resting_sequence, command_id=i),
    ),
    "resumption": (
        DSO, book.ResumeArea(reason="why"), lambda c, m, i: c.orders.resume_area(AREA, m.reason, command_id=i),
    ),
    "forecast": (DSO, street.forecast((NOON_S,)), lambda c, m, i: c.grid.submit_forecast(m, command_id=i)),
    "tariff": (DSO, street.TARIFF, lambda c, m, i: c.grid.set_tariff_parameters(AREA, m, command_id=i)),
    "override": (DSO, _override(), lambda c, m, i: c.lights.override(m, command_id=i)),
    "thresholds": (
        DSO, light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS),
        lambda c, m, i: c.lights.set_thresholds(m, command_id=i),
    ),
    "reading": (
        METERS, street.readings(NOON_S)[0],
        lambda c, m, i: c.settlement.submit_readings(AREA, [m], command_id=i),
    ),
    "completion": (METERS, _completion(), _complete),
    **{
        f"money: {command.WhichOneof('body')}": (
            party, command, lambda c, m, i: c.funds.move(m, command_id=i),
        )
        for party, command in _money()
    },
    **{
        f"entity {entity.WhichOneof('kind')}": (
            OPERATOR, entity, lambda c, m, i: c.registry.register([m], command_id=i),
        )
        for entity in (street.founding()[0], street.founding()[-3], street.founding()[-1], *street.homes()[:3])
    },
    "unit step": (OPERATOR, _step(), lambda c, m, i: c.registry.advance([m], command_id=i)),
    "import part": (
        OPERATOR,
        registry.StageImport(import_id="units", entities=[street.homes()[1]]),
        lambda c, m, i: c.registry.stage(m.import_id, m.chunk, m.entities, command_id=i),
    ),
    "import commit": (
        OPERATOR,
        registry.CommitImport(import_id="units", chunk_count=1),
        lambda c, m, i: c.registry.commit(
            m.import_id, m.chunk_count, partial=m.partial, validate_only=m.validate_only, command_id=i
        ),
    ),
    "schedule": (
        AGG_A,
        grid.UnitSchedule(unit_id="house-a1", mtu=mtu(NOON_S), version=1, p_w=-100),
        lambda c, m, i: c.grid.submit_schedules(AREA, [m], command_id=i),
    ),
    "entity enrolment": (
        OPERATOR,
        registry.Entity(
            enrolment=registry.Enrolment(enrolment_id="e", market_id="energy", participant_id=AGG_A, active=True)
        ),
        lambda c, m, i: c.registry.register([m], command_id=i),
    ),
    "entity portfolio": (
        OPERATOR,
        registry.Entity(
            portfolio=registry.Portfolio(portfolio_id="both", operator_id=AGG_A, unit_ids=["house-a1", "solar-a3"])
        ),
        lambda c, m, i: c.registry.register([m], command_id=i),
    ),
}  # fmt: skip


def send_all(day: StreetDay, kind: str) -> tuple[list[str], list[FlexbourseError]]:
    """Send all mutants of a kind; returns ids of appended commands and the failures of those that ended at the edge."""
    party, message, send = KINDS[kind]
    client, ids, ended = day.client(party), [], []
    for number, mutant in enumerate([message, *mutants(message)]):
        command_id = f"{kind.replace(' ', '-')}-{day.platform.last_step()}-{number}"
        try:
            send(client, mutant, command_id)
        except NotDecidedError:
            raise
        except FlexbourseError as error:
            ended.append(error)
        else:
            ids.append(command_id)
    return ids, ended


@pytest.mark.parametrize("kind", KINDS)
def test_every_extreme_value_gets_an_answer(open_street: StreetDay, kind: str) -> None:
    resting = order(f"rest-{kind}", "buy", NOON_S, 1_000, 1_000, unit="pump-b1")
    open_street.further(submit(AGG_A, "resting", resting))
    ids, ended = send_all(open_street, kind)
    open_street.further()
    open_street.further()  # what was decided reaches the other services, and what they make of it this one
    answers = open_street.client(KINDS[kind][0]).answers(ids)
    assert set(answers) == set(ids)
    assert ids
    assert not {error.reason for error in ended} & {"INTERNAL", "UNKNOWN"}
    assert {state.state for state in open_street.platform.shards()} == {"running"}
    assert open_street.platform.trouble() == ""
