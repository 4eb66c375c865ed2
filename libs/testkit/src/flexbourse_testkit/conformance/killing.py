"""Kills a worker at named places, starts it again, and compares its end with a run that nobody disturbed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flexbourse.log.v1 import log_pb2
from flexbourse_log import killpoints
from flexbourse_log.headers import decode_record
from flexbourse_log.port import Record
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import script, worker
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import Harness

WORKER_TIMEOUT_S = 240
STEPS = 14
SCRIPT_SEED = 11
LATEST_PASSAGE = {
    killpoints.AFTER_PRODUCE: 20,
    killpoints.BEFORE_COMMIT: 20,
    killpoints.AFTER_COMMIT: 20,
    killpoints.DURING_SNAPSHOT: 4,
    killpoints.DURING_RECOVERY: 6,
    killpoints.INSIDE_EFFECT: 4,
}


@dataclass(frozen=True, slots=True)
class Kill:
    """One life of the worker: where it ends."""

    name: str
    passage: int


@dataclass(frozen=True, slots=True)
class Ending:
    """What a worker said at its end."""

    hashes: dict[str, str]
    stopped: bool


def plan(seed: int, runs: int, latest: Mapping[str, int] = LATEST_PASSAGE) -> list[list[Kill]]:
    """Return the kills of each run; names come in turn from a seeded order, so that none is left out.

    Something must be there to recover before recovery can be killed, so such a run dies once before.
    """
    source = random.Random(seed)
    names = list(killpoints.NAMES)
    source.shuffle(names)
    turns = [names[index % len(names)] for index in range(2 * runs)]
    found = []
    for first, second in zip(turns[:runs], turns[runs:], strict=True):
        kills = []
        for name in (first, second):
            if name == killpoints.DURING_RECOVERY:
                kills.append(Kill(killpoints.AFTER_COMMIT, latest[killpoints.AFTER_COMMIT]))
            kills.append(Kill(name, source.randint(1, latest[name])))
        found.append(kills)
    return found


def run_worker(
    harness: Harness, state: Path, mode: str, area_shards: int, kill: Kill | None = None, steps: int = STEPS
) -> Ending | None:
    """Run a worker to its end, or until it is killed (None); raises AssertionError for any other end."""
    state.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != killpoints.VARIABLE}  # noqa: TID251
    if kill is not None:
        environment[killpoints.VARIABLE] = f"{kill.name}:{kill.passage}"
    numbers = (str(SCRIPT_SEED), str(steps), str(area_shards))
    command = [
        sys.executable, "-m", "flexbourse_testkit.conformance.worker", *harness.worker(), str(state), mode, *numbers,
    ]  # fmt: skip
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=WORKER_TIMEOUT_S, check=False
    )
    if kill is not None:
        assert done.returncode == -signal.SIGKILL, f"{kill} was not reached (exit {done.returncode}):\n{done.stderr}"
        return None
    assert done.returncode == 0, f"exit {done.returncode}:\n{done.stderr}"
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Ending(said["hashes"], said["stopped"])


def kill_with_calls_in_flight(harness: Harness, state: Path, area_shards: int, kill: Kill, steps: int = STEPS) -> None:
    """Run a live worker until it is killed at a commit, and assert that calls were under way then.

    How many commits a live run takes depends on how its calls fall together; a commit answers no more calls than may be
    in flight, so the kill comes for sure, and before the last calls are sent, where `passage` times that is below all.
    """
    commands = len(worker.live_commands(SCRIPT_SEED, steps, area_shards))
    assert kill.passage * worker.CALLS_IN_FLIGHT <= commands, f"{kill} may come too late, or never"
    run_worker(harness, state, "live", area_shards, kill, steps)
    sent, answered = worker.noted(state, worker.SENT), worker.noted(state, worker.ANSWERED)
    assert sent - answered, f"{kill} came while no call was in flight"
    assert len(sent) < commands, f"{kill} came when everything was sent"


def journal_values(records: Sequence[Record]) -> str:
    """Return a digest of a journal's values, without what a second delivery of a command and effects leave."""
    digest = hashlib.sha256()
    for record in records:
        message: Any = decode_record(s.CATALOGUE, record)
        repeated = isinstance(message, log_pb2.Answered) and (
            message.answer.already_submitted or message.command_id.startswith("outcome-") or not message.content_sha256
        )
        if not repeated and not isinstance(message, m.EffectDone):
            digest.update(len(record.value).to_bytes(4) + record.value)
    return digest.hexdigest()


def assert_exactly_once(harness: Harness, area_shards: int, steps: int = STEPS) -> None:
    """Assert that the log holds every command of the script once, and what follows from it at most once."""
    balances: dict[str, int] = {}
    changes = 0
    for shard in range(area_shards):
        added = [
            message
            for message in (
                decode_record(s.CATALOGUE, r) for r in harness.records("flex.counter.shard.journal.v1", shard)
            )
            if isinstance(message, m.Added)
        ]
        assert [event.sequence for event in added] == list(range(1, len(added) + 1))
        for event in added:
            balances[event.account] = balances.get(event.account, 0) + event.amount
        changed = [decode_record(s.CATALOGUE, record) for record in harness.records(s.CHANGE, shard)]
        sequences = [message.sequence for message in changed if isinstance(message, m.Changed)]
        assert sequences == list(range(1, len(added) + 1)), "a projection is missing or doubled"
        changes += len(sequences)
    assert balances == script.expected_balances(SCRIPT_SEED, steps, area_shards)
    posted = [
        message.count
        for message in (decode_record(s.CATALOGUE, r) for r in harness.records("flex.ledger.shard.journal.v1"))
        if isinstance(message, m.Posted)
    ]
    assert posted == list(range(1, len(posted) + 1))
    assert len(posted) <= changes
