"""A folder exchange, as EDX gives its applications: a party writes files into its outbox and reads its inbox.

    <root>/<party>/outbox/   files from the party; each disappears once it is taken
    <root>/<party>/inbox/    files to the party, complete under their names; the party removes what it has read
    <root>/admin/commands/   <name>.json {"command": ..., ...} from the operator
    <root>/admin/answers/    <name>.json with what came of it

Whoever writes, writes under another name (beginning with a dot, or ending in .part or .tmp) and renames.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Final

from flexbourse_mfrr_simulator.documents.elements import MAX_BYTES
from flexbourse_mfrr_simulator.simulator import CommandError, Simulator, is_party_name

MAX_FILES: Final = 200  # taken per party and turn
MAX_INBOX: Final = 10_000  # files that may wait in an inbox; more wait in memory
_log = logging.getLogger("flexbourse_mfrr_simulator")
UNFINISHED: Final = (".part", ".tmp")
ADMIN: Final = "admin"


class FolderExchange:
    """The exchange below a root folder. A party takes part once it has a folder there, unless it is set to HTTP."""

    def __init__(self, root: Path, simulator: Simulator) -> None:
        self._root, self._simulator = root, simulator
        self._by_http = {p.id for p in simulator.scenario.participants if p.transport == "http"}
        for participant in simulator.scenario.participants:
            if participant.id not in self._by_http:
                self._folders(participant.id)
        for name in ("commands", "answers"):
            (root / ADMIN / name).mkdir(parents=True, exist_ok=True)

    def turn(self) -> None:
        """Take what lies in the outboxes, carry out the operator's commands, fill the inboxes.

        Commands are listed first, so that a document written before a command is taken before it too.
        """
        commands = _finished(self._root / ADMIN / "commands", ".json")
        parties = self._parties()
        if not self._simulator.platform.is_down():
            for party in parties:
                self._take_all(party)
        for file in commands:
            self._answer(file)
        for party in parties:
            self._fill(party)

    def _parties(self) -> list[str]:
        names = sorted(folder.name for folder in self._root.iterdir() if folder.is_dir() and folder.name != ADMIN)
        return [name for name in names if is_party_name(name) and name not in self._by_http]

    def _folders(self, party: str) -> Path:
        for name in ("outbox", "inbox"):
            (self._root / party / name).mkdir(parents=True, exist_ok=True)
        return self._root / party

    def _take_all(self, party: str) -> None:
        for file in _finished(self._root / party / "outbox", ""):
            try:
                with file.open("rb") as content:
                    data = content.read(MAX_BYTES + 1)
            except OSError as error:  # one file that cannot be read does not keep the others waiting
                _log.warning("%s: %s", file, error)
                continue
            self._simulator.submit(party, data, title=file.name)
            file.unlink(missing_ok=True)

    def _fill(self, party: str) -> None:
        inbox = self._folders(party) / "inbox"
        if self._simulator.mailbox.next(party) is None:
            return
        room = MAX_INBOX - sum(1 for _ in inbox.iterdir())
        while room > 0 and (message := self._simulator.mailbox.next(party)):
            _write(inbox / message.file_name, message.data)
            self._simulator.mailbox.confirm(party, message.id)
            room -= 1

    def _answer(self, file: Path) -> None:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            answer = self._simulator.command(str(content.pop("command", "")), content)
        except CommandError as error:
            answer = {"problems": error.problems}
        except (ValueError, AttributeError) as error:
            answer = {"problems": [f"not a command: {error}"]}
        file.unlink()
        _write(self._root / ADMIN / "answers" / file.name, _json(answer))


def _finished(folder: Path, suffix: str) -> list[Path]:
    """Return the finished files of a folder, oldest first, by name where they are of one time."""
    if not folder.is_dir():
        return []
    found = []
    for file in folder.iterdir():
        unfinished = file.name.startswith(".") or file.name.endswith(UNFINISHED)
        if unfinished or not file.name.endswith(suffix) or file.is_symlink() or not file.is_file():
            continue
        try:
            found.append((file.stat().st_mtime_ns, file.name, file))
        except FileNotFoundError:  # its writer replaced it just now; it is there in the next turn
            continue
    return [file for _, _, file in sorted(found)[:MAX_FILES]]


def _write(file: Path, data: bytes) -> None:
    """Write a file that appears complete or not at all."""
    unfinished = file.with_name(f".{file.name}.part")
    unfinished.write_bytes(data)
    unfinished.rename(file)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode()
