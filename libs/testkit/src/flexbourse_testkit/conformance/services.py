"""Two small services with every edge that the platform's own have: a counter per area and one ledger over all.

The counter adds amounts to accounts; an amount may ask for an effect, or be held until a time. The ledger adds up the
changes of all counters; its totals and tables go back to the counters as feedback. The account `crash` is a bug.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import TransientError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import (
    AdoptedRecord,
    Command,
    Decision,
    Figure,
    Intent,
    OutgoingCommand,
    Output,
    Program,
    rejected,
)
from flexbourse_messages.declaring import LOG_RECORDS, MARKER
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import Context, Input, Sharding, Topic
from flexbourse_testkit.conformance import messages as m

ADD = "flex.counter.add.command.v1"
BALANCE = "flex.counter.balance.state.v1"
CHANGE = "flex.counter.change.event.v1"
PUBLISH = "flex.ledger.publish.command.v1"
TOTAL = "flex.ledger.total.state.v1"
TABLE = "flex.ledger.table.state.v1"
CRASH = "crash"
LIMIT = 1_000_000
MAIL = "mail"
FAR_MS = 4_102_444_800_000  # 2100, an expiry that is refused, or one that simulated time never reaches


def _context(name: str, sharding: Sharding, journal: tuple[type[Message], ...], **parts: Any) -> Context:
    prefix = f"flex.{name}"
    control: tuple[type[Message], ...] = (log_pb2.ControlCommand, *MARKER)
    return Context(
        name=name,
        sharding=sharding,
        journal=Topic(f"{prefix}.shard.journal.v1", name, "none", sharding, (*journal, *LOG_RECORDS), rank=90),
        snapshot=Topic(
            f"{prefix}.shard.snapshot.v1", name, "slot", sharding, (log_pb2.SnapshotChunk,), rank=91, compacted=True
        ),
        answer=Topic(f"{prefix}.request.answer.v1", name, "id", sharding, (common_pb2.Answer, *MARKER), rank=80),
        control=Topic(f"{prefix}.control.command.v1", name, "id", sharding, control, rank=0),
        **parts,
    )


COUNTER = _context(
    "counter",
    Sharding.AREA,
    (m.Added, m.Released, m.EffectDone),
    commands=(
        Topic(
            ADD, "counter", "id", Sharding.AREA, (m.Add, m.EffectDone, *MARKER), rank=10, ingress="add.command.v1",
            retention_days=7,
        ),
    ),
    outputs=(
        Topic(BALANCE, "counter", "account", Sharding.AREA, (m.Balance, *MARKER), rank=20, compacted=True),
        Topic(CHANGE, "counter", "account", Sharding.AREA, (m.Changed, *MARKER), rank=21, egress="change.event.v1"),
    ),
    inputs=(Input("counter", TOTAL, feedback=True), Input("counter", TABLE, feedback=True)),
)  # fmt: skip
LEDGER = _context(
    "ledger",
    Sharding.SINGLE,
    (m.Posted, m.Published),
    commands=(Topic(PUBLISH, "ledger", "id", Sharding.SINGLE, (m.Publish, *MARKER), rank=11),),
    outputs=(
        Topic(TOTAL, "ledger", "account", Sharding.SINGLE, (m.Total, *MARKER), rank=30, compacted=True),
        Topic(TABLE, "ledger", "version", Sharding.SINGLE, (m.Table, *MARKER), rank=31, compacted=True, versioned=True),
    ),
    inputs=(Input("ledger", CHANGE),),
)
CATALOGUE = Catalogue((COUNTER, LEDGER))


class _Canonical:
    """State as canonical JSON."""

    state: dict[str, Any]

    def snapshot(self) -> bytes:
        """Return the state in canonical bytes."""
        return json.dumps(self.state, sort_keys=True).encode()

    def restore(self, snapshot: bytes) -> None:
        """Take a state."""
        self.state = json.loads(snapshot)


class CounterProgram(_Canonical):
    """Balances per account, holds that time releases, totals and tables of the ledger as last seen."""

    def __init__(self) -> None:
        self.state = {"balances": {}, "sequence": 0, "holds": {}, "done": 0, "totals": {}, "table": ""}

    def on_command(self, command: Command) -> Decision:
        """Add, or note the outcome of an effect."""
        body: Any = command.body
        if isinstance(body, m.EffectDone):
            return self._decided(m.EffectDone(intent=body.intent), body.intent)
        if body.account == CRASH:
            raise ZeroDivisionError("the bug that the conformance cases ask for")
        balance = self.state["balances"].get(body.account, 0) + body.amount
        if abs(balance) > LIMIT:
            refusal = Rejection(Code.FIELD_OUT_OF_RANGE, "a balance is bounded", "amount", value=balance, limit=LIMIT)
            return Decision((), [rejected(refusal)])
        sequence = self.state["sequence"] + 1
        event = m.Added(
            account=body.account, amount=body.amount, balance=balance, sequence=sequence, effect=body.effect,
            until_ms=body.hold_ms,
        )  # fmt: skip
        return self._decided(event, str(sequence))

    def _decided(self, event: Message, name: str) -> Decision:
        self.fold(event)
        return Decision([event], [common_pb2.Result(id=name)])

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Remember totals and the newest table."""
        self.fold(record)
        return ()

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:  # noqa: ARG002 - the port's signature
        """Release the holds that are due, in order of account."""
        due = sorted(account for account, until in self.state["holds"].items() if until <= at_ms)
        events = [m.Released(account=account, at_ms=at_ms) for account in due]
        for event in events:
            self.fold(event)
        return events

    def next_timer_ms(self) -> int | None:
        """Return when the first hold ends."""
        return min(self.state["holds"].values(), default=None)

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply an event."""
        found: Any = event
        if isinstance(found, AdoptedRecord):
            self._adopt(found)
        elif isinstance(found, m.Added):
            self.state["balances"][found.account] = found.balance
            self.state["sequence"] = found.sequence
            if found.until_ms:
                self.state["holds"][found.account] = found.until_ms
        elif isinstance(found, m.Released):
            self.state["holds"].pop(found.account, None)
        elif isinstance(found, m.EffectDone):
            self.state["done"] += 1

    def _adopt(self, record: AdoptedRecord) -> None:
        message: Any = record.message
        if isinstance(message, m.Total):
            self.state["totals"][message.account] = message.total
        elif isinstance(message, m.Table):
            self.state["table"] = f"{message.version}:{len(message.data)}:{sum(message.data)}"

    def project(self, event: Message) -> Iterable[Output]:
        """Publish balance and change."""
        found: Any = event
        if isinstance(found, m.Added):
            yield Output(BALANCE, found.account, m.Balance(account=found.account, balance=found.balance))
            yield Output(
                CHANGE,
                found.account,
                m.Changed(account=found.account, amount=found.amount, sequence=found.sequence),
                {"party": found.account},
            )

    def intents(self, event: Message) -> Iterable[Intent]:
        """Ask for mail where the amount did."""
        found: Any = event
        if isinstance(found, m.Added) and found.effect:
            yield Intent(f"{found.effect}-{found.sequence}", found.effect, m.Added(sequence=found.sequence))

    def settled_intents(self, event: Message) -> Iterable[str]:
        """An outcome ends its intent."""
        found: Any = event
        if isinstance(found, m.EffectDone):
            yield found.intent


class LedgerProgram(_Canonical):
    """Totals over all counters."""

    def __init__(self) -> None:
        self.state = {"totals": {}, "count": 0, "version": 0}

    def on_command(self, command: Command) -> Decision:
        """Publish a table."""
        body: Any = command.body
        event = m.Published(version=body.version, size=body.size)
        self.fold(event)
        return Decision([event], [common_pb2.Result(id=str(body.version))])

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Post a change."""
        change: Any = record.message
        total = self.state["totals"].get(change.account, 0) + change.amount
        event = m.Posted(account=change.account, total=total, count=self.state["count"] + 1)
        self.fold(event)
        return [event]

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:  # noqa: ARG002 - the port's signature
        """Nothing depends on time."""
        return ()

    def next_timer_ms(self) -> int | None:
        """No timer."""
        return None

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply an event."""
        found: Any = event
        if isinstance(found, m.Posted):
            self.state["totals"][found.account] = found.total
            self.state["count"] = found.count
        elif isinstance(found, m.Published):
            self.state["version"] = found.version

    def project(self, event: Message) -> Iterable[Output]:
        """Publish totals and tables."""
        found: Any = event
        if isinstance(found, m.Posted):
            yield Output(TOTAL, found.account, m.Total(account=found.account, total=found.total))
        elif isinstance(found, m.Published):
            data = bytes(index % 251 for index in range(found.size))
            yield Output(TABLE, f"table/{found.version}", m.Table(version=found.version, data=data))

    def intents(self, event: Message) -> Iterable[Intent]:  # noqa: ARG002 - the port's signature
        """No effects."""
        return ()

    def settled_intents(self, event: Message) -> Iterable[str]:  # noqa: ARG002 - the port's signature
        """No effects."""
        return ()


class MailEffect:
    """Writes a line per intent to a file; doing it twice leaves two lines, which the cases count."""

    kind = MAIL

    def __init__(self, outbox: str, shard: int = 0) -> None:
        self._outbox = outbox
        self._shard = shard

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Append the line and report the outcome."""
        with open(self._outbox, "a", encoding="utf-8") as file:  # noqa: PTH123 - one append, as a mail server would
            file.write(f"{intent.intent_id}\n")
        return OutgoingCommand(
            topic=ADD,
            shard=self._shard,
            command_id=f"outcome-{intent.intent_id}",
            party="mail",
            body=m.EffectDone(intent=intent.intent_id),
            expires_at_ms=0,
        )


class MailSource:
    """A folder of letters: each file's name is a command id, its content an amount; gone once it is durable."""

    def __init__(self, inbox: Path) -> None:
        self._inbox = inbox

    def poll(self) -> list[OutgoingCommand]:
        """Return the letters that lie there; raises TransientError while there is no folder."""
        if not self._inbox.is_dir():
            raise TransientError(f"no folder {self._inbox.name}")
        return [
            OutgoingCommand(ADD, 0, letter.name, "post", m.Add(account="mail", amount=int(letter.read_text())), 0)
            for letter in sorted(self._inbox.iterdir())
        ]

    def taken(self, command: OutgoingCommand) -> None:
        """Throw the letter away."""
        (self._inbox / command.command_id).unlink()


class CounterFigures:
    """Balances by account, and what was added."""

    def gauges(self, program: Program) -> Iterable[Figure]:
        """Return the balances."""
        assert isinstance(program, CounterProgram)
        return [Figure("balance", value, (account,)) for account, value in sorted(program.state["balances"].items())]

    def counts(self, event: Message) -> Iterable[Figure]:
        """Count amounts."""
        found: Any = event
        if isinstance(found, m.Added):
            yield Figure("added", found.amount)
