"""Answers of before this process: found in the log by their command's id when somebody asks, not read at the start."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from pathlib import Path

from flexbourse.common.v1 import common_pb2
from flexbourse_log.commanding import is_misused, receipt
from flexbourse_log.embedded.reader import open_reader
from flexbourse_log.engine import EngineOptions
from flexbourse_log.headers import decode_record
from flexbourse_log.port import JOURNAL_OFFSET, PARTY, Position
from flexbourse_messages.topic import Context

MAX_EARLIER_ANSWERS = 10_000  # of each shard, the newest


class EarlierAnswers:
    """The newest answers of one context that the log holds; where they stand is noted when the first is asked for."""

    def __init__(self, context: Context, options: EngineOptions, folder: Path) -> None:
        self._context = context
        self._options = options
        self._folder = folder
        self._places: dict[str, list[Position]] | None = None

    def find(self, party: str, command_id: str) -> common_pb2.CommandReceipt | None:
        """Return the answer to a party's own command; of several the newest that does not refuse its id."""
        if self._places is None:
            self._places = self._noted()
        if command_id not in self._places:
            return None
        found: common_pb2.CommandReceipt | None = None
        with closing(open_reader(self._folder)) as reader:
            for place in self._places[command_id]:
                record = reader.fetch(place)
                if record is None or record.headers.get(PARTY) != party:
                    continue
                message = decode_record(self._options.catalogue, record)
                if isinstance(message, common_pb2.Answer) and (found is None or not is_misused(message)):
                    offset = int(record.headers[JOURNAL_OFFSET])
                    found = receipt(message, self._context.journal.name, place.partition, offset)
        return found

    def _noted(self) -> dict[str, list[Position]]:
        """Return where the answers stand, by command."""
        places: defaultdict[str, list[Position]] = defaultdict(list)
        topic = self._context.answer.name
        with closing(open_reader(self._folder)) as reader:
            for shard in range(self._options.catalogue.partitions(topic, self._options.area_shards)):
                start = max(0, reader.end(topic, shard) - MAX_EARLIER_ANSWERS)
                for offset, key in reader.keys(topic, shard, start):
                    places[key].append(Position(topic, shard, offset))
        return dict(places)
