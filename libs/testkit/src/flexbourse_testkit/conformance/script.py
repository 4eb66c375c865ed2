"""A seeded run of commands, the same for every engine, with repetitions, refusals, holds, effects and tables in it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from flexbourse_log.port import OutgoingCommand
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import HOUR_MS, START_MS, STEP_MS

ACCOUNTS = tuple(f"account-{index}" for index in range(7))
PARTY = "party-a"
OTHER_CONTENT = "other content"
BIG_TABLE_BYTES = 100_000  # above the limit for adoption by value


def step_time(step: int) -> int:
    """Return the time of a step."""
    return START_MS + step * STEP_MS


def commands(seed: int, step: int, area_shards: int, per_step: int = 8) -> Iterator[OutgoingCommand]:
    """Return the commands of a step, a function of seed and step."""
    source = random.Random(f"{seed}/{step}")
    at_ms = step_time(step)
    before: OutgoingCommand | None = None
    for index in range(per_step):
        body: Any = m.Add(account=source.choice(ACCOUNTS), amount=source.randint(-50, 100))
        kind = source.random()
        if kind < 0.15:
            body.effect = s.MAIL
        elif kind < 0.3:
            body.hold_ms = at_ms + source.randint(1, 5) * STEP_MS
        elif kind < 0.35:
            body.amount = 10 * s.LIMIT
        name, shard = f"c-{step}-{index}", source.randrange(area_shards)
        if body.effect:
            shard = 0  # where its outcome is sent to
        if kind > 0.9 and before is not None and not misuses_an_id(before):
            body = m.Add(account=OTHER_CONTENT, amount=1)
            name, shard = before.command_id, before.shard  # each shard has a window of its own
        before = OutgoingCommand(s.ADD, shard, name, PARTY, body, at_ms + HOUR_MS)
        yield before
    if step % 5 == 0:
        table: Any = m.Publish(version=step, size=BIG_TABLE_BYTES if step % 10 == 0 else 100)
        yield OutgoingCommand(s.PUBLISH, 0, f"table-{step}", PARTY, table, at_ms + HOUR_MS)


def misuses_an_id(command: OutgoingCommand) -> bool:
    """Tell whether a command uses the id of the one before it for other content."""
    body: Any = command.body
    return isinstance(body, m.Add) and body.account == OTHER_CONTENT


def expected_balances(seed: int, steps: int, area_shards: int) -> dict[str, int]:
    """Return what the script adds up to, over all shards, however often and in whatever order it is sent."""
    found: dict[str, int] = {}
    for step in range(1, steps + 1):
        for command in commands(seed, step, area_shards):
            body: Any = command.body
            if isinstance(body, m.Add) and not misuses_an_id(command) and body.amount <= s.LIMIT:
                found[body.account] = found.get(body.account, 0) + body.amount
    return found
