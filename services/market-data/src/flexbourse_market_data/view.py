"""The read model on the embedded log: the same projector, folded by the engine's view feed."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.message import Message

from flexbourse_core.market_time import Mtu
from flexbourse_log.port import Record
from flexbourse_market_data.domain.feeders import Feeder, FeederBoard
from flexbourse_market_data.wire import SOURCES, seen_in


class FeederView:
    """Feeders by area and period, in memory: rebuilt from the log at every start."""

    topics: tuple[str, ...] = SOURCES

    def __init__(self) -> None:
        self._board = FeederBoard()

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in; a light that was retired keeps its last state until its period is forgotten."""
        seen = seen_in(message) if message is not None else None
        if seen is not None:
            self._board.take(seen, record.offset)

    async def feeders(self, area_id: str, mtu: Mtu | None) -> Sequence[Feeder]:
        """Return the feeders of an area."""
        return self._board.feeders(area_id, mtu)
