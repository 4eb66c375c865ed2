"""Files that appear whole under their name, and are on disk once a call returns."""

from __future__ import annotations

import os
from pathlib import Path

UNFINISHED = ".part"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it: who reads the folder sees the old content, or the new one."""
    draft = path.with_name(f".{path.name}{UNFINISHED}")
    with draft.open("wb") as file:
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
