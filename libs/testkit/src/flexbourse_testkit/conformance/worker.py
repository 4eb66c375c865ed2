"""A process that runs the seeded script to its end, and can be killed anywhere and started again.

`python -m flexbourse_testkit.conformance.worker KIND WHERE STATE MODE SEED STEPS SHARDS` prints a JSON line at its end.
STATE is a folder for the outbox of effects and, in the live mode, the lists of sent and of answered commands.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from flexbourse_log.engine import Crash, Engine
from flexbourse_log.port import OutgoingCommand
from flexbourse_testkit.conformance import script
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import HOUR_MS, Shape

HARNESSES = {
    "embedded": "flexbourse_testkit.conformance.embedded:EmbeddedHarness",
    "kafka": "flexbourse_testkit.conformance.kafka:KafkaHarness",
}
SNAPSHOT_EVERY = 60
CHUNK_BYTES = 400
CALL_TIMEOUT_S = 60.0
# Also the most answers that one commit can carry, so that it bounds from below how many commits a live run takes.
CALLS_IN_FLIGHT = 8
SENT, ANSWERED = "sent", "answered"


class _Crashes(list[Crash]):
    def append(self, crash: Crash) -> None:
        print(f"crashed: {crash}", file=sys.stderr, flush=True)
        os._exit(70)


def open_harness(kind: str, where: str, area_shards: int) -> Any:
    """Return the harness of a kind on its log."""
    module, _, name = HARNESSES[kind].partition(":")
    place: Any = Path(where) if kind == "embedded" else where
    return getattr(importlib.import_module(module), name)(place, area_shards)


async def run_stepped(engine: Engine, seed: int, steps: int, shards: int) -> None:
    """Go on behind the last step that is done."""
    port = engine.commands("counter")
    ledger = engine.commands("ledger")
    for step in range(engine.last_step() + 1, steps + 1):
        for command in script.commands(seed, step, shards):
            await (ledger if command.topic == s.PUBLISH else port).call(command, CALL_TIMEOUT_S)
        await asyncio.to_thread(engine.step, step, script.step_time(step))


def noted(state: Path, name: str) -> set[str]:
    """Return the ids that live runs have noted in a list."""
    path = state / name
    return set(path.read_text().split()) if path.exists() else set()


def live_commands(seed: int, steps: int, shards: int) -> list[OutgoingCommand]:
    """Return what a live run sends."""
    return [
        command
        for step in range(1, steps + 1)
        for command in script.commands(seed, step, shards)
        if not script.misuses_an_id(command)
    ]


async def run_live(engine: Engine, seed: int, steps: int, shards: int, state: Path) -> None:
    """Send everything that was not answered before, with the ids it has, a few calls at a time."""
    known = noted(state, ANSWERED)
    gate = asyncio.Semaphore(CALLS_IN_FLIGHT)
    with (state / SENT).open("a") as sent, (state / ANSWERED).open("a") as answered:

        async def send(command: OutgoingCommand) -> None:
            async with gate:
                _note(sent, command)
                port = engine.commands("ledger" if command.topic == s.PUBLISH else "counter")
                receipt = await port.call(command, CALL_TIMEOUT_S)
                assert receipt.HasField("answer")
                _note(answered, command)

        now_ms = time.time_ns() // 1_000_000
        todo = [
            replace(command, expires_at_ms=now_ms + HOUR_MS)
            for command in live_commands(seed, steps, shards)
            if command.command_id not in known
        ]
        await asyncio.gather(*(send(command) for command in todo))


def _note(notes: TextIO, command: OutgoingCommand) -> None:
    notes.write(f"{command.command_id}\n")
    notes.flush()


def main(arguments: list[str]) -> None:
    """Run a worker."""
    kind, where, state, mode = arguments[:4]
    seed, steps, shards = map(int, arguments[4:7])
    folder = Path(state)
    shape = Shape(
        crashes=_Crashes(),
        outbox=folder / "outbox",
        stepped=mode == "stepped",
        area_shards=shards,
        snapshot_every=SNAPSHOT_EVERY,
        snapshot_chunk_bytes=CHUNK_BYTES,
    )
    engine = open_harness(kind, where, shards).engine(shape)
    engine.start()
    if mode == "stepped":
        asyncio.run(run_stepped(engine, seed, steps, shards))
    else:
        asyncio.run(run_live(engine, seed, steps, shards, folder))
    names = [("counter", shard) for shard in range(shards)] + [("ledger", 0)]
    hashes = {f"{context}/{shard}": engine.state_hash(context, shard) for context, shard in names}
    stopped = engine.stop()
    print(json.dumps({"hashes": hashes, "stopped": stopped}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
