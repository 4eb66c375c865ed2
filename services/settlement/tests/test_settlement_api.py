"""The service over gRPC: who may ask for what, and what he gets."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from settlement_market import AREA, MTU
from settlement_process import RUN_ID, Process

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_client.client import Client
from flexbourse_client.errors import RefusedError
from flexbourse_settlement import api, wire
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.proofs.statement import digest
from flexbourse_settlement.domain.proofs.statement_shape import STATEMENT, shape_problems


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    running = Process(tmp_path_factory.mktemp("api"))
    running.run()
    yield running
    running.stop()


def client(process: Process, party: str) -> Client:
    return process.client(party)


def test_a_statement_over_the_wire_is_the_one_in_the_file(process: Process) -> None:
    with client(process, "agg-a") as asking:
        received = asking.settlement.statement(RUN_ID, "agg-a")
    stated = json.loads(received)
    assert shape_problems(stated, STATEMENT) == []
    filed = json.loads(statement_path(process.folder / "statements", "agg-a").read_bytes())
    assert stated == filed
    assert digest(stated) == digest(filed)


def test_a_large_statement_comes_in_pieces(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(process, "agg-a") as asking:
        whole = asking.settlement.statement(RUN_ID, "agg-a")
        monkeypatch.setattr(api, "PIECE_BYTES", 1_000)
        assert asking.settlement.statement(RUN_ID, "agg-a") == whole
    assert len(whole) > 3_000


def test_nobody_reads_another_accounts_statement_but_the_operator(process: Process) -> None:
    with client(process, "agg-b") as stranger, pytest.raises(RefusedError, match="NOT_AUTHORISED"):
        stranger.settlement.statement(RUN_ID, "agg-a")
    with client(process, "operator") as operator:
        for account in ("agg-a", "DNUT"):
            assert json.loads(operator.settlement.statement(RUN_ID, account))["account"] == account


def test_an_unknown_run_is_refused(process: Process) -> None:
    with client(process, "agg-a") as asking, pytest.raises(RefusedError, match="UNKNOWN_OBJECT"):
        asking.settlement.statement("never", "agg-a")


def test_batches_show_each_party_its_own_amounts(process: Process) -> None:
    with client(process, "agg-a") as asking, client(process, "operator") as operator:
        (own,) = asking.settlement.batches()
        (whole,) = operator.settlement.batches()
    assert list(own.accounts_micro_euro) == ["agg-a"]
    assert sum(whole.accounts_micro_euro.values()) == whole.sum_micro_euro == 0
    assert (whole.state, whole.run_id) == ("FINAL", RUN_ID)
    assert whole.gas_used > 0
    assert len(whole.root) == len(keccak(b""))


def test_readings_of_a_settled_period_are_refused(process: Process) -> None:
    reading = pb.Reading(metering_point_id="mp-1", mtu=wire.MTU.encode(MTU), mean_w=1)
    with client(process, "meters") as meters:
        receipt = meters.settlement.submit_readings(AREA, [reading], command_id="late-1")
        process.step_once()
        answer = meters.answers(["late-1"])["late-1"].answer
    assert receipt.command_id == "late-1"
    assert [result.rejection.code for result in answer.results] == ["RUN_CLOSED"]
