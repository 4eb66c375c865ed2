"""`flexbourse replay`: fold every journal of a data folder again, or decide it again, and print the state hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flexbourse_cli.console import (
    EXIT_CHECK,
    data_option,
    fail_quietly,
    failures,
    json_option,
    print_json,
    print_table,
    with_progress,
)

if TYPE_CHECKING:
    from flexbourse_log.port import Service
    from flexbourse_log.replay import Replayed

LOG_FOLDER = "log"


@click.command("replay")
@click.option("--decide", is_flag=True, help="Decide every input again and compare with what was journaled.")
@click.option("--context", "contexts", multiple=True, help="Only these services; default: all.")
@data_option
@json_option
@failures
def command(decide: bool, contexts: tuple[str, ...], data_dir: Path, as_json: bool) -> None:
    """Fold every journal of an embedded data folder from its first record and print the state hashes.

    Snapshots are not used, and nothing is written; the platform may run meanwhile. Ends with 1 at a difference.
    """
    from flexbourse_cli import services  # noqa: PLC0415
    from flexbourse_core.errors import ConfigurationError  # noqa: PLC0415
    from flexbourse_log.embedded import open_reader, replay_folder  # noqa: PLC0415
    from flexbourse_messages.catalogue import CATALOGUE  # noqa: PLC0415

    unknown = [name for name in contexts if name not in services.CONTEXTS]
    if unknown:
        raise ConfigurationError(f"contexts are {', '.join(services.CONTEXTS)}, not {', '.join(unknown)}")
    folder = data_dir / LOG_FOLDER
    reader = open_reader(folder)
    shards = reader.area_shards()
    reader.close()
    found = [
        services.host(name, services.config(name, data_dir=data_dir, shards=shards)).service
        for name in contexts or services.CONTEXTS
    ]
    source = replay_folder(folder, found, CATALOGUE) if decide else _fold(folder, found)
    replayed = list(with_progress(source, len(found), "replaying", lambda shard: f"{shard.context}/{shard.shard}"))
    if as_json:
        print_json([asdict(shard) for shard in replayed])
    else:
        _print(replayed)
    if any(shard.difference for shard in replayed):
        fail_quietly(EXIT_CHECK)


def _fold(folder: Path, found: Sequence[Service]) -> Iterator[Replayed]:
    from flexbourse_log.embedded import open_reader  # noqa: PLC0415
    from flexbourse_log.replay import Replayed  # noqa: PLC0415
    from flexbourse_log.state import ReplayedState  # noqa: PLC0415
    from flexbourse_messages.catalogue import CATALOGUE  # noqa: PLC0415

    reader = open_reader(folder)
    for service in found:
        for shard in range(CATALOGUE.shards(service.context, reader.area_shards())):
            state = ReplayedState(service.program(shard), CATALOGUE, reader.fetch)
            count = 0
            for record in reader.read_all(CATALOGUE.by_name[service.context].journal.name, shard):
                state.fold(record)
                count += 1
            yield Replayed(service.context, shard, count, 0, count, state.state_hash(), None)
    reader.close()


def _print(replayed: Sequence[Replayed]) -> None:
    header = ("shard", "records", "decisions", "state hash", "difference")
    rows = [
        (
            f"{shard.context}/{shard.shard}",
            shard.records,
            shard.decisions,
            shard.state_hash,
            f"at {shard.difference.offset}: {shard.difference.recorded}, now {shard.difference.decided}"
            if shard.difference
            else "",
        )
        for shard in replayed
    ]
    print_table(header, rows, right=(1, 2))
