"""The stream of a buyer: his own events and nobody else's, taken up where it broke off, cut where he is too slow."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from test_activation_shard import AREA, Activations

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse_activation.api import ActivationServicer
from flexbourse_activation.view import ActivationView
from flexbourse_log.codec import encode, type_name
from flexbourse_log.port import CE_TYPE, OverloadedError, Record
from flexbourse_messages.catalogue import ACTIVATION_LIFE


class Cut(Exception):  # noqa: N818
    """A call was ended with a status."""


class Call:
    """A call as the servicer sees it; its status is told by an exception."""

    async def abort_with_status(self, status: Any) -> None:
        raise Cut(f"{status.code.name}: {status.details}")


class Feed:
    """Records of one partition; behind the last one the reader has fallen out of the bound."""

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self.closed = 0

    def follow(self, topic: str, partition: int, after_offset: int) -> Any:
        assert (topic, partition) == (ACTIVATION_LIFE, 0)
        self._left = [record for record in self._records if record.offset > after_offset]
        return self

    def __aiter__(self) -> Feed:
        return self

    async def __anext__(self) -> Record:
        if not self._left:
            raise OverloadedError("too many wait")
        return self._left.pop(0)

    def close(self) -> None:
        self.closed += 1


class Stream:
    """A servicer whose caller is one party, over what a shard has told."""

    def __init__(self, shard: Activations, party: str) -> None:
        records = [
            Record(own.topic, 0, offset, own.key, encode(own.message), {CE_TYPE: type_name(own.message)})
            for offset, own in enumerate(each for each in shard.drive.projections if each.topic == ACTIVATION_LIFE)
            if own.message is not None
        ]
        self.view = ActivationView("platform")
        for record in records:
            self.view.fold(record, pb.ActivationEvent.FromString(record.value))
        self.feed = Feed(records)
        context = SimpleNamespace(
            caller=lambda: SimpleNamespace(party=party),
            shard_of=self._shard_of,
            caught_up=self._caught_up,
            feed=self.feed,
            view=lambda _: self.view,
        )
        self.servicer = ActivationServicer(context)  # type: ignore[arg-type]

    @staticmethod
    async def _caught_up(_rpc: Any) -> None:
        return None

    @staticmethod
    async def _shard_of(_rpc: Any, _area: str) -> int:
        return 0

    def read(
        self, after: int | None = -1, topic: str = ACTIVATION_LIFE
    ) -> tuple[list[pb.WatchActivationsResponse], str]:
        """Return what the stream sends, and how it ended."""
        place = None if after is None else common_pb2.LogPosition(topic=topic, offset=after)
        request = pb.WatchActivationsRequest(area_id=AREA, after=place)
        found: list[pb.WatchActivationsResponse] = []

        async def run() -> str:
            try:
                responses = self.servicer.WatchActivations(request, Call())  # type: ignore[arg-type]
                async for response in responses:
                    found.append(response)  # noqa: PERF401  # what came before the end counts
            except Cut as cut:
                return str(cut)
            return ""

        return found, asyncio.run(run())


@pytest.fixture
def shard() -> Activations:
    """The DSO activates, the TSO reserves and releases; a trade with the DSO's request."""
    world = Activations()
    world.offer()
    world.offer("o2", unit_id="u2")
    world.activate()
    reserve = pb.ReservationTerms(
        reservation_id="res", offer_id="o2", purpose=pb.PURPOSE_CONGESTION, window=world.window(1), quantity_w=2_000
    )
    world.send("tso", reserve=reserve)
    world.send("tso", release_reservation=pb.ReleaseReservation(reservation_id="res", reason="no need"))
    world.trade(2_000, by="dso")
    world.drive.time((world.start_s - 900) * 1000)
    return world


def kinds(found: list[pb.WatchActivationsResponse]) -> list[str]:
    return [response.event.WhichOneof("event") or "" for response in found]


def test_everybody_follows_what_he_bought(shard: Activations) -> None:
    bought, _ = Stream(shard, "dso").read()
    assert kinds(bought) == [
        "claim_made", "requested", "headroom_moved", "headroom_moved", "headroom_moved", "headroom_moved", "moved",
        "claim_made", "requested", "moved", "order_issued", "moved", "order_issued",
    ]  # fmt: skip
    reserved, _ = Stream(shard, "tso").read()
    assert kinds(reserved) == [
        "claim_made", "reserved", "headroom_moved", "headroom_moved", "reservation_moved", "claim_reduced",
        "headroom_moved",
    ]  # fmt: skip
    assert Stream(shard, "agr").read()[0] == []


def test_a_stream_is_taken_up_behind_any_of_its_positions(shard: Activations) -> None:
    whole, _ = Stream(shard, "dso").read()
    for count, response in enumerate(whole, 1):
        rest, _ = Stream(shard, "dso").read(response.position.offset)
        assert rest == whole[count:]


def test_without_a_position_it_begins_now(shard: Activations) -> None:
    assert Stream(shard, "dso").read(None)[0] == []


def test_a_reader_that_falls_behind_is_cut_with_a_clear_status(shard: Activations) -> None:
    stream = Stream(shard, "dso")
    _, ending = stream.read()
    assert ending.startswith("RESOURCE_EXHAUSTED")
    assert "behind the last position" in ending
    assert stream.feed.closed == 1


def test_a_position_of_something_else_is_refused(shard: Activations) -> None:
    assert Stream(shard, "dso").read(3, topic="flex.orderbook.trade.event.v1")[1].startswith("INVALID_ARGUMENT")
    assert Stream(shard, "dso").read(-2)[1].startswith("INVALID_ARGUMENT")


def test_a_position_that_was_never_reached_ends_the_call(shard: Activations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_activation.api.RESUME_WAIT_S", 0.01)
    assert Stream(shard, "dso").read(10_000)[1].startswith("DEADLINE_EXCEEDED")


def test_buyers_are_forgotten_two_days_behind_their_windows(shard: Activations) -> None:
    view = Stream(shard, "dso").view
    assert view.buyers._of
    over = pb.WindowsOver(area_id=AREA, before_s=shard.start_s + 4 * 86_400)
    view.buyers.fold(pb.ActivationEvent(windows_over=over))
    assert view.buyers._of == {}
