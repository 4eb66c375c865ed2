"""Whatever a command holds, every entry gets an answer, nothing raises, and recovery agrees."""

from __future__ import annotations

import os

from book_world import AREA, DSO, ENERGY, FLEX, HOMES, NOON, PARTIES, World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
INT64 = 2**63 - 1

numbers = st.one_of(st.sampled_from([0, 1, -1, 100, 1_000, 1_050, INT64, -INT64, 60_000]), st.integers(-INT64, INT64))
texts = st.one_of(st.sampled_from(["", "a1-a2", "bar-a1", "a1", "x" * 70, "\x00", "é"]), st.text(max_size=80))
units = st.sampled_from([f"{kind}-{home}" for kind in ("battery", "house") for home in HOMES])
mtus = st.builds(
    common_pb2.Mtu,
    start_s=st.one_of(st.sampled_from([NOON, NOON + 900, NOON + 1, 0]), st.integers(-INT64, INT64)),
    length_s=st.sampled_from([900, 900, 900, 0, -1, 2**31 - 1]),
)
enums = st.sampled_from([0, 1, 2, 3, 1, 2, 4, 5, 77])


def mostly(good: st.SearchStrategy[object], bad: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(good, good, good, bad)


instructions = st.builds(
    pb.ExecutionInstructions,
    min_quantity_w=mostly(st.sampled_from([0, 100]), numbers),
    clip_w=mostly(st.sampled_from([0, 100]), numbers),
    clip_step_ticks=mostly(st.sampled_from([0, 1]), numbers),
    valid_until_ms=mostly(st.sampled_from([0, NOON * 1_000]), numbers),
    session_id=mostly(st.sampled_from(["", "s"]), texts),
)
targets = st.builds(pb.ReliefTarget, element_id=mostly(st.sampled_from(["bar-a1", "a3"]), texts), value=numbers)
orders = st.builds(
    pb.NewOrder,
    client_order_id=mostly(st.uuids().map(str), texts),
    market_id=mostly(st.sampled_from([ENERGY, FLEX]), texts),
    product=enums,
    side=enums,
    mtu=mtus,
    unit_id=mostly(units, texts),
    metering_point_id=mostly(st.just(""), texts),
    element_id=mostly(st.just(""), texts),
    quantity_w=mostly(st.integers(1, 300).map(lambda n: 100 * n), numbers),
    limit_price_ticks=mostly(st.integers(-50_000, 400_000), numbers),
    fill_rule=enums,
    relief_targets=mostly(st.just([]), st.lists(targets, max_size=3)),
    conditional=st.booleans(),
    instructions=mostly(st.none(), instructions),
)
limits = st.builds(
    pb.CapacityLimit,
    mtu=mtus,
    scope=enums,
    subject_id=mostly(st.sampled_from(["mp-battery-b2", "street-a", "bar-a1"]), texts),
    max_injection_w=mostly(st.none(), numbers),
    max_consumption_w=mostly(st.integers(0, 50_000), numbers),
    max_loading_mpct=mostly(st.none(), numbers),
    node_id=texts,
)
changes = st.builds(pb.NodeChange, node_id=mostly(st.sampled_from(HOMES), texts), p_w=numbers, q_var=numbers)
ids = st.one_of(st.integers(1, 6).map(lambda n: f"{AREA}.{n}"), texts)
commands = st.one_of(
    st.builds(
        lambda found, one: pb.OrderCommand(submit=pb.SubmitOrders(orders=found, together=one)),
        st.lists(orders, max_size=4), st.sampled_from([False, False, True]),
    ),
    st.builds(
        lambda known, found: pb.OrderCommand(
            set_capacity_limits=pb.SetCapacityLimits(expected_version=known, limits=found)
        ),
        st.integers(-1, 2), st.lists(limits, max_size=3),
    ),
    st.builds(lambda name: pb.OrderCommand(release_relief=pb.ReleaseRelief(trade_id=name)), ids),
    st.builds(
        lambda *found: pb.OrderCommand(end_call=pb.EndCall(call_ids=found[0], order_id=found[1], made=found[2])),
        st.lists(st.one_of(ids, st.just(f"{AREA}.{NOON}.h.1")), max_size=3), st.one_of(st.just(""), ids), st.booleans(),
    ),
    st.builds(lambda found: pb.OrderCommand(hibernate=pb.HibernateOrders(order_ids=found)), st.lists(ids, max_size=3)),
    st.builds(
        lambda found: pb.OrderCommand(reactivate=pb.ReactivateOrders(order_ids=found)), st.lists(ids, max_size=3)
    ),
    st.builds(
        lambda name, product: pb.OrderCommand(cancel_all=pb.CancelAll(market_id=name, product=product)),
        mostly(st.sampled_from(["", ENERGY]), texts), enums,
    ),
    st.builds(
        lambda name, ms: pb.OrderCommand(keep_session=pb.KeepSession(session_id=name, timeout_ms=ms)),
        mostly(st.just("s"), texts), mostly(st.sampled_from([0, 5_000]), numbers),
    ),
    st.builds(
        lambda name, on, why: pb.OrderCommand(
            set_kill_switch=pb.SetKillSwitch(participant_id=name, engaged=on, reason=why)
        ),
        mostly(st.sampled_from(PARTIES), texts), st.booleans(), mostly(st.just("why"), texts),
    ),
    st.builds(lambda found: pb.OrderCommand(cancel=pb.CancelOrders(order_ids=found)), st.lists(ids, max_size=3)),
    st.builds(
        lambda *found: pb.OrderCommand(
            replace=pb.ReplaceOrder(
                order_id=found[0], quantity_w=found[1], limit_price_ticks=found[2], expected_revision=found[3]
            )
        ),
        ids, numbers, numbers, st.integers(0, 3),
    ),
    st.builds(
        lambda name, mtu, found, until: pb.OrderCommand(
            reserve=pb.ReserveHeadroom(
                reservation_id=name, area_id=AREA, mtu=mtu, changes=found, expires_at_ms=until
            )
        ),
        st.sampled_from(["r-1", "r-2", ""]), mtus, st.lists(changes, max_size=3), st.just(NOON * 1_000),
    ),
    st.builds(lambda name: pb.OrderCommand(confirm=pb.ConfirmHeadroom(reservation_id=name)), st.sampled_from(["r-1"])),
    st.builds(lambda name: pb.OrderCommand(release=pb.ReleaseHeadroom(reservation_id=name)), texts),
    st.builds(lambda reason: pb.OrderCommand(resume_area=pb.ResumeArea(reason=reason)), texts),
    st.builds(
        lambda name, yes, reason: pb.OrderCommand(
            decide_curtailment=pb.DecideCurtailment(proposal_id=name, confirm=yes, reason=reason)
        ),
        texts, st.booleans(), mostly(texts, st.just("r" * 300)),
    ),
)  # fmt: skip


@settings(
    max_examples=300 if LONG else 25, deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck)
)
@given(story=st.lists(st.tuples(commands, st.sampled_from([*PARTIES, DSO, "stranger"])), min_size=3, max_size=25))
def test_any_command_is_answered(story: list[tuple[pb.OrderCommand, str]]) -> None:
    world = World().ready()
    for command, party in story:
        command.area_id = AREA
        body = command.WhichOneof("body")
        ended = len(command.end_call.call_ids) if not command.end_call.order_id else 1
        entries = {
            "submit": len(command.submit.orders), "cancel": len(command.cancel.order_ids), "end_call": ended,
            "hibernate": len(command.hibernate.order_ids), "reactivate": len(command.reactivate.order_ids),
        }  # fmt: skip
        results = world.command(command, party)
        if body in ("set_capacity_limits", "cancel_all"):  # all that stands against it, or one version; all that go
            assert results
        else:
            assert len(results) == max(1, entries.get(body, 1))
        for result in results:
            assert result.id or result.rejection.code
    world.tick()
    world.drive.recovered()
