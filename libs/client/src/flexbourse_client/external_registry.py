"""A registry of somebody else as the source of ours: what changed there is imported, what vanished is put to rest.

A source is a folder of files or a REST service; what it says of an object counts. Between two looks the ids and
hashes of its rows are remembered in a file, so that only what changed is sent, and what is gone is known to be gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_bulk.files import read
from flexbourse_bulk.objects import ReadObject, id_field, objects_of
from flexbourse_bulk.sheet import Row, Sheet
from flexbourse_client.bulk import Progress, no_progress, send_objects
from flexbourse_client.registry import RegistryClient

# What an object names must be there before it.
ORDER = ("participant", "area", "metering_point", "unit", "portfolio", "market", "enrolment", "right")
FORMS = ("csv", "xlsx", "xml")
GONE = "no longer in the external registry"
CONSTANT = "="
MAX_STEPS = 1000


class Source(Protocol):
    """Where objects come from."""

    def sheet(self, kind: str) -> Sheet | None:
        """Return all objects of a kind as rows; None where the source keeps none, or says that nothing changed.

        Raises TransientError where it does not answer.
        """

    def again(self, kind: str) -> None:
        """Hear that not all objects of a kind were taken: they are wanted again, changed or not."""


class FolderSource:
    """Files named after what they hold: units.csv, metering_points.xlsx."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sheet(self, kind: str) -> Sheet | None:
        """Return the rows of the kind's file."""
        for form in FORMS:
            file = self._folder / f"{kind}s.{form}"
            if file.is_file():
                return read(file.read_bytes())
        return None

    def again(self, kind: str) -> None:
        """Do nothing: files are read at each look."""


@dataclass(slots=True)
class Look:
    """What one look at a kind of object led to."""

    kind: str
    row_count: int = 0
    sent_count: int = 0
    changed_count: int = 0
    vanished_count: int = 0
    errors: list[registry_pb2.RowError] = field(default_factory=list)


class Memory:
    """Ids and hashes of the rows that the registry took, by kind, in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.rows: dict[str, dict[str, str]] = json.loads(file.read_text()) if file.exists() else {}

    def keep(self) -> None:
        """Write the file whole, or not at all."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self.rows, sort_keys=True))
        fresh.replace(self._file)


def mapped(sheet: Sheet, names: Mapping[str, str]) -> Sheet:
    """Return a sheet with our names of columns: `names` says for each of ours theirs, or `=` and a constant.

    Without names the sheet has ours already.
    """
    if not names:
        return sheet
    rows = [
        Row(
            row.number,
            {
                ours: theirs.removeprefix(CONSTANT) if theirs.startswith(CONSTANT) else row.cells.get(theirs, "")
                for ours, theirs in names.items()
            },
        )
        for row in sheet.rows
    ]
    return Sheet(columns=list(names), rows=rows, errors=sheet.errors, kind=sheet.kind)


def keep_in_step(
    registry: RegistryClient,
    source: Source,
    memory: Memory,
    *,
    kinds: Sequence[str] = ORDER,
    names: Mapping[str, Mapping[str, str]] | None = None,
    progress: Progress = no_progress,
) -> list[Look]:
    """Look at a source once; returns what that led to, by kind. Refused rows are tried again at the next look.

    Units that vanished are suspended, and resumed when they come back; participants, metering points, markets and
    enrolments are made inactive, rights revoked. Portfolios and areas stay.
    """
    looks = []
    for kind in (kind for kind in ORDER if kind in kinds):
        sheet = source.sheet(kind)
        if sheet is None:
            continue
        look = _look(registry, mapped(sheet, (names or {}).get(kind, {})), kind, memory, progress)
        if look.errors:
            source.again(kind)
        looks.append(look)
        memory.keep()
    return looks


def _look(registry: RegistryClient, sheet: Sheet, kind: str, memory: Memory, progress: Progress) -> Look:
    found = objects_of(kind, sheet)
    look = Look(kind, len(sheet.rows), errors=list(found.errors))
    known = memory.rows.setdefault(kind, {})
    fresh = [each for each in found.rows if known.get(_name(kind, each)) != _hash(each)]
    look.sent_count = len(fresh)
    if fresh:
        _send(registry, look, fresh, known, progress)
    if not sheet.errors:  # a file that is broken somewhere does not say what is gone
        seen = {row.cells.get(id_field(kind), "") for row in sheet.rows}
        gone = sorted(name for name, kept in known.items() if kept and name not in seen)
        look.vanished_count = len(gone)
        look.errors += _put_to_rest(registry, kind, gone)
        known |= dict.fromkeys(gone, "")
    return look


def _send(
    registry: RegistryClient, look: Look, fresh: Sequence[ReadObject], known: dict[str, str], progress: Progress
) -> None:
    """Send what is new; rows that were taken are remembered, those that vanished before and are back resumed."""
    kind = look.kind
    if kind == "unit":
        back = [_name(kind, each) for each in fresh if known.get(_name(kind, each)) == ""]
        look.errors += _take(registry, back, registry_pb2.UNIT_STEP_KIND_RESUME)
    import_id = hashlib.sha256("".join([kind, *map(_hash, fresh)]).encode()).hexdigest()[:32]
    outcome, refused = send_objects(registry, import_id, fresh, partial=True, progress=progress)
    look.changed_count = outcome.changed_count
    look.errors += refused
    if len({(each.chunk, each.index) for each in outcome.problems}) == outcome.refused_count:
        wrong = {error.row for error in refused}
        known.update({_name(kind, each): _hash(each) for each in fresh if each.row.number not in wrong})


def _put_to_rest(registry: RegistryClient, kind: str, gone: Sequence[str]) -> list[registry_pb2.RowError]:
    if kind == "unit":
        return _take(registry, gone, registry_pb2.UNIT_STEP_KIND_SUSPEND)
    resting = []
    for name in gone:
        state = registry.get(kind, name)
        if state is None:
            continue
        one = getattr(state.entity, kind)
        if kind == "right":
            one.revoked = True
        elif "active" in one.DESCRIPTOR.fields_by_name:
            one.active = False
        resting.append(state.entity)
    errors = []
    for first in range(0, len(resting), MAX_STEPS):
        receipt = registry.register(resting[first : first + MAX_STEPS])
        errors += _errors(receipt, ())
    return errors


def _take(
    registry: RegistryClient, units: Sequence[str], kind: registry_pb2.UnitStepKind
) -> list[registry_pb2.RowError]:
    """Take a step of units; one that its state does not have is none: a unit that never was active stays as it is."""
    errors = []
    for first in range(0, len(units), MAX_STEPS):
        steps = [
            registry_pb2.UnitStep(unit_id=name, kind=kind, text=GONE, suspension=registry_pb2.SUSPENSION_REASON_OTHER)
            for name in units[first : first + MAX_STEPS]
        ]
        errors += _errors(registry.advance(steps), ("STEP_NOT_ALLOWED",))
    return errors


def _errors(receipt: common_pb2.CommandReceipt, expected: Sequence[str]) -> list[registry_pb2.RowError]:
    """Return what was refused of objects that have no row."""
    return [
        registry_pb2.RowError(value=result.id, code=result.rejection.code, message=result.rejection.rule)
        for result in receipt.answer.results
        if result.HasField("rejection") and result.rejection.code not in expected
    ]


def _name(kind: str, each: ReadObject) -> str:
    return each.row.cells.get(id_field(kind), "")


def _hash(each: ReadObject) -> str:
    return hashlib.sha256(each.entity.SerializeToString(deterministic=True)).hexdigest()
