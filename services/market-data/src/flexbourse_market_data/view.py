"""The read models on the embedded log: the same projectors, folded by the engine's view feed, kept in memory."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse_log.port import Record
from flexbourse_market_data.kept_models import MemoryModels
from flexbourse_market_data.model import SOURCES, MarketModel


class MarketView:
    """Read models in memory: rebuilt from the log at every start."""

    topics: tuple[str, ...] = SOURCES

    def __init__(self) -> None:
        self.models = MemoryModels()
        self._model = MarketModel()

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in; what was retired keeps its last state until its period is forgotten."""
        if message is not None:
            self.models.write(self._model.take(message, record.offset, record.value))
