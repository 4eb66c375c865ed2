"""Files that appear whole under their name, and are on disk once a call returns; for one writer of a name at a time."""

from __future__ import annotations

import os
from pathlib import Path

UNFINISHED = ".part"


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file beside its place and rename it: whoever reads sees the old content, or the new one.

    Its folder is made where it is missing; `mode` holds for a new file, less what the process masks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}{UNFINISHED}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
