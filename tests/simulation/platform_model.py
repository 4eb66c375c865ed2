"""All shards of a platform in one thread on a model log and a virtual clock; the seed decides who runs when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from faults import Faults
from hosts import Host, Snapshot
from model_log import FencedError, ModelLog
from outside import Outside
from readers import FeedReader
from sending import Sent, resume, told
from street import OPERATOR
from unit_operators import UnitOperators

from flexbourse.log.v1 import log_pb2
from flexbourse_gridcheck.processor import AUDIT_INTENT
from flexbourse_log.batch import Batch
from flexbourse_log.clock import Reading
from flexbourse_log.codec import encode, type_name
from flexbourse_log.control import CLOCK_JUMP
from flexbourse_log.port import CE_ID as COMMAND_ID
from flexbourse_log.port import CE_TYPE, EXPIRES_AT, PARTY
from flexbourse_messages.catalogue import BY_NAME

PASSES = 400  # until all is quiet; more is a livelock
LIFETIME_MS = 6 * 3_600_000
JUMP_MS = 3 * 3_600_000
READ_AT_ONCE = 200
LATE_BY = 4  # turns at most


@dataclass
class PlatformModel:
    """The platform between two turns."""

    log: ModelLog
    hosts: dict[str, Host]  # by context and shard
    outside: Outside
    draw: Random
    faults: Faults
    now_ms: int
    reader: FeedReader
    operators: UnitOperators
    area_shards: int = 1
    sent: list[Sent] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)  # shards whose new owner knew something else
    _late: list[tuple[int, Sent]] = field(default_factory=list)  # turns until they arrive

    def send(self, sent: Sent) -> None:
        """Append a command, perhaps twice, perhaps late."""
        self.sent.append(sent)
        if self.faults.strikes("command late"):
            self._late.append((self.draw.randint(1, LATE_BY), sent))
        else:
            self._append(sent)
        if self.faults.strikes("command repeated"):
            self._append(sent)

    def _append(self, sent: Sent) -> None:
        headers = {
            COMMAND_ID: sent.command_id, PARTY: sent.party, EXPIRES_AT: str(self.now_ms + LIFETIME_MS),
            CE_TYPE: type_name(sent.body),
        }  # fmt: skip
        self.log.append(sent.topic, sent.shard, sent.command_id, encode(sent.body), headers)

    def turn(self) -> None:
        """Let every shard run once, in an order of the seed."""
        self._arrive()
        for context, neighbour in self.outside.neighbours.items():
            for command in neighbour.turn(self.hosts[f"{context}/0"], self.now_ms):
                self._append(told(command))
        hosts = list(self.hosts.values())
        self.draw.shuffle(hosts)
        for host in hosts:
            self._run(host)
            if host.open:
                self._effects(host)
        for sent in self.operators.say(self.log, self.now_ms):
            self.send(sent)
        self.reader.turn(self.log, self.faults)

    def _arrive(self) -> None:
        for turns, sent in self._late:
            if turns <= 1:
                self._append(sent)
        self._late = [(turns - 1, sent) for turns, sent in self._late if turns > 1]

    def _run(self, host: Host) -> None:
        for place in host.news():
            if not self.faults.strikes("input delayed"):
                host.read(place, self.draw.randint(1, READ_AT_ONCE))
        if self.faults.strikes("moved"):
            self._hand_over(host, host.state())
            return
        reading = self._reading(host)
        batch = host.decide(reading) if host.is_due(reading) else None
        if batch is not None:
            self._commit(host, batch)
        self._look_after(host)

    def _commit(self, host: Host, batch: Batch) -> None:
        """Write what was decided, where nothing happens between."""
        if self.faults.strikes("crash before commit"):
            host.take_over()
        elif self.faults.strikes("commit of an owner before"):
            epoch = host.epoch
            host.take_over()
            try:
                self.log.commit(batch, epoch)
            except FencedError:
                return
            raise AssertionError("an owner before has written")
        else:
            host.commit(batch)
            if self.faults.strikes("crash after commit"):
                self._hand_over(host)

    def _hand_over(self, host: Host, snapshot: Snapshot | None = None) -> None:
        """Let a new owner take a shard over, from a new snapshot or the newest one; note where he knows something else.

        What he knows is the newest snapshot from then on: each part of a journal is folded once on the way to the end.
        """
        lived = snapshot or host.state()
        host.snapshot = snapshot or host.snapshot
        host.take_over()
        host.snapshot = host.state()
        if host.snapshot != lived:
            self.unlike.append(host.name)

    def _reading(self, host: Host) -> Reading:
        """Return the clocks; a process that starts with a clock that is wrong cannot know it."""
        if not host.has_read_clock or host.runner.halted or not self.faults.strikes("clock jumps"):
            return Reading(self.now_ms, self.now_ms)
        return Reading(self.now_ms + self.draw.choice((-JUMP_MS, JUMP_MS)), self.now_ms)

    def _look_after(self, host: Host) -> None:
        """Do what an operator does: confirm the time of a shard that halted at a jump."""
        if host.runner.halted.startswith(CLOCK_JUMP):
            confirm = log_pb2.ControlCommand(
                confirm_time=log_pb2.ConfirmTime(at_ms=self.now_ms), reason="the clock is right again"
            )
            topic = BY_NAME[host.context].control.name
            self._append(Sent(topic, OPERATOR, f"confirm-{self.log.end(topic, host.shard)}", confirm, host.shard))
        assert not host.runner.halted or host.runner.halted.startswith(CLOCK_JUMP), (host.name, host.runner.halted)

    def _effects(self, host: Host) -> None:
        for intent in list(host.open.values()):
            if self.faults.strikes("effect delayed"):
                continue
            disagrees = intent.kind == AUDIT_INTENT and self.faults.strikes("solvers disagree")
            for _ in range(2 if self.faults.strikes("effect repeated") else 1):
                outcome = self.outside.perform(intent, host, disagrees=disagrees)
                if not self.faults.strikes("effect lost"):
                    self._append(told(outcome))
            if disagrees:
                self.send(resume(intent, len(self.sent)))

    def settle_down(self) -> None:
        """Take turns until nobody has anything left to do."""
        for _ in range(PASSES):
            self.turn()
            self.now_ms += 1_000
            if self.is_quiet:
                return
        behind = [host.name for host in self.hosts.values() if host.is_behind() or host.open]
        raise AssertionError(f"never quiet: {behind}")

    @property
    def is_quiet(self) -> bool:
        """Tell whether nobody has anything left to do now."""
        return not self._late and not any(self._waiting())

    def _waiting(self) -> Iterator[bool]:
        yield from (host.is_behind() or bool(host.open) for host in self.hosts.values())
        yield from (not neighbour.quiet for neighbour in self.outside.neighbours.values())

    def digest(self) -> str:
        """Return the SHA-256 of all journals."""
        found = hashlib.sha256()
        for place, records in self.log.journals():
            found.update(repr(place).encode())
            for record in records:
                found.update(record.value)
        return found.hexdigest()
