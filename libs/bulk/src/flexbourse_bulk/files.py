"""Files of any form: which one it is, reading it, and giving it back with what became of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from flexbourse.registry.v1 import registry_pb2
from flexbourse_bulk.csv_form import read_csv, write_csv
from flexbourse_bulk.reserve_bid import is_reserve_bid, sheet_of_bids
from flexbourse_bulk.safe_xml import UnsafeXmlError, parsed
from flexbourse_bulk.sheet import ANNOTATIONS, HEADER_ROW, PROBLEMS, STATUS, Sheet, unreadable
from flexbourse_bulk.xml_form import sheet_of, write_xml
from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH
from flexbourse_core.rejection import Code

ZIP_MAGIC = b"PK\x03\x04"
ACCEPTED, REFUSED = "ACCEPTED", "REFUSED"


class Form(Enum):
    """Forms of a file."""

    CSV = "csv"
    XLSX = "xlsx"
    XML = "xml"


def form_of(content: bytes) -> Form:
    """Return the form of a file by its first bytes."""
    if content.startswith(ZIP_MAGIC):
        return Form.XLSX
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return Form.XML if start.startswith(b"<") else Form.CSV


def read(
    content: bytes, form: Form | None = None, tick_micro_euro_per_mwh: int = DEFAULT_TICK_MICRO_EURO_PER_MWH
) -> Sheet:
    """Read a file; every problem becomes a row error. `form` None: by its first bytes.

    XML is the platform's own, or a ReserveBid document, whose prices become ticks of the size given.
    """
    found = form or form_of(content)
    if found is Form.CSV:
        return read_csv(content)
    if found is Form.XLSX:
        from flexbourse_bulk.xlsx_form import read_xlsx  # noqa: PLC0415 - a tenth of a second of every start

        return read_xlsx(content)
    try:
        root = parsed(content)
    except UnsafeXmlError as error:
        return unreadable(Code.FIELD_MALFORMED, str(error))
    return sheet_of_bids(root, tick_micro_euro_per_mwh) if is_reserve_bid(root) else sheet_of(root)


def annotated(
    form: Form,
    kind: str,
    sheet: Sheet,
    errors: Sequence[registry_pb2.RowError],
    results: Mapping[int, str] | None = None,
) -> bytes:
    """Return a file of the same rows with what became of each: ACCEPTED, or REFUSED with every problem.

    A row without problems of its own whose status is not in `results` has none: nothing was decided about it.
    Rows that could not be read stand at the end, with their number.
    """
    problems = dict[int, list[str]]()
    for error in errors:
        where = f"{error.column}: " if error.column else ""
        problems.setdefault(error.row, []).append(f"{where}{error.code}, {error.message}")
    columns = [name for name in sheet.columns if name not in ANNOTATIONS]
    lines = []
    for row in sheet.rows:
        found = problems.pop(row.number, [])
        status = REFUSED if found else (results or {}).get(row.number, "")
        lines.append([*(row.cells.get(name, "") for name in columns), status, "; ".join(found)])
    for number, found in sorted(problems.items()):
        where = "header" if number == HEADER_ROW and form is not Form.XML else f"row {number}"
        lines.append([*([""] * len(columns)), REFUSED, f"{where}: {'; '.join(found)}"])
    heads = [*columns, STATUS, PROBLEMS]
    if form is Form.XML:
        return write_xml(kind, heads, lines)
    if form is Form.CSV:
        return write_csv(heads, lines)
    from flexbourse_bulk.xlsx_form import write_xlsx  # noqa: PLC0415

    return write_xlsx(heads, lines)
