"""Results from elsewhere on record: versions, what members say of them, and what the chain makes of both."""

from __future__ import annotations

from pathlib import Path

import pytest
from settlement_rig import Rig

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_settlement import wire
from flexbourse_settlement.domain.chain.contracts import NOTARY
from flexbourse_settlement.domain.external import notary
from flexbourse_settlement.domain.external.notary import Records, document_of, note

RECORD = "okte/trade-7"
MEMBERS = ("mem-a", "mem-b")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    member(rig, *MEMBERS)
    return rig


def member(rig: Rig, *names: str, account: str = "") -> None:
    for name in names:
        rig.register(
            [
                registry.Entity(
                    participant=registry.Participant(
                        participant_id=name, roles=[registry.ROLE_MEMBER], active=True, chain_account=account
                    )
                )
            ]
        )


def noted(rig: Rig, content: bytes, *, final: bool, record_id: str = RECORD) -> bool:
    """Note a result as the part of settlement does that takes it; tell whether it said something new."""
    program = rig.drive.program
    event = note(program._state.chain.records, record_id, content, final=final)  # type: ignore[attr-defined]
    if event is None:
        return False
    message = wire.event_to(event)
    program.fold(message)
    rig.view.fold(None, message)  # type: ignore[arg-type]
    rig.chain_view.fold(None, message)  # type: ignore[arg-type]
    return True


def attest(
    rig: Rig, who: str, version: int, *, agree: bool, reason: str = "", record_id: str = RECORD
) -> common_pb2.Answer:
    wish = pb.AttestRecord(record_id=record_id, version=version, agree=agree, reason=reason)
    return rig.command(pb.SettlementCommand(attest_record=wish), who)


def refusals(answer: common_pb2.Answer) -> list[str]:
    """Return all codes of a refusal; none where it is none."""
    (result,) = answer.results
    every = common_pb2.Rejections()
    if result.detail.Unpack(every):
        return [each.code for each in every.rejections]
    return [result.rejection.code] if result.HasField("rejection") else []


def newest(rig: Rig) -> pb.RecordVersion:
    state = rig.chain_view.record(RECORD)
    assert state is not None
    return state.versions[-1]


def test_the_same_content_is_nothing_new_and_any_other_is_the_next_version() -> None:
    records = Records()
    seen = []
    for content, final in ((b"a", False), (b"a", False), (b"a", True), (b"b", True), (b"b", True)):
        event = note(records, RECORD, content, final=final)
        seen.append(None if event is None else event.version)
        if event is not None:
            assert len(list(records.take(event))) == 1
    assert seen == [1, None, 2, 3, None]


def test_versions_stand_on_the_chain_with_what_members_say(rig: Rig) -> None:
    noted(rig, b"preliminary", final=False)
    noted(rig, b"final", final=True)
    rig.settle_everything()
    assert refusals(attest(rig, "mem-a", 2, agree=True)) == []
    assert refusals(attest(rig, "mem-b", 2, agree=False, reason="our log says 2 MW")) == []
    rig.settle_everything()
    version = newest(rig)
    assert (version.version, version.final, version.progress) == (2, True, pb.CHAIN_PROGRESS_DONE)
    assert version.block_number
    assert [(each.member, each.agree, each.reason, each.progress) for each in version.attestations] == [
        ("mem-a", True, "", pb.CHAIN_PROGRESS_DONE),
        ("mem-b", False, "our log says 2 MW", pb.CHAIN_PROGRESS_DONE),
    ]
    chain, contract = rig.settler.chain, rig.contract(NOTARY)
    on_chain = [chain.read(NOTARY, contract, "versionOf", document_of(RECORD), number) for number in (1, 2)]
    assert [(each[0], each[2], each[3], each[4]) for each in on_chain] == [
        (notary.hashlib.sha256(b"preliminary").digest(), False, 0, 0),
        (version.hash, True, 1, 1),
    ]
    assert [each.record_id for each in rig.chain_view.records(disputed_only=True, limit=9)] == [RECORD]
    noted(rig, b"corrected", final=True)  # nobody has disagreed with this one
    assert rig.chain_view.records(disputed_only=True, limit=9) == []
    rig.drive.program.restore(kept := rig.drive.program.snapshot())
    assert rig.drive.program.snapshot() == kept


def test_a_preliminary_result_after_the_final_one_is_refused_by_the_chain_and_shown(rig: Rig) -> None:
    noted(rig, b"final", final=True)
    noted(rig, b"second thoughts", final=False)
    noted(rig, b"something else", final=True, record_id="okte/trade-8")
    rig.settle_everything()
    version = newest(rig)
    assert version.progress == pb.CHAIN_PROGRESS_REFUSED
    assert version.error.startswith("PreliminaryAfterFinal(0x")
    other = rig.chain_view.record("okte/trade-8")
    assert other is not None
    assert other.versions[-1].progress == pb.CHAIN_PROGRESS_DONE


def test_who_may_not_attest_what(rig: Rig) -> None:
    noted(rig, b"final", final=True)
    rig.register([registry.Entity(participant=registry.Participant(participant_id="agg", active=True))])
    assert refusals(attest(rig, "agg", 1, agree=True)) == ["NOT_AUTHORISED"]
    assert refusals(attest(rig, "nobody", 2, agree=False, reason="x" * 501)) == [
        "NOT_AUTHORISED",
        "FIELD_OUT_OF_RANGE",
        "UNKNOWN_OBJECT",
    ]
    assert refusals(attest(rig, "mem-a", 1, agree=False)) == ["FIELD_MISSING"]
    assert refusals(attest(rig, "mem-a", 0, agree=True)) == ["UNKNOWN_OBJECT"]
    assert refusals(attest(rig, "mem-a", 1, agree=True)) == []
    assert refusals(attest(rig, "mem-a", 1, agree=False, reason="no")) == ["ALREADY_ATTESTED"]
    rig.settle_everything()
    assert refusals(attest(rig, "mem-a", 1, agree=False, reason="no")) == ["ALREADY_ATTESTED"]


def test_a_member_that_moved_to_another_address_is_admitted_again(rig: Rig) -> None:
    noted(rig, b"one", final=True)
    attest(rig, "mem-a", 1, agree=True)
    rig.settle_everything()
    member(rig, "mem-a", account="0x" + "ab" * 20)
    noted(rig, b"two", final=True)
    attest(rig, "mem-a", 2, agree=True)
    rig.settle_everything()
    assert newest(rig).attestations[0].progress == pb.CHAIN_PROGRESS_REFUSED
    assert newest(rig).attestations[0].error.startswith("NotAMember(")
    assert refusals(attest(rig, "mem-a", 2, agree=True)) == []  # it was not taken, so it may be said again
    rig.settle_everything()
    assert [each.progress for each in newest(rig).attestations] == [
        pb.CHAIN_PROGRESS_REFUSED,
        pb.CHAIN_PROGRESS_DONE,
    ]


def test_records_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notary, "MAX_RECORDS", 3)
    monkeypatch.setattr(notary, "MAX_VERSIONS", 2)
    records = Records()
    for number in range(5):
        event = note(records, f"r-{number}", b"x", final=True)
        assert event is not None
        list(records.take(event))
    assert list(records.versions) == ["r-2", "r-3", "r-4"]
    more = note(records, "r-4", b"y", final=True)
    assert more is not None
    list(records.take(more))
    assert note(records, "r-4", b"z", final=True) is None
