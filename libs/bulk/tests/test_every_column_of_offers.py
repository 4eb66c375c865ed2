"""Every column of a file of offers with cells that break programs: a row is read, or refused by row and column."""

from __future__ import annotations

import csv
import io

import pytest

from flexbourse_bulk.files import read
from flexbourse_bulk.offers import offer_columns, offers_of
from flexbourse_core.rejection import Code
from flexbourse_testkit.any_message import TEXTS

SOUND = {"client_order_id": "o", "mtu_start": "2026-03-29T10:15:00Z", "quantity_w": "1000"}
CELLS = [
    *TEXTS[1:], "0", "-1", "1.5", "1e3", "0x10", str(2**31), str(2**63 - 1), str(2**63), str(-(2**63) - 1), "nan",
    "true", "maybe", "FLEX_UP", "=1+1", "a,b", 'a"b', ";;", "1;2;x", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("name", offer_columns())
def test_a_row_is_read_or_refused_by_its_column(name: str) -> None:
    for cell in CELLS:
        text = io.StringIO()
        writer = csv.DictWriter(text, list({**SOUND, name: cell}))
        writer.writeheader()
        writer.writerow({**SOUND, "client_order_id": "sound"})
        writer.writerow({**SOUND, name: cell})
        found = offers_of(read(text.getvalue().encode()))
        assert len(found.rows) + len(found.errors) == 2, cell
        assert found.rows[0].order.client_order_id == "sound"
        for error in found.errors:
            assert (error.row, error.column) == (3, name), cell
            assert error.code in {code.name for code in Code}
            assert error.message


def test_lists_and_messages_within_an_order_are_no_columns_without_a_word() -> None:
    """A column that is none is an error that names it."""
    found = offers_of(read(b"client_order_id,mtu_start,instructions\no,0,x\n"))
    assert [(error.column, error.code) for error in found.errors] == [("instructions", "FIELD_MALFORMED")]
