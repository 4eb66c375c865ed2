"""How topics and contexts are declared: what all of a kind have in common stands here, once."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_messages.topic import Context, Input, Sharding, Topic

COMMAND_RETENTION_DAYS = 7
EVENT_RETENTION_DAYS = 400  # longer than the dispute period of a settlement
FEED_RETENTION_DAYS = 7  # longer than any book lives: the whole of an open book is always there
ANSWER_RETENTION_DAYS = 2  # longer than a command can live

LOG_RECORDS: tuple[type[Message], ...] = (
    log_pb2.TimeAdvanced,
    log_pb2.Adopted,
    log_pb2.Answered,
    log_pb2.InputSkipped,
    log_pb2.ShardHalted,
    log_pb2.ShardResumed,
)
MARKER: tuple[type[Message], ...] = (log_pb2.Step,)


def command(
    context: str,
    entity: str,
    sharding: Sharding,
    rank: int,
    payload: type[Message],
    *more: type[Message],
    ingress: str = "",
) -> Topic:
    """Return a topic of commands; participants reach it through the edge where `ingress` names its last parts."""
    return Topic(
        name=f"flex.{context}.{entity}.command.v1",
        owner=context,
        key="command id",
        sharding=sharding,
        payloads=(payload, *more, *MARKER),
        rank=rank,
        retention_days=COMMAND_RETENTION_DAYS,
        ingress=ingress,
    )


def event(
    context: str,
    entity: str,
    rank: int,
    key: str,
    payloads: tuple[type[Message], ...],
    *,
    egress: str = "",
    why: str = "",
    public: bool = False,
    retention_days: int = EVENT_RETENTION_DAYS,
) -> Topic:
    """Return a topic of events, with the sharding of its owner."""
    return Topic(
        name=f"flex.{context}.{entity}.event.v1",
        owner=context,
        key=key,
        sharding=_SHARDING[context],
        payloads=(*payloads, *MARKER),
        rank=rank,
        retention_days=retention_days,
        egress=egress,
        why=why,
        public=public,
    )


def state(
    context: str,
    entity: str,
    rank: int,
    key: str,
    payloads: tuple[type[Message], ...],
    *,
    egress: str = "",
    why: str = "",
    versioned: bool = False,
    public: bool = False,
) -> Topic:
    """Return a compacted topic: the newest value of each key is always there."""
    return Topic(
        name=f"flex.{context}.{entity}.state.v1",
        owner=context,
        key=key,
        sharding=_SHARDING[context],
        payloads=(*payloads, *MARKER),
        rank=rank,
        compacted=True,
        egress=egress,
        why=why,
        versioned=versioned,
        public=public,
    )


_SHARDING = {
    "registry": Sharding.SINGLE,
    "gridcheck": Sharding.AREA,
    "traffic-light": Sharding.AREA,
    "orderbook": Sharding.AREA,
    "settlement": Sharding.SINGLE,
    "activation": Sharding.AREA,
    "ancillary-gateway": Sharding.SINGLE,
    "wholesale-gateway": Sharding.SINGLE,
}


def context(
    name: str,
    journal: tuple[type[Message], ...],
    commands: tuple[Topic, ...],
    outputs: tuple[Topic, ...],
    inputs: tuple[Input, ...],
) -> Context:
    """Return a context with the topics that every context has."""
    sharding = _SHARDING[name]
    prefix = f"flex.{name}"
    return Context(
        name=name,
        sharding=sharding,
        journal=Topic(
            f"{prefix}.shard.journal.v1",
            name,
            "none",
            sharding,
            (*journal, *LOG_RECORDS),
            rank=90,
            why="the truth of the shard: its state is the fold of these records; kept for ever",
        ),
        snapshot=Topic(
            f"{prefix}.shard.snapshot.v1",
            name,
            "slot/chunk",
            sharding,
            (log_pb2.SnapshotChunk,),
            rank=91,
            compacted=True,
            why="two slots in turn, so that recovery folds only the newest part of the journal",
        ),
        answer=Topic(
            f"{prefix}.request.answer.v1",
            name,
            "command id",
            sharding,
            (common_pb2.Answer, *MARKER),
            rank=80,
            retention_days=ANSWER_RETENTION_DAYS,
            egress="answer.event.v1",
            why="the one answer to each command",
        ),
        control=Topic(
            f"{prefix}.control.command.v1",
            name,
            "command id",
            sharding,
            (log_pb2.ControlCommand, *MARKER),
            rank=0,
            retention_days=COMMAND_RETENTION_DAYS,
            why="operator's orders to a halted shard",
        ),
        commands=commands,
        outputs=outputs,
        inputs=inputs,
    )
