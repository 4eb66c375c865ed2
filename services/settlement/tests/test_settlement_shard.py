"""The shard with its effects on the embedded chain: a run from trades to verified statement files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from settlement_market import AREA, MTU, OPERATOR, POINTS, match
from settlement_rig import METER_OPERATOR, Rig

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_messages.catalogue import SETTLEMENT_BATCH
from flexbourse_messages.topic import MAX_RECORD_BYTES
from flexbourse_runtime.config import Secret
from flexbourse_settlement import wire
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.chain.addresses import kept_address
from flexbourse_settlement.domain.chain.transactions import CHECK_EVERY_MS
from flexbourse_settlement.domain.matches import Basis, Product
from flexbourse_settlement.domain.runs import MAX_READINGS
from flexbourse_settlement.preparing import KeysErasedError
from flexbourse_settlement.processor import SELF
from flexbourse_settlement.verification import ChainSource, statements_digest, verify_statement

TRADES = [
    match(1, seller="mp-1", buyer="mp-4", dnut=700),
    match(2, seller="mp-3", buyer="mp-5", dnut=-900, buyer_basis=Basis.SCHEDULED, buyer_is_aggressor=False),
    match(3, seller="mp-6", product=Product.FLEX_UP, buyer_basis=Basis.OPERATOR_REQUEST, relief=-50,
          buyer_is_aggressor=False),
]  # fmt: skip
SECOND = Mtu(MTU.end_s, 900)
ACCOUNTS = ["agg-a", "agg-b", "agg-c", OPERATOR, "DNUT", "IMBALANCE"]


def metered(point: str) -> int:
    return 100 + 37 * POINTS.index(point)


def settled_village(folder: Path, **settings: object) -> Rig:
    rig = Rig(folder, **settings)  # type: ignore[arg-type]
    rig.village()
    rig.trade(TRADES)
    rig.meter(mean_w=metered)
    answer = rig.complete()
    assert codes(answer) == [], answer
    rig.settle_everything()
    return rig


def codes(answer: common_pb2.Answer) -> list[str]:
    found = []
    for result in answer.results:
        every = common_pb2.Rejections()
        if result.detail.Unpack(every):
            found += [rejection.code for rejection in every.rejections]
        elif result.HasField("rejection"):
            found.append(result.rejection.code)
    return found


def test_a_run_is_settled_and_every_statement_file_verifies(tmp_path: Path) -> None:
    rig = settled_village(tmp_path)
    (settled,) = rig.view.runs()
    state = wire.batch_to(settled.batch)
    assert (state.state, state.sum_micro_euro) == ("FINAL", 0)
    source = ChainSource.of_data_dir(tmp_path)
    assert sorted(state.accounts_micro_euro) == sorted(ACCOUNTS)
    for account in ACCOUNTS:
        path = statement_path(tmp_path / "statements", account)
        assert verify_statement(path, source) == []
        stated = json.loads(path.read_bytes())
        assert stated["net_micro_euro"] == state.accounts_micro_euro[account]
        for each in settled.batch.closed.accounts:
            if each.account == account:
                assert rig.settler.chain.balance(source.contract, each.address) == each.amount_micro_euro
    rig.drive.recovered()


def test_one_changed_number_in_a_file_is_named(tmp_path: Path) -> None:
    settled_village(tmp_path)
    path = statement_path(tmp_path / "statements", "agg-a")
    stated = json.loads(path.read_bytes())
    leaf = stated["batches"][0]["metering_points"][1]["leaves"][0]
    leaf["fields"]["quantity_w"] += 1
    path.write_text(json.dumps(stated))
    (found,) = verify_statement(path, ChainSource.of_data_dir(tmp_path))
    assert (found.leaf_id, found.field) == (leaf["fields"]["leaf_id"], "quantity_w")


def test_batches_are_published_as_they_move_on(tmp_path: Path) -> None:
    rig = settled_village(tmp_path)
    published = [message for message in rig.drive.projected(SETTLEMENT_BATCH) if message is not None]
    assert [message.state for message in published] == ["CLOSED", "SIGNED", "FINAL"]  # type: ignore[attr-defined]
    assert published[-1].gas_used > 0  # type: ignore[attr-defined]


def test_two_runs_stand_in_one_file_and_the_chain_adds_them_up(tmp_path: Path) -> None:
    rig = settled_village(tmp_path)
    rig.trade([match(1, mtu=SECOND, dnut=11)], SECOND, start=77)
    rig.meter(SECOND)
    assert codes(rig.complete("day-2", SECOND)) == []
    rig.settle_everything()
    path = statement_path(tmp_path / "statements", "agg-a")
    stated = json.loads(path.read_bytes())
    assert [entry["document"]["run_id"] for entry in stated["batches"]] == ["day-1", "day-2"]
    source = ChainSource.of_data_dir(tmp_path)
    assert verify_statement(path, source) == []
    assert rig.settler.chain.balance(source.contract, stated["address"]) == stated["net_micro_euro"]
    rig.drive.recovered()


def test_the_same_trades_give_the_same_digest_on_another_chain(tmp_path: Path) -> None:
    settled_village(tmp_path / "one")
    other = Rig(tmp_path / "two")
    other.village()
    other.settle_everything()  # contract and accounts first: other blocks, other hashes
    other.trade(TRADES)
    other.meter(mean_w=metered)
    other.complete()
    other.settle_everything()
    assert statements_digest(tmp_path / "one/statements") == statements_digest(tmp_path / "two/statements")


def test_readings_are_refused_one_by_one_with_every_reason(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.trade(TRADES)
    good = pb.Reading(metering_point_id="mp-1", mtu=wire.MTU.encode(MTU), mean_w=5)
    bad = pb.Reading(metering_point_id="nowhere", mtu=common_pb2.Mtu(start_s=7, length_s=900), mean_w=10**12)
    wish = pb.SubmitReadings(area_id=AREA, readings=[good, bad])
    answer = rig.command(pb.SettlementCommand(submit_readings=wish), METER_OPERATOR)
    assert answer.results[0].id == "mp-1"
    assert codes(answer) == ["READING_INVALID"] * 3
    assert codes(rig.meter(party="agg-a")) == ["NOT_AUTHORISED"]
    assert codes(rig.meter(SECOND)) == ["READING_INVALID"] * len(POINTS)  # a period without a book
    empty = pb.SettlementCommand(submit_readings=pb.SubmitReadings(area_id=AREA))
    assert codes(rig.command(empty, METER_OPERATOR)) == ["FIELD_MISSING"]


def test_an_answer_to_thousands_of_bad_readings_stays_within_one_record(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    for count, expected in ((MAX_READINGS, ["READING_INVALID"]), (MAX_READINGS + 1, ["TOO_MANY_ENTRIES"])):
        bad = pb.Reading(metering_point_id="x" * 64, mtu=wire.MTU.encode(MTU), mean_w=2**62)
        wish = pb.SubmitReadings(area_id=AREA, readings=[bad] * count)
        answer = rig.command(pb.SettlementCommand(submit_readings=wish), METER_OPERATOR)
        assert sorted(set(codes(answer))) == expected
        assert answer.ByteSize() < MAX_RECORD_BYTES


def test_prices_of_a_run_are_bounded_and_belong_to_it(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.trade(TRADES)
    rig.meter()

    def complete(*prices: tuple[Mtu, int]) -> list[str]:
        wish = pb.ReadingsComplete(
            area_id=AREA,
            run_id="r",
            mtus=[wire.MTU.encode(MTU)],
            imbalance_prices=[pb.ImbalancePrice(mtu=wire.MTU.encode(mtu), price_ticks=price) for mtu, price in prices],
        )
        return codes(rig.command(pb.SettlementCommand(readings_complete=wish), METER_OPERATOR))

    assert complete((MTU, 2**62)) == ["FIELD_OUT_OF_RANGE"]
    assert complete((MTU, -(2**62))) == ["FIELD_OUT_OF_RANGE"]
    assert complete((SECOND, 5)) == ["FIELD_MALFORMED"]
    assert complete((MTU, 5), (MTU, 6)) == ["FIELD_MALFORMED"]
    assert complete((MTU, -5)) == []


def test_a_run_waits_for_books_and_readings_and_is_settled_once(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    assert codes(rig.complete()) == ["BOOKS_NOT_CLOSED"]
    rig.trade(TRADES)
    assert codes(rig.complete()) == ["READINGS_INCOMPLETE"] * len(POINTS)
    rig.meter()
    assert codes(rig.complete("Not An Id", MTU, MTU, party="agg-a")) == [
        "NOT_AUTHORISED", "FIELD_MALFORMED", "FIELD_MALFORMED", "FIELD_MALFORMED",
    ]  # fmt: skip
    assert codes(rig.complete()) == []
    assert codes(rig.complete()) == ["RUN_CLOSED", "RUN_CLOSED"]
    assert codes(rig.complete("other")) == ["RUN_CLOSED"]
    assert codes(rig.meter()) == ["RUN_CLOSED"] * len(POINTS)


def test_outcomes_of_effects_are_taken_from_settlement_alone(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.tick()
    forged = pb.SettlementCommand(record_contract=pb.RecordContract(transaction_id="tx-1", contract="0xbad"))
    assert codes(rig.command(forged, "agg-a")) == ["NOT_AUTHORISED"]
    stale = pb.SettlementCommand(record_mined=pb.RecordMined(transaction_id="tx-1", succeeded=True))
    assert codes(rig.command(stale, SELF)) == ["BATCH_UNKNOWN"]  # it was not signed yet


def test_lost_trades_stop_the_shard_instead_of_a_wrong_settlement(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    with pytest.raises(Exception, match="follows sequence"):
        rig.trade([match(2)])


def test_a_batch_of_thousands_of_lines_goes_through_the_journal_in_pieces(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.trade([match(number, dnut=number % 7) for number in range(1, 1_201)])
    rig.meter()
    rig.complete()
    pieces = [event for event in rig.drive.events if event.HasField("lines")]  # type: ignore[attr-defined]
    assert len(pieces) == 3
    assert all(piece.ByteSize() < 400_000 for piece in pieces)
    rig.settle_everything()
    path = statement_path(tmp_path / "statements", "agg-a")
    assert verify_statement(path, ChainSource.of_data_dir(tmp_path)) == []


def test_an_account_that_comes_later_is_opened_before_it_is_settled(tmp_path: Path) -> None:
    rig = settled_village(tmp_path)
    late = registry.Participant(participant_id="home-mp-3", roles=[registry.ROLE_PROSUMER], active=True)
    rig.register([registry.Entity(participant=late)])
    rig.trade([match(1, seller="mp-3", mtu=SECOND)], SECOND)
    rig.meter(SECOND, mean_w=metered)
    assert codes(rig.complete("day-2", SECOND)) == []
    rig.settle_everything()
    # the owner of mp-3 takes part himself now: the deviation of his meter is his own
    path = statement_path(tmp_path / "statements", "home-mp-3")
    assert verify_statement(path, ChainSource.of_data_dir(tmp_path)) == []
    assert json.loads(path.read_bytes())["net_micro_euro"] != 0


def test_a_chain_is_asked_once_an_hour_whether_it_still_has_what_is_final(tmp_path: Path) -> None:
    rig = settled_village(tmp_path)
    rig.tick(CHECK_EVERY_MS)
    assert [intent.kind for intent in rig.pending] == ["check"]
    rig.tick(CHECK_EVERY_MS)
    assert len(rig.pending) == 1  # one look at a time
    rig.perform_next()
    assert rig.drive.events[-1].checked.restored_count == 0  # type: ignore[attr-defined]
    rig.drive.recovered()


def test_an_erased_key_unbinds_the_chain_from_what_was_traded(tmp_path: Path) -> None:
    rig = settled_village(tmp_path)
    (settled,) = rig.view.runs()
    before = rig.view.preparer.prepared(settled)
    (rig.config.account_keys_dir / "agg-a.key").unlink()
    rig.config = replace(rig.config, key_seed=Secret(""))
    rig.restart()
    # nobody can make the leaves of the account again, so nobody can show that a guess is right
    (again,) = rig.view.runs()
    with pytest.raises(KeysErasedError):
        rig.view.preparer.prepared(again)
    fresh = rig.view.preparer.prepared(replace(again, batch=replace(again.batch, root=b"")))
    old = {leaf.hash for leaf in before.leaves["agg-a"]}
    assert not old & {leaf.hash for leaf in fresh.leaves["agg-a"]}
    assert [leaf.hash for leaf in before.leaves["agg-b"]] == [leaf.hash for leaf in fresh.leaves["agg-b"]]
    # who kept his statement keeps his proof
    path = statement_path(tmp_path / "statements", "agg-a")
    assert verify_statement(path, ChainSource.of_data_dir(tmp_path)) == []


ZERO, OWN, SHARED = "0x" + "00" * 20, "0x" + "Ab" * 20, "0x" + "cd" * 20


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ({"agg-a": OWN}, {"agg-b", "agg-c"}),
        ({"agg-a": SHARED, "agg-b": SHARED}, {"agg-a", "agg-b", "agg-c"}),
        ({"agg-a": ZERO, "agg-b": "0x12", "agg-c": "nothing"}, {"agg-a", "agg-b", "agg-c"}),
        ({"agg-a": kept_address(keccak, "DNUT"), "agg-b": kept_address(keccak, "agg-c")}, {"agg-a", "agg-b", "agg-c"}),
    ],
)
def test_whatever_address_somebody_names_the_run_is_settled(
    named: dict[str, str], kept: set[str], tmp_path: Path
) -> None:
    rig = Rig(tmp_path)
    rig.village()
    for name, address in named.items():
        changed = registry.Participant(
            participant_id=name, roles=[registry.ROLE_AGR], active=True, chain_account=address
        )
        rig.register([registry.Entity(participant=changed)])
    rig.trade(TRADES)
    rig.meter(mean_w=metered)
    assert codes(rig.complete()) == []
    rig.settle_everything()
    (settled,) = rig.view.runs()
    assert settled.batch.status.name == "FINAL"
    used = {each.account: each.address for each in settled.batch.closed.accounts}
    aggregators = {"agg-a", "agg-b", "agg-c"}
    assert {name for name in aggregators if used[name] == kept_address(keccak, name)} == kept
    for account in ACCOUNTS:
        path = statement_path(tmp_path / "statements", account)
        assert verify_statement(path, ChainSource.of_data_dir(tmp_path)) == []
