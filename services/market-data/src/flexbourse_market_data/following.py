"""Following a book: a picture where one is needed, then every event, none left out; who is too slow is told so.

Nothing waits for a reader: events are kept in a bounded number, and who asks for one that is gone has fallen behind.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse_market_data.domain.feed import BookName, PublicOrder
from flexbourse_market_data.domain.public_books import HEAD, BookHead
from flexbourse_market_data.kept_models import ReadModels
from flexbourse_market_data.taking import PUBLIC_ORDER, status_out
from flexbourse_market_data.wire import read

WAIT_S = 5.0  # for news, before it looks whether the caller is still there


class FellBehindError(Exception):
    """The reader was so slow that events are no longer kept."""


def orders_in(group: str, fields: Mapping[str, bytes]) -> list[PublicOrder]:
    """Return the orders of a book by sequence."""
    orders = [read(group, field, value) for field, value in fields.items() if field.startswith("o")]
    return sorted(orders, key=lambda order: order.sequence)


def head_in(group: str, fields: Mapping[str, bytes]) -> BookHead | None:
    """Return the head of a book, None where it is not known."""
    found: BookHead | None = read(group, HEAD, fields[HEAD]) if HEAD in fields else None
    return found


async def picture_of(models: ReadModels, name: BookName) -> feed.FeedEvent | None:
    """Return a book with the number of its last event; None where it is not known, or not whole."""
    fields = await models.fields(name.group)
    head = head_in(name.group, fields)
    if head is None or not head.whole:
        return None
    orders = [PUBLIC_ORDER.encode(order) for order in orders_in(name.group, fields)]
    event = feed.FeedEvent(
        area_id=head.area_id, market_id=head.market_id, sequence=head.sequence, at_ms=head.at_ms, last=True,
        picture=feed.BookPicture(part=1, parts=1, status=status_out(head.status), orders=orders),
    )  # fmt: skip
    event.mtu.start_s, event.mtu.length_s = head.mtu.start_s, head.mtu.length_s
    return event


async def follow(models: ReadModels, name: BookName, after: int) -> AsyncIterator[feed.FeedEvent]:
    """Iterate over the events of a book behind a number, for ever; raises FellBehindError.

    From 0 on, and where events behind the number are no longer kept, a picture comes first. Of a book that is not there
    yet, or not whole, the first event is its beginning or its next picture.
    """
    events = await models.told(name.group, after, 0)
    if not (after and events and events[0][0] == after + 1):
        picture = await picture_of(models, name)
        if picture is not None and (picture.sequence > after or not after):
            yield picture
            after = picture.sequence
    while True:
        events = await models.told(name.group, after, WAIT_S)
        for number, value in events:
            if number <= after:
                continue
            event = feed.FeedEvent.FromString(value)
            if number != after + 1 and not (after == 0 and event.HasField("picture") and event.picture.part == 1):
                if after:
                    raise FellBehindError(name.group)
                continue  # of a book that is not whole: its next picture begins it
            yield event
            after = number
