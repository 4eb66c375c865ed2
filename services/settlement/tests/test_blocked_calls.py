"""Calls that were blocked behind the gate of bids: the bidder's imbalance, compensated by who has tightened the grid.

Imbalance costs 100 EUR/MWh: 15 cents for 6 kW and a quarter-hour, which at 80 EUR/MWh would have brought 12 cents.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from external_script import BALANCING, CENTS, share, version
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from settlement_market import AREA, MTU, OPERATOR, POINTS, party_of, period
from settlement_rig import Rig
from test_external_results import batches, hear, in_all, settle

from flexbourse.external.v1 import external_pb2 as external
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.external_share import Tightening
from flexbourse_core.market_time import Mtu
from flexbourse_messages.catalogue import ANCILLARY_RESULT
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.activations.blocked_calls import Bearers, blocked_lines, missing_cost_micro_euro
from flexbourse_settlement.domain.external.settling import Posting
from flexbourse_settlement.domain.ledger import settle as settle_period
from flexbourse_settlement.domain.lines.blocked import BlockedLine
from flexbourse_settlement.domain.lines.line import DNUT, PositionLine
from flexbourse_settlement.external_wire import result_from
from flexbourse_settlement.verification import ChainSource, verify_statement

A, B = party_of("mp-1"), party_of("mp-2")


def blocked(
    number: int, *shares: external.ExternalShare, name: str = "order-7/blocked", mtu: Mtu = MTU, final: bool = True
) -> external.ExternalResult:
    return version(number, *shares, name=name, venue=BALANCING, kind=external.RESULT_KIND_BLOCKED, mtu=mtu, final=final)


def missing(
    point: str, quantity_w: int, cents: int, by: external.Tightening = external.TIGHTENING_UNSPECIFIED
) -> external.ExternalShare:
    found = share(point, quantity_w, cents, party="" if point else A)
    found.tightening = by
    return found


def started(folder: Path, dso: str = OPERATOR) -> Rig:
    rig = Rig(folder)
    rig.village()
    area = registry.GridArea(area_id=AREA, dso_id=dso)
    rig.register([registry.Entity(area=area)])
    rig.trade([])
    return rig


def take(rig: Rig, *results: external.ExternalResult) -> None:
    hear(rig, *results, topic=ANCILLARY_RESULT)


TOPOLOGY, FORECAST = external.TIGHTENING_TOPOLOGY, external.TIGHTENING_FORECAST
UP = missing("mp-1", 6_000, 12, TOPOLOGY)


@dataclass(frozen=True)
class Case:
    """Versions before and behind the settlement of their period, and what comes of all of it."""

    name: str
    before: tuple[external.ExternalResult, ...]
    behind: tuple[external.ExternalResult, ...]
    in_all: dict[str, int]
    batches: int = 1
    dso: str = OPERATOR


CASES = (
    Case("the operator's switching blocks it: he pays, the bidder has what he had", (blocked(1, UP),), (),
         {OPERATOR: -3 * CENTS, "IMBALANCE": 3 * CENTS}),
    Case("a capacity limit, a curtailment, an override are his too",
         tuple(blocked(1, missing("mp-1", 6_000, 12, by), name=f"order-{by}/blocked")
               for by in (external.TIGHTENING_CAPACITY_LIMITS, external.TIGHTENING_CURTAILMENT,
                          external.TIGHTENING_OVERRIDE)), (),
         {OPERATOR: -9 * CENTS, "IMBALANCE": 9 * CENTS}),
    Case("another forecast is nobody's decision: the network account bears it",
         (blocked(1, missing("mp-1", 6_000, 12, FORECAST)),), (), {DNUT: -3 * CENTS, "IMBALANCE": 3 * CENTS}),
    Case("so is what the area refuses and names no reason for",
         (blocked(1, missing("mp-1", 6_000, 12, external.TIGHTENING_AREA)),), (),
         {DNUT: -3 * CENTS, "IMBALANCE": 3 * CENTS}),
    Case("nobody has tightened: the bidder's own risk", (blocked(1, missing("mp-1", 6_000, 12)),), (),
         {A: -3 * CENTS, "IMBALANCE": 3 * CENTS}),
    Case("DOWN: who was to buy at 110 and did not loses what imbalance pays less",
         (blocked(1, missing("mp-1", -4_000, -11, TOPOLOGY)),), (), {OPERATOR: -CENTS, "IMBALANCE": CENTS}),
    Case("a bid dearer than imbalance has cost nobody anything", (blocked(1, missing("mp-1", 6_000, 16, TOPOLOGY)),),
         (), {}),
    Case("an area without a known operator: the network account", (blocked(1, UP),), (),
         {DNUT: -3 * CENTS, "IMBALANCE": 3 * CENTS}, dso="nobody"),
    Case("two bidders, two causes", (blocked(1, UP, missing("mp-2", 2_000, 4, FORECAST)),), (),
         {OPERATOR: -3 * CENTS, DNUT: -CENTS, "IMBALANCE": 4 * CENTS}),
    Case("the order ends early: a version with less, before it is settled", (blocked(1, UP),
         blocked(2, missing("mp-1", 2_000, 4, TOPOLOGY))), (), {OPERATOR: -CENTS, "IMBALANCE": CENTS}),
    Case("known late: a batch of its own posts the difference", (blocked(1, UP),),
         (blocked(2, missing("mp-1", 2_000, 4, TOPOLOGY)),), {OPERATOR: -CENTS, "IMBALANCE": CENTS}, 2),
    Case("taken back whole", (blocked(1, UP),), (blocked(2),), {}, 2),
    Case("the cause is corrected: who bore it gets it back", (blocked(1, UP),),
         (blocked(2, missing("mp-1", 6_000, 12, FORECAST)),), {DNUT: -3 * CENTS, "IMBALANCE": 3 * CENTS}, 2),
    Case("preliminary: nothing is posted", (blocked(1, UP, final=False),), (), {}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_bears_a_blocked_call(case: Case, tmp_path: Path) -> None:
    rig = started(tmp_path, case.dso)
    take(rig, *case.before)
    settle(rig, {})
    take(rig, *case.behind)
    assert in_all(rig) == dict(sorted(case.in_all.items()))
    assert len(rig.view.runs()) == case.batches


def test_the_worked_vector_line_by_line(tmp_path: Path) -> None:
    rig = started(tmp_path)
    take(rig, blocked(1, UP))
    lines = settle(rig, {})
    bidder, cause = (line for line in lines if isinstance(line, BlockedLine))
    assert (bidder.side, bidder.account, bidder.counterparty) == ("BIDDER", A, OPERATOR)
    assert (bidder.quantity_w, bidder.bid_micro_euro, bidder.cost_micro_euro) == (6_000, 12 * CENTS, 3 * CENTS)
    assert (bidder.amount_micro_euro, bidder.compensation_micro_euro, bidder.net_micro_euro) == (
        -3 * CENTS, 3 * CENTS, 0,
    )  # fmt: skip
    assert (cause.side, cause.account, cause.counterparty) == ("CAUSE", OPERATOR, A)
    assert (cause.amount_micro_euro, cause.compensation_micro_euro, cause.net_micro_euro) == (-3 * CENTS, 0, -3 * CENTS)
    # nothing was sold and nothing moved: the position stays, and no venue pays
    assert {line.external_w for line in lines if isinstance(line, PositionLine)} == {0}
    assert not [line for line in lines if line.account.startswith("VENUE-")]


def test_without_an_imbalance_price_it_is_reported_alone() -> None:
    posting = Posting(AREA, MTU, result_from(blocked(1, UP)))
    lines = blocked_lines(posting, Bearers(OPERATOR), None)
    found = [line for line in lines if isinstance(line, BlockedLine)]
    assert [(line.settled, line.net_micro_euro, line.quantity_w) for line in found] == [(False, 0, 6_000)] * 2


def test_the_network_operator_compensates_nobody_but_himself_for_his_own_bid() -> None:
    own = missing("mp-1", 6_000, 12, TOPOLOGY)
    own.party = OPERATOR
    (line,) = blocked_lines(Posting(AREA, MTU, result_from(blocked(1, own))), Bearers(OPERATOR), 10_000)
    assert (line.account, line.net_micro_euro) == (OPERATOR, -3 * CENTS)


def test_every_account_can_verify_it_and_the_notary_holds_it(tmp_path: Path) -> None:
    rig = started(tmp_path)
    take(rig, blocked(1, UP))
    settle(rig, {})
    take(rig, blocked(2, missing("mp-1", 2_000, 4, FORECAST)))
    rig.settle_everything()
    source = ChainSource.of_data_dir(tmp_path)
    for account in (A, OPERATOR, DNUT, "IMBALANCE"):
        path = statement_path(tmp_path / "statements", account)
        assert verify_statement(path, source) == []
    stated = json.loads(statement_path(tmp_path / "statements", OPERATOR).read_bytes())
    kinds = {
        leaf["fields"]["kind"]
        for batch in stated["batches"] for group in batch["metering_points"] for leaf in group["leaves"]
    }  # fmt: skip
    assert kinds == {"blocked", "total"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("cost_micro_euro", 1), ("amount_micro_euro", 0), ("quantity_w", 7_000), ("tightening", "FORECAST")],
)
def test_a_statement_that_was_changed_says_where(field: str, value: object, tmp_path: Path) -> None:
    rig = started(tmp_path)
    take(rig, blocked(1, UP))
    settle(rig, {})
    rig.settle_everything()
    path, source = statement_path(tmp_path / "statements", A), ChainSource.of_data_dir(tmp_path)
    stated = json.loads(path.read_bytes())
    leaf = next(
        leaf for group in stated["batches"][0]["metering_points"] for leaf in group["leaves"]
        if leaf["fields"]["kind"] == "blocked"
    )  # fmt: skip
    leaf["fields"][field] = value
    path.write_text(json.dumps(stated))
    assert [(found.leaf_id, found.field) for found in verify_statement(path, source)] == [
        (leaf["fields"]["leaf_id"], field)
    ]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (blocked(1, missing("", 6_000, 12, TOPOLOGY)), ["FIELD_MISSING"]),
        (version(1, UP), ["FIELD_OUT_OF_RANGE"]),
    ],
)
def test_what_no_blocked_call_looks_like_is_refused(
    result: external.ExternalResult, expected: list[str], tmp_path: Path
) -> None:
    (event,) = hear(started(tmp_path), result)
    assert sorted(each.code for each in event.external_refused.rejections) == sorted(expected)


def test_what_was_blocked_never_becomes_what_was_sold(tmp_path: Path) -> None:
    rig = started(tmp_path)
    take(rig, blocked(1, UP))
    sold = version(2, share("mp-1", 6_000, 12), name="order-7/blocked", venue=BALANCING)
    (event,) = hear(rig, sold)
    assert [each.code for each in event.external_refused.rejections] == ["NOT_IN_THIS_STATE"]


@given(st.integers(-9_000, 9_000), st.integers(-(10**6), 10**6), st.integers(-(10**5), 10**5))
def test_the_cost_is_never_a_gain(quantity_w: int, bid: int, price: int) -> None:
    assert missing_cost_micro_euro(quantity_w, bid, price, 900) >= 0


shares = st.lists(
    st.builds(missing, st.sampled_from(POINTS), st.integers(-9_000, 9_000), st.integers(-30, 30),
              st.sampled_from(list(external.Tightening.values()))),
    min_size=1, max_size=4,
)  # fmt: skip


@given(versions=st.lists(shares, min_size=1, max_size=4), settled_after=st.integers(1, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_corrections_end_exactly_where_the_last_version_alone_would(
    versions: list[list[external.ExternalShare]], settled_after: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whenever the period is settled between versions: each batch is zero, and all together are one."""
    rig = started(tmp_path_factory.mktemp("many"))
    heard = [blocked(number, *own) for number, own in enumerate(versions, 1)]
    take(rig, *heard[:settled_after])
    settle(rig, {})
    take(rig, *heard[settled_after:])
    once = started(tmp_path_factory.mktemp("once"))
    take(once, blocked(1, *versions[-1]))
    settle(once, {})
    assert in_all(rig) == in_all(once)
    assert len(batches(rig)) <= 1 + len(heard[settled_after:])


def test_the_imbalance_account_has_one_line_for_deviations_and_blocked_calls() -> None:
    lines: Sequence[object] = blocked_lines(Posting(AREA, MTU, result_from(blocked(1, UP))), Bearers(OPERATOR), 9_000)
    drawn = period([], bases_w={"mp-1": 1_000}, metered_w={"mp-1": 400})
    settled = settle_period(replace(drawn, other_lines=lines))  # type: ignore[arg-type]
    (taken,) = (line for line in settled if line.account == "IMBALANCE")
    assert taken.net_micro_euro == 13_500 + 15_000  # 600 W short at 90 EUR/MWh, and 13.5 - 12 cents of the call
    assert sum(line.net_micro_euro for line in settled) == 0


def test_names_on_the_wire_are_those_of_the_domain() -> None:
    wire = {name.removeprefix("TIGHTENING_"): number for name, number in external.Tightening.items()}
    assert {member.name: member.value for member in Tightening} == {"NONE" if k == "UNSPECIFIED" else k: v
                                                                    for k, v in wire.items()}  # fmt: skip
