"""Bulk upload of objects and offers: a file in, what became of each row out, and the file back with it.

The same file again changes nothing: ids of commands follow from its content, objects that are there as they are make no
new version, and an offer's own id is taken once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2
from flexbourse_bulk.files import ACCEPTED, Form, annotated, form_of, read
from flexbourse_bulk.objects import ReadObject, objects_of
from flexbourse_bulk.offers import OFFER, offers_of
from flexbourse_bulk.sheet import Row, Sheet, row_error
from flexbourse_client.orders import MAX_BATCH, OrdersClient
from flexbourse_client.registry import RegistryClient
from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH
from flexbourse_core.rejection import Code

MAX_PART_ENTRIES = 1000
MAX_PART_BYTES = 256 * 1024  # well below what a record of the log holds
Progress = Callable[[int, int], None]  # rows done, rows in all


def no_progress(_done: int, _all: int) -> None:
    """Say nothing."""


@dataclass(slots=True)
class Uploaded:
    """What became of a file. `changed_count` are accepted rows that said something new."""

    form: Form
    kind: str
    sheet: Sheet
    accepted_count: int = 0
    changed_count: int = 0
    errors: list[registry_pb2.RowError] = field(default_factory=list)
    results: dict[int, str] = field(default_factory=dict)

    def annotated(self) -> bytes:
        """Return the file, in its own form, with what became of each row; of a ReserveBid its offers."""
        return annotated(self.form, self.kind, self.sheet, self.errors, self.results)


def upload_objects(
    registry: RegistryClient, kind: str, content: bytes, *, partial: bool = False, progress: Progress = no_progress
) -> Uploaded:
    """Register or change the objects of a file, all of them or, where it is partial, the good ones.

    Every row error of the file comes back at once, those of the registry's rules included.
    """
    sheet = read(content)
    found = objects_of(kind, sheet)
    done = Uploaded(form_of(content), kind, sheet, errors=list(found.errors))
    if found.rows:
        import_id = _import_id(kind, content, partial=partial)
        validate_only = bool(found.errors) and not partial
        outcome, refused = send_objects(
            registry, import_id, found.rows, partial=partial, validate_only=validate_only, progress=progress
        )
        done.errors += refused
        if partial or not done.errors:
            done.accepted_count, done.changed_count = outcome.accepted_count, outcome.changed_count
            done.results = {each.row.number: ACCEPTED for each in found.rows}
    done.errors.sort(key=lambda error: error.row)
    return done


def send_objects(
    registry: RegistryClient,
    import_id: str,
    rows: Sequence[ReadObject],
    *,
    partial: bool,
    validate_only: bool = False,
    progress: Progress = no_progress,
) -> tuple[registry_pb2.ImportOutcome, list[registry_pb2.RowError]]:
    """Stage and commit objects that were read; what does not take effect is discarded. Returns row errors as well."""
    parts = list(_parts(rows))
    for chunk, part in enumerate(parts):
        registry.stage(import_id, chunk, [each.entity for each in part])
        progress(sum(len(earlier) for earlier in parts[: chunk + 1]), len(rows))
    outcome = registry.commit(import_id, len(parts), partial=partial, validate_only=validate_only)
    if validate_only or (outcome.refused_count and not partial):
        registry.discard(import_id)
    refused = [_refused(parts[problem.chunk][problem.index].row, problem.rejection) for problem in outcome.problems]
    return outcome, refused


def upload_offers(
    orders: OrdersClient,
    area_id: str,
    content: bytes,
    *,
    defaults: Mapping[str, str] | None = None,
    tick_micro_euro_per_mwh: int = DEFAULT_TICK_MICRO_EURO_PER_MWH,
    progress: Progress = no_progress,
) -> Uploaded:
    """Submit the offers of a file, each decided alone in the order of the file.

    `defaults` holds cells that rows leave empty, the market for instance. Repeated within a command's lifetime it gets
    the answers of the first time; later its offers are refused as known by their ids.
    """
    sheet = read(content, tick_micro_euro_per_mwh=tick_micro_euro_per_mwh)
    found = offers_of(sheet, defaults)
    done = Uploaded(form_of(content), OFFER, sheet, errors=list(found.errors))
    name = _import_id(f"{area_id}/{sorted((defaults or {}).items())}", content, partial=True)
    for first in range(0, len(found.rows), MAX_BATCH):
        batch = found.rows[first : first + MAX_BATCH]
        receipt = orders.submit(area_id, [each.order for each in batch], command_id=f"{name}-{first}")
        fresh = not receipt.answer.already_submitted
        for each, result in zip(batch, receipt.answer.results, strict=False):
            if result.HasField("rejection"):
                done.errors.append(_refused(each.row, result.rejection))
                continue
            done.results[each.row.number] = ACCEPTED
            done.accepted_count += 1
            done.changed_count += fresh
        progress(first + len(batch), len(found.rows))
    done.errors.sort(key=lambda error: error.row)
    return done


def _import_id(kind: str, content: bytes, *, partial: bool) -> str:
    """Return the id under which a file is imported: the same for the same file."""
    return hashlib.sha256(b"\0".join((kind.encode(), b"p" if partial else b"a", content))).hexdigest()[:32]


def _parts(rows: Sequence[ReadObject]) -> Iterator[list[ReadObject]]:
    part, size = list[ReadObject](), 0
    for each in rows:
        weight = each.entity.ByteSize()
        if part and (len(part) >= MAX_PART_ENTRIES or size + weight > MAX_PART_BYTES):
            yield part
            part, size = [], 0
        part.append(each)
        size += weight
    if part:
        yield part


def _refused(row: Row, rejection: common_pb2.Rejection) -> registry_pb2.RowError:
    value = row.cells.get(rejection.field, "")
    return row_error(row.number, rejection.field, value, Code[rejection.code], rejection.rule)
