"""Exchange by folders, as an EDX toolbox does it with its applications.

<root>/outbox/   we write, the toolbox takes
<root>/inbox/    the toolbox writes, we read; what was confirmed moves on
<root>/done/     what was confirmed, the newest ones, for whoever wants to look

Names that begin with a dot or end in .part or .tmp are not finished yet and are left alone.
"""

from __future__ import annotations

from pathlib import Path

from flexbourse_ancillary_gateway.adapters.mailbox import MAX_MESSAGES, Arrived, TransportRefusedError
from flexbourse_ancillary_gateway.documents.codec import MAX_DOCUMENT_BYTES
from flexbourse_core.errors import TransientError
from flexbourse_log.durable_files import UNFINISHED, sync_folder, write_whole

MAX_OUTBOX_FILES = 10_000  # beyond, the toolbox has stopped taking them
MAX_DONE_FILES = 2_000
MAX_NAME = 150
_TEMPORARY = (UNFINISHED, ".tmp")


class FolderMailbox:
    """A mailbox in three folders below a root; makes them where they are missing."""

    def __init__(self, root: Path) -> None:
        self._outbox, self._inbox, self._done = root / "outbox", root / "inbox", root / "done"
        for folder in (self._outbox, self._inbox, self._done):
            folder.mkdir(parents=True, exist_ok=True)

    def send(self, name: str, content: bytes) -> None:
        """Write a file into the outbox; the same name again replaces what was not taken yet."""
        path = self._outbox / _file_name(name)
        try:
            if not path.exists() and sum(1 for _ in self._outbox.iterdir()) >= MAX_OUTBOX_FILES:
                raise TransientError(f"{self._outbox} holds {MAX_OUTBOX_FILES} files that nobody takes")
            write_whole(path, content)
        except OSError as error:
            raise TransientError(f"{path} cannot be written: {error}") from error

    def collect(self) -> list[Arrived]:
        """Return finished files of the inbox by name, oldest first where names count; oversized ones are cut off."""
        try:
            names = sorted(path for path in self._inbox.iterdir() if _is_finished(path))[:MAX_MESSAGES]
            return [Arrived(path.name, _read(path), str(path.stat().st_mtime_ns)) for path in names]
        except OSError as error:
            raise TransientError(f"{self._inbox} cannot be read: {error}") from error

    def confirm(self, message_id: str) -> None:
        """Move a file out of the inbox; keeps the newest of what was confirmed."""
        source = self._inbox / _file_name(message_id)
        try:
            source.replace(self._done / source.name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise TransientError(f"{source} cannot be moved: {error}") from error
        sync_folder(self._inbox)
        sync_folder(self._done)
        for old in sorted(self._done.iterdir(), key=lambda path: path.stat().st_mtime_ns)[:-MAX_DONE_FILES]:
            old.unlink(missing_ok=True)


def _file_name(name: str) -> str:
    """Return the name where it can be a file's in a folder of ours; raises TransportRefusedError where not."""
    if not name or len(name) > MAX_NAME or name.startswith(".") or "/" in name or "\0" in name:
        raise TransportRefusedError(f"{name!r} cannot be the name of a message file")
    return name


def _is_finished(path: Path) -> bool:
    unfinished = path.name.startswith(".") or path.name.endswith(_TEMPORARY)
    return not unfinished and not path.is_symlink() and path.is_file()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_DOCUMENT_BYTES + 1)
