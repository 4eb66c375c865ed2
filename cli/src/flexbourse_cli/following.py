"""Following an external registry from the command line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import document, print_json, print_table, progress_bar
from flexbourse_client.external_registry import FolderSource, Look, Memory, Source, keep_in_step
from flexbourse_client.external_rest import RestSource
from flexbourse_core.errors import TransientError

MAX_SHOWN = 50
MEMORY_FOLDER = "external-registries"


class Following:
    """One source, what is remembered of it, and how its columns are named. Raises UsageError."""

    def __init__(
        self, source: str, kinds: Sequence[str], mapping: Path | None, token_file: Path | None, data_dir: Path
    ) -> None:
        self._kinds = kinds
        self._source = _source(source, token_file)
        self._names = _names(mapping)
        folder = data_dir / MEMORY_FOLDER
        folder.mkdir(exist_ok=True)
        self._memory = Memory(folder / f"{hashlib.sha256(source.encode()).hexdigest()[:16]}.json")

    def look(self, client: Any, *, as_json: bool) -> bool:
        """Look once and say what that led to; tells whether something was refused, or the source did not answer."""
        try:
            with progress_bar("importing") as progress:
                looks = keep_in_step(
                    client.registry, self._source, self._memory, kinds=self._kinds, names=self._names,
                    progress=progress,
                )  # fmt: skip
        except TransientError as error:
            click.echo(str(error), err=True)
            return True
        if as_json:
            print_json([_document(look) for look in looks])
        else:
            for look in looks:
                _show(look)
        return any(look.errors for look in looks)


def _source(source: str, token_file: Path | None) -> Source:
    if source.startswith(("http://", "https://")):
        return RestSource(source, token_file.read_text().strip() if token_file else "")
    if not Path(source).is_dir():
        raise click.UsageError(f"{source} is no folder, and no address of the form http(s)://HOST/…")
    return FolderSource(Path(source))


def _names(mapping: Path | None) -> dict[str, dict[str, str]]:
    if mapping is None:
        return {}
    try:
        found = json.loads(mapping.read_text())
        return {str(kind): {str(ours): str(theirs) for ours, theirs in names.items()} for kind, names in found.items()}
    except (ValueError, AttributeError):
        raise click.UsageError(f"{mapping} holds no names of columns by kind") from None


def _document(look: Look) -> dict[str, Any]:
    return {
        "kind": look.kind,
        "row_count": look.row_count,
        "sent_count": look.sent_count,
        "changed_count": look.changed_count,
        "vanished_count": look.vanished_count,
        "errors": [document(error) for error in look.errors],
    }


def _show(look: Look) -> None:
    if look.errors:
        rows = [(e.row, e.column, e.value, e.code, e.message) for e in look.errors[:MAX_SHOWN]]
        print_table(("row", "column", "value", "code", "message"), rows, right=(0,))
    click.echo(
        f"{look.kind}: {look.row_count} rows, {look.sent_count} sent, {look.changed_count} changed, "
        f"{look.vanished_count} vanished, {len(look.errors)} errors"
    )
