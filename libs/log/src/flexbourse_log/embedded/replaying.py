"""Replays the shards of a data folder, beside a running engine or after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from flexbourse_log.embedded.reader import open_reader
from flexbourse_log.port import Service
from flexbourse_log.replay import Replay, Replayed
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_messages.lookup import Catalogue


def replay_folder(folder: Path, services: Sequence[Service], catalogue: Catalogue = CATALOGUE) -> Iterator[Replayed]:
    """Decide every shard's journal again; raises ConfigurationError where the folder holds no log."""
    reader = open_reader(folder)
    try:
        area_shards = reader.area_shards()
        for service in services:
            journal = catalogue.by_name[service.context].journal.name
            for shard in range(catalogue.shards(service.context, area_shards)):
                replay = Replay(
                    service.context, shard, area_shards, service.program(shard), catalogue=catalogue, fetch=reader.fetch
                )
                yield replay.run(list(reader.read_all(journal, shard)))
    finally:
        reader.close()
