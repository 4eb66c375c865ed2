"""A second street beside the first, on a shard of its own: everything that names a thing of the first, renamed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from sending import Sent
from street import AREA, ENERGY, HOMES, RELIEF, SUBSTATION
from trading_story import TradingStory

from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_messages.topic import Sharding

SUFFIX, SHARD = "-2", 1
NAMES = {AREA, ENERGY, RELIEF, SUBSTATION, "supply-unit", *(n for home in HOMES for n in (home.name, home.unit))}


def of_second(sent: Sent) -> Sent:
    """Return a command about the first area as one about the second."""
    body = type(sent.body)()
    body.CopyFrom(sent.body)
    _rename(body)
    shard = SHARD if CATALOGUE.topics[sent.topic].sharding is Sharding.AREA else 0
    return replace(sent, command_id=sent.command_id + SUFFIX, body=body, shard=shard)


def _rename(message: Message) -> None:
    """Rename areas, markets, metering points and units in all fields; an order's id begins with its area."""
    for field, value in message.ListFields():
        several = field.is_repeated
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for each in value if several else (value,):
                _rename(each)
        elif field.type == FieldDescriptor.TYPE_STRING and several:
            value[:] = [_renamed(each) for each in value]
        elif field.type == FieldDescriptor.TYPE_STRING:
            setattr(message, field.name, _renamed(value))


def _renamed(text: str) -> str:
    head, dot, rest = text.partition(".")
    return f"{head}{SUFFIX}{dot}{rest}" if head in NAMES else text


class TwoAreasStory:
    """Trade in both streets, by the same parties."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._first, self._second = TradingStory(draw), TradingStory(draw)

    def next(self) -> Sent:
        """Return what somebody sends now."""
        return self._first.next() if self._draw.randrange(2) else of_second(self._second.next())
