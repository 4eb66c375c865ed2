"""`flexbourse notary`: what it prints of records and totals, and which call it makes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from flexbourse.common.v1 import common_pb2
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_cli.commands import notary
from flexbourse_cli.main import cli

CONTENT = b"a result"
DONE, REFUSED, WAITING = pb.CHAIN_PROGRESS_DONE, pb.CHAIN_PROGRESS_REFUSED, pb.CHAIN_PROGRESS_WAITING
RECORD = pb.RecordState(
    record_id="external/okte/t-1",
    versions=[
        pb.RecordVersion(version=1, hash=b"\1" * 32, progress=DONE, block_number=7),
        pb.RecordVersion(
            version=2, hash=hashlib.sha256(CONTENT).digest(), final=True, progress=DONE, block_number=9,
            attestations=[
                pb.Attestation(member="mem-a", agree=True, progress=DONE),
                pb.Attestation(member="mem-b", reason="2 MW here", progress=WAITING),
            ],
        ),
        pb.RecordVersion(version=3, hash=b"\3" * 32, progress=REFUSED, error="PreliminaryAfterFinal(0x12, 3)"),
    ],
)  # fmt: skip
TOTAL = pb.TotalOnChain(
    unit_id="battery", start_s=1_767_225_600, up_w=3_000, revision=4, operated=True, progress=REFUSED,
    error="DoubleClaim(0x12, 1, 3000, 2000)",
)  # fmt: skip


class Notary:
    """Stands for the client; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def records(self, record_id: str = "", *, disputed_only: bool = False) -> pb.ListRecordsResponse:
        self.asked.append((record_id, disputed_only))
        return pb.ListRecordsResponse(records=[RECORD], contract="0xabc")

    def attest(self, *what: Any, **how: Any) -> common_pb2.CommandReceipt:
        self.asked.append((*what, how))
        answer = common_pb2.Answer(results=[common_pb2.Result(id=what[0])])
        return common_pb2.CommandReceipt(answer=answer)

    def unit_totals(self, unit_id: str) -> pb.ListUnitTotalsResponse:
        self.asked.append((unit_id,))
        return pb.ListUnitTotalsResponse(totals=[TOTAL], contract="0xdef")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    stand_in = Notary()

    @contextmanager
    def connect(_data_dir: Path, _party: str) -> Iterator[Any]:
        yield SimpleNamespace(notary=stand_in)

    monkeypatch.setattr(notary, "connect", connect)
    return stand_in.asked


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["notary", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_list_counts_who_agrees_with_the_newest_version(asked: list[tuple[Any, ...]]) -> None:
    (_, row, *_) = run("list", "--disputed").splitlines()
    assert row.split() == ["external/okte/t-1", "3", "preliminary", "refused", "0", "0"]
    assert asked == [("", True)]


def test_a_record_is_shown_with_every_version_and_who_disagrees(asked: list[tuple[Any, ...]], tmp_path: Path) -> None:
    own = tmp_path / "copy"
    own.write_bytes(CONTENT)
    shown = run("show", RECORD.record_id, "--file", str(own))
    lines = shown.splitlines()
    assert lines[0] == "external/okte/t-1, notary 0xabc"
    assert lines[1].endswith("done in block 7, not the file")
    assert lines[2].startswith("version 2 final ")
    assert lines[2].endswith("done in block 9, same as the file")
    assert lines[3:5] == ["  mem-a agrees (done)", "  mem-b DISAGREES: 2 MW here (waiting)"]
    assert "refused: PreliminaryAfterFinal(0x12, 3), not the file" in lines[5]
    assert "same as" not in run("show", RECORD.record_id)
    assert json.loads(run("show", RECORD.record_id, "--json"))["records"][0]["record_id"] == RECORD.record_id
    assert asked[0] == (RECORD.record_id, False)


def test_an_attestation_says_yes_or_no_and_why(asked: list[tuple[Any, ...]]) -> None:
    run("attest", "r", "2", "--disagree", "--reason", "2 MW here")
    run("attest", "r", "2", "--agree")
    assert asked == [("r", 2, {"agree": False, "reason": "2 MW here"}), ("r", 2, {"agree": True, "reason": ""})]
    assert CliRunner().invoke(cli, ["notary", "attest", "r", "2"]).exit_code != 0
    assert len(asked) == 2


def test_totals_of_a_unit_stand_by_period_with_the_refusal(asked: list[tuple[Any, ...]]) -> None:
    (_, row, *_) = run("totals", "battery").splitlines()
    assert row.split() == [
        "2026-01-01", "00:00", "3000", "0", "4", "yes", "refused", "DoubleClaim(0x12,", "1,", "3000,", "2000)",
    ]  # fmt: skip
    assert asked == [("battery",)]
