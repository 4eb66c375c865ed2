"""Bulk imports: parts lie ready until one commit lets all of them take effect, or their time is over.

A part may be sent again; another part under the same number replaces it. What is staged belongs to who sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flexbourse_core.ids import is_command_id
from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import Entity

MAX_PART_ENTRIES = 1000
MAX_PARTS = 1000
MAX_IMPORT_ENTRIES = 200_000
MAX_STAGED_ENTRIES = 400_000  # of all imports together
MAX_OPEN_IMPORTS = 10  # of one party
KEPT_MS = 3_600_000  # an import whose last part is older is forgotten


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an import."""

    import_id: str
    chunk: int
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Staged:
    """The event: a part lies ready."""

    part: Part
    party: str


@dataclass(frozen=True, slots=True)
class ImportEnded:
    """The event: an import was committed, or its parts were forgotten."""

    import_id: str
    party: str
    committed: bool


@dataclass(frozen=True, slots=True, order=True)
class ImportKey:
    """Names one import of one party."""

    party: str
    import_id: str


class Staging:
    """The parts of open imports. Changed by `stage` and `end` alone."""

    def __init__(self) -> None:
        self._imports: dict[ImportKey, dict[int, Part]] = {}
        self._touched_ms: dict[ImportKey, int] = {}
        self._count = 0
        self.now_ms = 0

    def stage(self, event: Staged) -> None:
        """Take a part in."""
        key = ImportKey(event.party, event.part.import_id)
        parts = self._imports.setdefault(key, {})
        former = parts.get(event.part.chunk)
        self._count += len(event.part.entities) - (len(former.entities) if former else 0)
        parts[event.part.chunk] = event.part
        self._touched_ms[key] = self.now_ms

    def end(self, event: ImportEnded) -> None:
        """Forget an import."""
        key = ImportKey(event.party, event.import_id)
        self._count -= sum(len(part.entities) for part in self._imports.pop(key, {}).values())
        self._touched_ms.pop(key, None)

    def parts(self, party: str, import_id: str) -> dict[int, Part]:
        """Return the parts of an import by number."""
        return self._imports.get(ImportKey(party, import_id), {})

    def overdue(self) -> list[ImportEnded]:
        """Return the ends of imports whose time is over."""
        late = [key for key, touched_ms in self._touched_ms.items() if touched_ms + KEPT_MS <= self.now_ms]
        return [ImportEnded(key.import_id, key.party, committed=False) for key in sorted(late)]

    def next_end_ms(self) -> int | None:
        """Return when the oldest open import is over, None where none is open."""
        return min(self._touched_ms.values(), default=-1) + KEPT_MS if self._touched_ms else None

    def all(self) -> Iterator[tuple[Staged, int]]:
        """Iterate over all parts and when their import was last touched, in canonical order."""
        for key in sorted(self._imports):
            for chunk in sorted(self._imports[key]):
                yield Staged(self._imports[key][chunk], key.party), self._touched_ms[key]

    def refusal(self, party: str, part: Part) -> Rejection | None:
        """Return why a part cannot be staged, or None."""
        if not is_command_id(part.import_id):
            return Rejection(Code.FIELD_MALFORMED, "an import has an id of 1 to 64 characters", "import_id")
        if not 0 <= part.chunk < MAX_PARTS:
            rule = f"parts are numbered from 0, at most {MAX_PARTS}"
            return Rejection(Code.FIELD_OUT_OF_RANGE, rule, "chunk", value=part.chunk, limit=MAX_PARTS - 1)
        if not 1 <= len(part.entities) <= MAX_PART_ENTRIES:
            rule = f"a part holds 1 to {MAX_PART_ENTRIES} entries"
            return _too_many(rule, len(part.entities), MAX_PART_ENTRIES)
        parts = self.parts(party, part.import_id)
        former = parts.get(part.chunk)
        more = len(part.entities) - (len(former.entities) if former else 0)
        own = sum(len(each.entities) for each in parts.values())
        open_imports = sum(key.party == party for key in self._imports) + (not parts)
        bounds = (
            ("imports of a party are open", open_imports, MAX_OPEN_IMPORTS),
            ("entries are in one import", own + more, MAX_IMPORT_ENTRIES),
            ("entries are in all open imports", self._count + more, MAX_STAGED_ENTRIES),
        )
        beyond = (_too_many(f"at most {limit} {what}", value, limit) for what, value, limit in bounds if value > limit)
        return next(beyond, None)


def missing_parts(parts: dict[int, Part], chunk_count: int) -> Rejection | None:
    """Return that an import lacks parts, or has others than said, or None."""
    wanted = set(range(min(max(chunk_count, 0), MAX_PARTS)))
    if wanted and set(parts) == wanted:
        return None
    wrong = sorted(wanted ^ set(parts))[:1]
    rule = f"an import is committed when its parts 0 to {chunk_count - 1} lie ready and no others"
    return Rejection(
        Code.IMPORT_UNKNOWN, rule, "chunk_count", f"part {wrong[0]}" if wrong else "", len(parts), chunk_count
    )


def places(parts: dict[int, Part]) -> Sequence[tuple[int, int]]:
    """Return chunk and index of every entry, in the order in which entries are decided."""
    return [(chunk, index) for chunk in sorted(parts) for index in range(len(parts[chunk].entities))]


def _too_many(rule: str, value: int, limit: int) -> Rejection:
    return Rejection(Code.TOO_MANY_ENTRIES, rule, "entities", value=value, limit=limit)
