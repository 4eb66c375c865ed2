"""Every column of a file of commands with cells that break programs: a line is refused by its column, or decided."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from flexbourse_orderbook.replay.events import Rejected
from flexbourse_orderbook.replay.fast import FastBook
from flexbourse_orderbook.replay.lines import COLUMNS, LineError, read_lines
from flexbourse_testkit.any_message import TEXTS

SOUND = {"order_id": "a", "quantity_w": "1000", "price_ticks": "5"}
CELLS = [
    *TEXTS[1:6], "x" * 65, "0", "-1", "1.5", "1e3", "0x10", "١٢", "1_000", str(2**63 - 1), str(-(2**63)), str(10**30),
    "nan", "inf", "true", "NEW", "new", "buy;sell", "=1+1", "a,b", '"', "\ufeff",
]  # fmt: skip
JSON_CELLS = [True, 1.5, float("nan"), [1], {"a": 1}, 2**63, -(2**63), 10**30, ""]


def lines(name: str, cell: object) -> dict[str, bytes]:
    """Return a sound line and one with a cell, in both forms."""
    row = {**SOUND, name: cell}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    return {"csv": text.getvalue().encode(), "ndjson": json.dumps(row).encode()}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_cell_is_refused_by_its_column_or_decided(name: str, tmp_path: Path) -> None:
    refused = 0
    for cell in [*CELLS, *JSON_CELLS]:
        for form, content in lines(name, cell).items():
            if form == "csv" and not isinstance(cell, str):
                continue
            path = tmp_path / f"f.{form}"
            path.write_bytes(content)
            try:
                [command] = read_lines(path)
                told = FastBook().apply(command)
            except LineError as error:
                told, refused = [], refused + 1
                said = str(error)
            else:
                assert told, (form, cell)
                refused += isinstance(told[0], Rejected)
                said = "".join(event.field for event in told if isinstance(event, Rejected)) or name
            assert name in said, (form, cell, said)
    assert refused
