"""Where messages end that could not be read or delivered: each with the reason beside it, for an operator to see."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flexbourse_core.errors import TransientError
from flexbourse_log.durable_files import write_whole

MAX_LETTERS = 10_000  # beyond, the oldest go: the folder must not fill the disk


class DeadLetters:
    """A folder of dead letters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.seen = self.count  # when somebody last looked; to be read from any thread

    @property
    def count(self) -> int:
        """Return how many letters lie there: anything above zero wants somebody's attention."""
        return len(self._letters())

    def look(self) -> None:
        """Look how many there are, and keep it in `seen`."""
        self.seen = self.count

    def put(self, content: bytes, reason: str) -> Path:
        """Keep a message and its reason; the same message again is the same letter. Raises TransientError."""
        path = self._folder / f"{hashlib.sha256(content).hexdigest()[:32]}.xml"
        try:
            write_whole(path.with_suffix(".txt"), reason.encode())
            write_whole(path, content)
            for old in sorted(self._letters(), key=lambda letter: letter.stat().st_mtime_ns)[:-MAX_LETTERS]:
                old.with_suffix(".txt").unlink(missing_ok=True)
                old.unlink(missing_ok=True)
        except OSError as error:
            raise TransientError(f"{path} cannot be written: {error}") from error
        return path

    def _letters(self) -> list[Path]:
        return [path for path in self._folder.glob("*.xml") if not path.name.startswith(".")]
