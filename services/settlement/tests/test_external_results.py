"""Trades and activations outside in the ledger: versions, corrections, refusals; each amount computed by hand.

Every metering point has a frozen base of 100 W; imbalance is settled at 100 EUR/MWh, 2.5 cents for a kW and a
quarter-hour.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from activation_script import claimed, over, overridden, requested
from external_script import BALANCING, CENTS, EXCHANGE, share, version
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from settlement_market import AREA, MTU, POINTS, match, party_of
from settlement_rig import Rig
from test_settlement_shard import codes

from flexbourse.activation.v1 import activation_pb2 as life
from flexbourse.external.v1 import external_pb2 as external
from flexbourse.log.v1 import log_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ANCILLARY_RESULT, REGISTRY_ENTITY, WHOLESALE_RESULT
from flexbourse_settlement.adapters.statement_files import CONTRACTS_FILE, statement_path
from flexbourse_settlement.domain.ledger import net_by_account
from flexbourse_settlement.domain.lines.external import AdjustmentLine, ExternalLine
from flexbourse_settlement.domain.lines.line import DNUT, Line, PerimeterLine, PositionLine, PotentialLine
from flexbourse_settlement.domain.matches import Basis
from flexbourse_settlement.domain.proofs.verify_external import Noted, external_differences, stated_hash
from flexbourse_settlement.external_view import ExternalView
from flexbourse_settlement.processor import SettlementProgram
from flexbourse_settlement.verification import ChainSource, verify_statement
from flexbourse_testkit.drive import Drive

A, B = party_of("mp-1"), party_of("mp-2")
VENUE = f"VENUE-{EXCHANGE}"
SECOND = Mtu(MTU.end_s, 900)


def started(folder: Path, trades: Sequence[object] = ()) -> Rig:
    rig = Rig(folder)
    rig.village()
    rig.trade(list(trades))  # type: ignore[arg-type]
    return rig


def hear(rig: Rig, *results: external.ExternalResult, topic: str = WHOLESALE_RESULT) -> list[pb.SettlementEvent]:
    """Hand results over; return the events that follow."""
    before = len(rig.drive.events)
    for result in results:
        rig.drive.input(topic, f"{result.venue_id}/{result.result_id}", result)
    rig.feed_view()
    asked = ("requested",)  # of the chain: another test's matter
    return [event for event in rig.drive.events[before:] if event.WhichOneof("event") not in asked]  # type: ignore[attr-defined,misc]


def settle(rig: Rig, metered_w: dict[str, int], run_id: str = "day-1") -> list[Line]:
    rig.meter(mean_w=lambda point: metered_w.get(point, 100))
    answer = rig.complete(run_id)
    assert codes(answer) == [], answer
    return list(rig.view.runs()[-1].lines)


def batches(rig: Rig) -> list[list[Line]]:
    """Return the lines of all runs; each adds up to zero, and the journal leads to the same state."""
    found = [list(run.lines) for run in rig.view.runs()]
    for lines in found:
        assert sum(line.net_micro_euro for line in lines) == 0
    rig.drive.recovered()
    return found


def net(lines: Sequence[Line]) -> dict[str, int]:
    return {account: amount for account, amount in net_by_account(lines).items() if amount}


def in_all(rig: Rig) -> dict[str, int]:
    """Return what each account gets of all batches together."""
    total: dict[str, int] = {}
    for lines in batches(rig):
        for account, amount in net(lines).items():
            total[account] = total.get(account, 0) + amount
    return {account: amount for account, amount in sorted(total.items()) if amount}


def names(events: Sequence[pb.SettlementEvent]) -> list[str]:
    return [str(event.WhichOneof("event")) for event in events]


SOLD = share("mp-1", 6_000, 12)


@dataclass(frozen=True)
class Case:
    """Versions before and behind the settlement of their period, the meter, and what comes of all of it."""

    name: str
    before: tuple[external.ExternalResult, ...]
    behind: tuple[external.ExternalResult, ...]
    metered_w: dict[str, int]
    in_all: dict[str, int]
    batches: int = 1
    events: tuple[life.ActivationEvent, ...] = ()
    trades: tuple[object, ...] = field(default=())


CASES = (
    Case("sold outside and delivered: no imbalance", (version(1, SOLD),), (), {"mp-1": 6_100},
         {A: 12 * CENTS, VENUE: -12 * CENTS}),
    Case("sold outside and not delivered: the deviation pays once", (version(1, SOLD),), (), {},
         {A: -3 * CENTS, "IMBALANCE": 15 * CENTS, VENUE: -12 * CENTS}),
    Case("bought outside", (version(1, share("mp-1", -4_000, -8)),), (), {"mp-1": -3_900},
         {A: -8 * CENTS, VENUE: 8 * CENTS}),
    Case("preliminary: nothing is posted, what it sold is imbalance", (version(1, SOLD, final=False),), (),
         {"mp-1": 6_100}, {A: 15 * CENTS, "IMBALANCE": -15 * CENTS}),
    Case("preliminary, then final", (version(1, SOLD, final=False), version(2, SOLD)), (), {"mp-1": 6_100},
         {A: 12 * CENTS, VENUE: -12 * CENTS}),
    Case("corrected before the period is settled: the newest stands, once",
         (version(1, SOLD), version(2, share("mp-1", 5_000, 10))), (), {"mp-1": 5_100},
         {A: 10 * CENTS, VENUE: -10 * CENTS}),
    Case("a price corrected afterwards: the difference alone", (version(1, SOLD),),
         (version(2, share("mp-1", 6_000, 11)),), {"mp-1": 6_100}, {A: 11 * CENTS, VENUE: -11 * CENTS}, 2),
    Case("a quantity corrected afterwards: its money, and the deviation that it was",
         (version(1, SOLD),), (version(2, share("mp-1", 5_000, 10)),), {"mp-1": 5_100},
         {A: 10 * CENTS, VENUE: -10 * CENTS}, 2),
    Case("recalled whole: nothing is left of it but the deviation", (version(1, SOLD),), (version(2),), {},
         {}, 2),
    Case("moved to another member of the pool", (version(1, SOLD),), (version(2, share("mp-2", 6_000, 12)),),
         {"mp-2": 6_100}, {B: 12 * CENTS, VENUE: -12 * CENTS}, 2),
    Case("corrected twice: each the difference to the one before", (version(1, SOLD),),
         (version(2, share("mp-1", 6_000, 11)), version(3, share("mp-1", 6_000, 14))), {"mp-1": 6_100},
         {A: 14 * CENTS, VENUE: -14 * CENTS}, 3),
    Case("a correction that changes nothing here posts nothing", (version(1, SOLD),),
         (version(2, SOLD, reason="spelling"),), {"mp-1": 6_100}, {A: 12 * CENTS, VENUE: -12 * CENTS}),
    Case("final only after the period was settled", (version(1, SOLD, final=False),), (version(2, SOLD),),
         {"mp-1": 6_100}, {A: 12 * CENTS, VENUE: -12 * CENTS}, 2),
    Case("money alone, of no area, waits for no meter", (version(1, share("", 500, 3, party=B)),), (), {},
         {B: 3 * CENTS, VENUE: -3 * CENTS}, 2),
    Case("two orders of one metering point, and another of a venue of balancing energy",
         (version(1, SOLD, share("mp-1", 1_000, 2, "o-2")),
          version(1, share("mp-2", -2_000, 6), name="order-7/1700000100", venue=BALANCING,
                  kind=external.RESULT_KIND_ACTIVATION)), (),
         {"mp-1": 7_100, "mp-2": -1_900},
         {A: 14 * CENTS, B: 6 * CENTS, VENUE: -14 * CENTS, f"VENUE-{BALANCING}": -6 * CENTS}),
    Case("an hour outside, a quarter-hour here: a quarter of the money, the whole power",
         (version(1, share("mp-1", 6_000, 48), mtu=Mtu(MTU.start_s // 3_600 * 3_600, 3_600)),), (), {"mp-1": 6_100},
         {A: 12 * CENTS, VENUE: -12 * CENTS}),
    Case("beside a trade: each moves the position by its own", (version(1, SOLD),), (),
         {"mp-1": 8_100, "mp-5": -1_900}, {A: 12 * CENTS + 5 * CENTS, B: -5 * CENTS, VENUE: -12 * CENTS},
         trades=(match(1, seller="mp-1", buyer="mp-5", quantity_w=2_000, price_ticks=10_000),)),
    Case("what was sold outside is no proof of a trade's relief: its refund is withheld", (version(1, SOLD),), (),
         {"mp-1": 6_100}, {A: 9 * CENTS, B: -12 * CENTS, VENUE: -12 * CENTS, "IMBALANCE": 15 * CENTS},
         trades=(match(1, seller="mp-1", buyer="mp-5", quantity_w=6_000, price_ticks=8_000, dnut=-900,
                       buyer_basis=Basis.SCHEDULED, buyer_is_aggressor=False),)),
    Case("what the venue orders is activated here too: its result pays, the activation does not",
         (version(1, SOLD, venue=EXCHANGE),), (), {"mp-1": 6_100}, {A: 12 * CENTS, VENUE: -12 * CENTS},
         events=(*requested("call-1", {"mp-1": 6_000}, claim="claim/bid-1"), over())),
    Case("an override stops what was sold outside: the sale stays paid, and is no imbalance", (version(1, SOLD),), (),
         {}, {A: 12 * CENTS, VENUE: -12 * CENTS},
         events=(overridden("o", "mp-1", "claim/bid-1", 6_000, 80), over())),
    Case("so it does where activation claimed what was sold by the result itself", (version(1, SOLD),), (),
         {}, {A: 12 * CENTS, VENUE: -12 * CENTS},
         events=(claimed("external/okte/1/u-1", {"mp-1": 6_000}),
                 overridden("o", "mp-1", "external/okte/1/u-1", 6_000, 80), over())),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_result_brings(case: Case, tmp_path: Path) -> None:
    rig = started(tmp_path, case.trades)
    for event in case.events:
        rig.drive.input(ACTIVATION_LIFE, AREA, event)
    hear(rig, *case.before)
    settle(rig, case.metered_w)
    hear(rig, *case.behind)
    assert in_all(rig) == dict(sorted(case.in_all.items()))
    assert len(rig.view.runs()) == case.batches


def test_a_correction_moves_the_settled_deviation_at_its_price(tmp_path: Path) -> None:
    rig = started(tmp_path)
    hear(rig, version(1, SOLD))
    settle(rig, {"mp-1": 5_100})  # a kW short
    hear(rig, version(2, share("mp-1", 5_000, 10), reason="recalled in part"))
    first, second = batches(rig)
    (position,) = (line for line in first if isinstance(line, PositionLine) and line.metering_point_id == "mp-1")
    assert (position.external_w, position.deviation_w, position.amount_micro_euro) == (6_000, -1_000, -25_000)
    (adjusted,) = (line for line in second if isinstance(line, AdjustmentLine))
    assert (adjusted.account, adjusted.moved_w, adjusted.amount_micro_euro) == (A, -1_000, 25_000)
    sold, venue = (line for line in second if isinstance(line, ExternalLine))
    assert (sold.version, sold.former_version, sold.amount_micro_euro) == (2, 1, -2 * CENTS)
    assert (sold.former_quantity_w, sold.quantity_w) == (6_000, 5_000)
    assert (venue.account, venue.amount_micro_euro) == (VENUE, 2 * CENTS)
    reports = [(line.account, line.quantity_w) for line in second if isinstance(line, PerimeterLine)]
    assert reports == [("agg-a", -1_000), (VENUE, 1_000)]


def test_an_hour_is_posted_in_four_runs_to_the_last_unit(tmp_path: Path) -> None:
    hour = Mtu(MTU.start_s // 3_600 * 3_600, 3_600)
    odd = share("mp-1", 1_001, 0)
    odd.amount_micro_euro = 1_000_003
    rig = Rig(tmp_path)
    rig.village()
    hear(rig, version(1, odd, mtu=hour))
    for quarter in range(4):
        mtu = Mtu(hour.start_s + 900 * quarter, 900)
        rig.trade([], mtu)
        rig.meter(mtu, lambda point: 1_101 if point == "mp-1" else 100)
        assert codes(rig.complete(f"q-{quarter}", mtu)) == []
    assert in_all(rig) == {VENUE: -1_000_003, A: 1_000_003}
    hear(rig, version(2, mtu=hour))  # recalled: four deviations more, and all money back
    assert in_all(rig) == {A: 4 * 25_025, "IMBALANCE": -4 * 25_025}


@dataclass(frozen=True)
class Charged:
    """Versions before and behind the settlement of their period; what DNUT and the participants get of them in all."""

    name: str
    before: tuple[external.ExternalResult, ...]
    behind: tuple[external.ExternalResult, ...]
    revision: int  # of the period, by the confirmed fill
    dnut: int
    moved: tuple[tuple[int, int], ...]  # of each batch: billed, revision


POOL = share("mp-1", 6_000, 12, dnut=700), share("mp-2", 2_000, 4, dnut=300)
RELIEF = share("mp-1", 6_000, 12, dnut=-700), share("mp-2", 2_000, 4, dnut=-300)
UNTOLD = share("mp-1", 6_000, 12), share("mp-2", 2_000, 4)
CHARGED = (
    Charged("what the book has told moves from the memo to the bill", (version(1, *POOL),), (), 1_000, 1_000,
            ((1_000, 0),)),
    Charged("beside what changed the potential otherwise", (version(1, *POOL),), (), 950, 1_000, ((1_000, -50),)),
    Charged("a relief is not paid: it stays a memo", (version(1, *RELIEF),), (), -1_000, 0, ((0, -1_000),)),
    Charged("the newest version is billed, once", (version(1, *UNTOLD), version(2, *POOL)), (), 1_000, 1_000,
            ((1_000, 0),)),
    Charged("told after the settlement: a batch of its own", (version(1, *UNTOLD),), (version(2, *POOL),), 1_000, 1_000,
            ((0, 1_000), (1_000, -1_000))),
    Charged("recalled: given back", (version(1, *POOL),), (version(2),), 1_000, 0, ((1_000, 0), (-1_000, 1_000))),
    Charged("preliminary: nobody bears it yet", (version(1, *POOL, final=False),), (), 1_000, 0, ((0, 1_000),)),
)  # fmt: skip


@pytest.mark.parametrize("case", CHARGED, ids=lambda case: case.name)
def test_who_sold_outside_bears_what_it_does_to_the_network(case: Charged, tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.trade([], revision=case.revision)
    hear(rig, *case.before)
    settle(rig, {"mp-1": 6_100, "mp-2": 2_100})
    hear(rig, *case.behind)
    lines = batches(rig)
    potentials = [line for run in lines for line in run if isinstance(line, PotentialLine)]
    assert tuple((each.billed_micro_euro, each.revision_micro_euro) for each in potentials) == case.moved
    assert [each.gap_micro_euro for each in potentials] == [0] * len(potentials)
    assert in_all(rig).get(DNUT, 0) == case.dnut
    newest = (case.before + case.behind)[-1]
    if newest.final and newest.shares:
        borne = {each.party: each.amount_micro_euro - max(0, each.dnut_micro_euro) for each in newest.shares}
        assert {party: in_all(rig)[party] for party in borne} == borne
    assert in_all(rig).get(VENUE, 0) == -sum(each.amount_micro_euro for each in newest.shares if newest.final)


def test_a_tariff_of_an_hour_is_billed_in_four_runs_to_the_last_unit(tmp_path: Path) -> None:
    hour = Mtu(MTU.start_s // 3_600 * 3_600, 3_600)
    rig = Rig(tmp_path)
    rig.village()
    hear(rig, version(1, share("mp-1", 1_000, 0, dnut=1_003), mtu=hour))
    for quarter in range(4):
        mtu = Mtu(hour.start_s + 900 * quarter, 900)
        rig.trade([], mtu)
        rig.meter(mtu, lambda point: 1_100 if point == "mp-1" else 100)
        assert codes(rig.complete(f"q-{quarter}", mtu)) == []
    assert in_all(rig) == {DNUT: 1_003, A: -1_003}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (version(3, SOLD), ["VERSION_GAP"]),
        (version(1, share("mp-1", 1, 1)), ["VERSION_CONFLICT"]),
        (version(2, SOLD, final=False), ["NOT_IN_THIS_STATE"]),
        (version(2, share("mp-1", 1, 1, party="nobody")), ["UNKNOWN_OBJECT"]),
        (version(2, share("mp-9", 1, 1, party=A)), ["UNKNOWN_OBJECT"]),
        (version(2, SOLD, venue="OKTE!"), ["FIELD_MALFORMED", "VERSION_GAP"]),
        (version(2, SOLD, name="a b"), ["FIELD_MALFORMED", "VERSION_GAP"]),
        (version(2, SOLD, kind=external.RESULT_KIND_UNSPECIFIED), ["FIELD_MISSING"]),
        (version(2, SOLD, mtu=Mtu(MTU.start_s + 1, 900)), ["FIELD_MALFORMED"]),
        (version(0, SOLD), ["FIELD_OUT_OF_RANGE"]),
        (version(2, *[SOLD] * 501), ["TOO_MANY_ENTRIES"]),
        (version(2, share("mp-1", 10**12, 1), reason="x" * 501), ["FIELD_OUT_OF_RANGE", "FIELD_OUT_OF_RANGE"]),
        (version(2, share("mp-1", 1, 1, dnut=-(10**16))), ["FIELD_OUT_OF_RANGE"]),
        (version(2, share("", 1, 1, party=A, dnut=1)), ["FIELD_MISSING"]),
    ],
)
def test_what_does_not_fit_is_refused_and_posts_nothing(
    result: external.ExternalResult, expected: list[str], tmp_path: Path
) -> None:
    rig = started(tmp_path)
    hear(rig, version(1, SOLD))
    (event,) = hear(rig, result)
    refused = event.external_refused
    assert [rejection.code for rejection in refused.rejections] == expected
    assert (refused.venue_id, refused.result_id, refused.version) == (
        result.venue_id, result.result_id, result.version,
    )  # fmt: skip
    settle(rig, {"mp-1": 6_100})
    assert in_all(rig) == {VENUE: -12 * CENTS, A: 12 * CENTS}


def test_what_a_pool_sold_beyond_its_members_falls_to_the_platform(tmp_path: Path) -> None:
    village, excess = started(tmp_path), version(1, SOLD, share("", 500, 1, party="platform"))
    assert names(hear(village, excess)) == ["external_refused"]
    of_platform = Drive(lambda _shard: SettlementProgram("platform"), "settlement")
    for message in village.drive.journal:
        if isinstance(message, log_pb2.Adopted) and message.topic == REGISTRY_ENTITY:
            known = registry.EntityState.FromString(message.value)
            of_platform.input(REGISTRY_ENTITY, message.key, known)
    of_platform.input(WHOLESALE_RESULT, "x", excess)
    posted = [event.closed for event in of_platform.events if event.HasField("closed")]  # type: ignore[attr-defined]
    assert [(each.account, each.amount_micro_euro) for each in posted[0].accounts if each.amount_micro_euro > 0] == [
        ("platform", CENTS)
    ]
    of_platform.recovered()


def test_the_same_version_again_is_nothing_new(tmp_path: Path) -> None:
    rig = started(tmp_path)
    assert names(hear(rig, version(1, SOLD))) == ["external_taken", "record_noted"]
    assert hear(rig, version(1, SOLD)) == []
    hear(rig, version(2, share("mp-1", 6_000, 11)))
    assert hear(rig, version(1, SOLD), version(2, share("mp-1", 6_000, 11))) == []  # both stand, late and twice
    rig.drive.recovered()


def test_every_version_goes_to_the_notary_with_its_hash(tmp_path: Path) -> None:
    rig = started(tmp_path)
    taken, noted = hear(rig, version(1, SOLD, final=False), topic=ANCILLARY_RESULT)
    assert noted.record_noted.record_id == f"external/{EXCHANGE}/trade-1"
    assert (noted.record_noted.version, noted.record_noted.final) == (1, False)
    assert noted.record_noted.hash == taken.external_taken.hash
    _, noted = hear(rig, version(2, SOLD), topic=ANCILLARY_RESULT)
    assert (noted.record_noted.version, noted.record_noted.final) == (2, True)
    assert noted.record_noted.hash != taken.external_taken.hash


def test_every_account_can_verify_results_and_corrections(tmp_path: Path) -> None:
    rig = started(tmp_path)
    hear(rig, version(1, share("mp-1", 6_000, 12, dnut=700), share("mp-2", 2_000, 4, dnut=-300)))
    settle(rig, {"mp-1": 5_100, "mp-2": 2_100})
    hear(rig, version(2, share("mp-1", 5_000, 10, dnut=600), reason="recalled in part"))
    rig.settle_everything()
    everybody = {account for lines in batches(rig) for account in net_by_account(lines)}
    assert VENUE in everybody
    source = ChainSource.of_data_dir(tmp_path)
    for account in everybody:
        assert verify_statement(statement_path(tmp_path / "statements", account), source) == []
    stated = json.loads(statement_path(tmp_path / "statements", A).read_bytes())
    assert stated["net_micro_euro"] == in_all(rig)[A]


def test_the_notary_holds_the_hash_of_every_version_that_a_statement_names(tmp_path: Path) -> None:
    rig = started(tmp_path)
    hear(rig, version(1, SOLD))
    settle(rig, {"mp-1": 6_100})
    path, source = statement_path(tmp_path / "statements", A), ChainSource.of_data_dir
    rig.settle_everything()
    assert verify_statement(path, source(tmp_path)) == []
    noted = (tmp_path / CONTRACTS_FILE).read_bytes()
    (tmp_path / CONTRACTS_FILE).unlink()
    (missing,) = verify_statement(path, source(tmp_path))
    assert (missing.field, missing.expected) == ("notary", None)
    (tmp_path / CONTRACTS_FILE).write_bytes(noted)
    # another result on record under the same name: what a statement says is not what the notary holds
    stated = json.loads(path.read_bytes())
    leaf = next(
        leaf for group in stated["batches"][0]["metering_points"] for leaf in group["leaves"]
        if leaf["fields"]["kind"] == "external"
    )  # fmt: skip
    fields = leaf["fields"]
    held = Noted(stated_hash(fields), final=True)
    assert list(external_differences([fields], lambda _record, _version: held)) == []
    for other in (Noted("00" * 32, final=True), Noted(held.hash, final=False), None):
        (found,) = external_differences([fields, fields], lambda _record, _version: other)  # noqa: B023
        assert found[:3] == (fields["leaf_id"], "notary", held.hash)
    for name in ("document_sha256", "shares_sha256", "reason", "result_kind"):
        assert stated_hash({**fields, name: "x"}) != held.hash


def test_a_query_shows_versions_own_shares_and_what_was_refused(tmp_path: Path) -> None:
    rig, view = started(tmp_path), ExternalView()
    hear(rig, version(1, SOLD, share("mp-2", 2_000, 4), final=False), version(2, SOLD, reason="final"))
    hear(rig, version(7, SOLD), version(1, SOLD, name="trade-2"))
    for offset, message in enumerate(rig.drive.journal):
        view.fold(Record("journal", 0, offset, "", b"", {}), message)
    newest, older = view.results("", "", lambda party: party == A, 10)
    assert (newest.result_id, older.result_id) == ("trade-2", "trade-1")
    assert [(each.version, each.final, each.reason) for each in older.versions] == [(1, False, ""), (2, True, "final")]
    assert [[own.party for own in each.shares] for each in older.versions] == [[A], [A]]
    assert older.record_id == f"external/{EXCHANGE}/trade-1"
    (refused,) = view.refused(EXCHANGE, "trade-1")
    assert (refused.version, refused.rejections[0].code, refused.rejections[0].limit) == (7, "VERSION_GAP", 3)
    assert view.refused("other", "") == []
    assert view.results("other", "", lambda _party: True, 10) == []


shares = st.lists(
    st.builds(share, st.sampled_from(POINTS), st.integers(-9_000, 9_000), st.integers(-30, 30),
              st.sampled_from(("o-1", "o-2")), dnut=st.integers(-3_001, 3_001)),
    max_size=4,
)  # fmt: skip


@given(
    versions=st.lists(st.tuples(shares, st.booleans()), min_size=1, max_size=6),
    settled_after=st.integers(0, 6),
    metered=st.lists(st.integers(-9_000, 9_000), min_size=6, max_size=6),
    length_s=st.sampled_from((900, 3_600, 300)),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_corrections_end_where_the_last_version_alone_would(
    versions: list[tuple[list[external.ExternalShare], bool]],
    settled_after: int,
    metered: list[int],
    length_s: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whenever a period is settled between versions: every batch is zero, and all batches together are one."""
    mtu = Mtu(MTU.start_s // length_s * length_s, length_s)
    was_final, heard = False, []
    for number, (own, final) in enumerate(versions, 1):
        was_final = was_final or final
        heard.append(version(number, *own, final=was_final, mtu=mtu))
    by_meter = dict(zip(POINTS, metered, strict=True))
    rig = started(tmp_path_factory.mktemp("many"))
    hear(rig, *heard[:settled_after])
    settle(rig, by_meter)
    hear(rig, *heard[settled_after:])
    at_once = started(tmp_path_factory.mktemp("once"))
    if heard[-1].final:
        only = external.ExternalResult()
        only.CopyFrom(heard[-1])
        only.version = 1
        hear(at_once, only)
    settle(at_once, by_meter)
    piecewise, whole = in_all(rig), in_all(at_once)
    for exact in (VENUE, DNUT):
        assert piecewise.get(exact, 0) == whole.get(exact, 0)
    if any(own for own, _ in versions[:settled_after]):  # the area was known to have results when it was settled
        corrections = len(rig.view.runs()) - 1
        for account in {*piecewise, *whole}:
            difference = abs(piecewise.get(account, 0) - whole.get(account, 0))
            assert difference <= corrections * len(POINTS)  # each adjustment is rounded by itself
