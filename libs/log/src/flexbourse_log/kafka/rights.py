"""Who may do what on the broker, derived from the catalogue: services, the edge relay, participants.

Rights end at the topic, so a participant has topics of his own. A service writes what it owns; it reads its inputs,
what views are folded from, and every control topic, where shards report their condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flexbourse_log.edge import IN, OUT
from flexbourse_messages.lookup import Catalogue

EDGE = "edge"


class Resource(Enum):
    """What a right is about."""

    TOPIC = "topic"
    GROUP = "group"
    TRANSACTIONAL_ID = "transactional_id"


class Operation(Enum):
    """What a right allows; each includes describing the resource."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Right:
    """One permission of one login. `prefixed`: for every name that begins so."""

    login: str
    resource: Resource
    name: str
    operation: Operation
    prefixed: bool = False


def participant_rights(catalogue: Catalogue, participant: str) -> list[Right]:
    """Return a participant's rights: write `flex.in.<id>.`, read `flex.out.<id>.` and public topics, groups `<id>.`."""
    public = [topic.name for topic in catalogue.topics.values() if topic.public]
    return [
        Right(participant, Resource.TOPIC, f"{IN}{participant}.", Operation.WRITE, prefixed=True),
        Right(participant, Resource.TOPIC, f"{OUT}{participant}.", Operation.READ, prefixed=True),
        Right(participant, Resource.GROUP, f"{participant}.", Operation.READ, prefixed=True),
        *_topics(participant, public, Operation.READ),
    ]


def service_rights(catalogue: Catalogue, context: str, login: str) -> list[Right]:
    """Return the rights of the processes of one service."""
    own = catalogue.by_name[context]
    inputs = [entry.topic for entry in own.inputs]
    commands = [topic.name for topic in (own.control, *own.commands)]
    written = [topic.name for topic in (own.journal, own.snapshot, own.answer, *own.outputs)] + commands
    written += [catalogue.topics[name].dead_letters for name in (*commands, *inputs)]
    read = [topic.name for topic in (own.journal, own.snapshot, own.answer)] + commands
    read += [topic.name for other in catalogue.contexts for topic in (other.control, *other.outputs)]
    shards = Right(login, Resource.TRANSACTIONAL_ID, f"flex.{context}.", Operation.WRITE, prefixed=True)
    return [*_topics(login, written, Operation.WRITE), *_topics(login, read, Operation.READ), shards, _groups(login)]


def projector_rights(catalogue: Catalogue, name: str, login: str) -> list[Right]:
    """Return the rights of the processes of one projector: it reads its inputs and writes its own tables."""
    own = next(projector for projector in catalogue.projectors if projector.name == name)
    tables = [topic.name for topic in own.tables]
    inputs = [entry.topic for entry in own.inputs]
    return [
        *_topics(login, tables, Operation.WRITE),
        *_topics(login, [*inputs, *tables], Operation.READ),
        _groups(login),
    ]


def edge_rights(catalogue: Catalogue, login: str = EDGE) -> list[Right]:
    """Return the rights of the edge relay."""
    topics = catalogue.topics.values()
    entries = [name for topic in topics if topic.ingress for name in (topic.name, topic.dead_letters)]
    read = [topic.name for topic in topics if topic.egress]
    read += [topic.name for context in catalogue.contexts for topic in (context.control, *context.outputs)]
    return [
        *_topics(login, entries, Operation.WRITE),
        *_topics(login, read, Operation.READ),
        Right(login, Resource.TOPIC, IN, Operation.READ, prefixed=True),
        Right(login, Resource.TOPIC, OUT, Operation.WRITE, prefixed=True),
        _groups(login),
    ]


def _topics(login: str, names: list[str], operation: Operation) -> list[Right]:
    return [Right(login, Resource.TOPIC, name, operation) for name in sorted(set(names))]


def _groups(login: str) -> Right:
    return Right(login, Resource.GROUP, "flex.", Operation.READ, prefixed=True)
