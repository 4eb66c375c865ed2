"""The recorded log decides itself again: the same events, the same state."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

from click.testing import CliRunner, Result
from street_day import FinishedDay

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.main import cli
from flexbourse_cli.services import CONTEXTS


def replay(data_dir: Path, *flags: str) -> Result:
    return CliRunner().invoke(cli, ["replay", *flags, "--json", "--data", str(data_dir)])


def test_a_day_decided_again_is_the_same_day(finished_day: FinishedDay) -> None:
    folded, decided = replay(finished_day.data_dir), replay(finished_day.data_dir, "--decide")
    assert (folded.exit_code, decided.exit_code) == (0, 0), decided.output
    states = [{shard["context"]: shard["state_hash"] for shard in json.loads(run.output)} for run in (folded, decided)]
    assert states[0] == states[1]
    assert set(states[0]) == set(CONTEXTS)
    assert all(shard["decisions"] > 0 for shard in json.loads(decided.output))


def test_a_decision_that_was_changed_in_the_journal_is_found(finished_day: FinishedDay, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(finished_day.data_dir, copy)
    connection = sqlite3.connect(copy / "log" / "log.sqlite")
    rows = connection.execute(
        "SELECT seq, value FROM records WHERE seq >> 40 = (SELECT id FROM streams WHERE topic = ?) ORDER BY seq",
        ("flex.orderbook.shard.journal.v1",),
    ).fetchall()
    for sequence, value in rows:
        event = _trade(value)
        if event is not None:
            event.trade.dnut_micro_euro += 1
            changed = event.SerializeToString(deterministic=True)
            connection.execute("UPDATE records SET value = ? WHERE seq = ?", (changed, sequence))
            break
    connection.commit()
    connection.close()
    found = replay(copy, "--decide", "--context", "orderbook")
    assert found.exit_code == 1
    assert json.loads(found.output)[0]["difference"] is not None


def _trade(value: bytes) -> book.OrderEvent | None:
    """Return a journal record that is a trade with a tariff."""
    try:
        event = book.OrderEvent.FromString(value)
    except Exception:  # noqa: BLE001 - another type of record
        return None
    return event if event.WhichOneof("event") == "trade" and event.trade.dnut_micro_euro else None
