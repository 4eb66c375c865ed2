"""Files of objects, CSV, XLSX and XML: every broken row is named with its column, value and code; nothing is raised."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_bulk import csv_form, schema, xlsx_form
from flexbourse_bulk.csv_form import write_csv
from flexbourse_bulk.files import ACCEPTED, Form, annotated, form_of, read
from flexbourse_bulk.objects import KINDS, Objects, objects_of
from flexbourse_bulk.sheet import MAX_ROWS
from flexbourse_bulk.xlsx_form import write_xlsx
from flexbourse_bulk.xml_form import NAMESPACE, write_xml
from flexbourse_core.rejection import Code

HEADER = "unit_id,name,type,metering_point_id,owner_id,operator_id,max_power_w,controllable\n"
FORMS = list(Form)


def written(form: Form, kind: str, columns: list[str], rows: list[list[str]]) -> bytes:
    if form is Form.XML:
        return write_xml(kind, columns, rows)
    return (write_csv if form is Form.CSV else write_xlsx)(columns, rows)


def csv_objects(kind: str, text: str | bytes) -> Objects:
    return objects_of(kind, read(text.encode() if isinstance(text, str) else text, Form.CSV))


def errors(kind: str, text: str | bytes) -> list[tuple[int, str, str, str]]:
    return [(e.row, e.column, e.value, e.code) for e in csv_objects(kind, text).errors]


@pytest.mark.parametrize("form", FORMS)
def test_a_sound_file_of_each_form(form: Form) -> None:
    columns = HEADER.strip().split(",")
    content = written(form, "unit", columns, [["u1", "Battery, <big>", "battery", "mp-1", "h1", "agg", "5000", "true"]])
    assert form_of(content) is form
    found = objects_of("unit", read(content))
    assert not found.errors
    unit = found.rows[0].entity.unit
    assert (unit.name, unit.type, unit.max_power_w, unit.controllable) == (
        "Battery, <big>", registry.UNIT_TYPE_BATTERY, 5000, True,
    )  # fmt: skip
    assert found.rows[0].row.number == (1 if form is Form.XML else 2)


def test_lists_and_byte_order_mark() -> None:
    found = csv_objects("participant", "\ufeffparticipant_id,roles\nagg,AGR;bsp\n")
    assert not found.errors
    assert list(found.rows[0].entity.participant.roles) == [registry.ROLE_AGR, registry.ROLE_BSP]


def test_a_budget_of_nothing_is_not_the_absence_of_a_budget() -> None:
    found = csv_objects("market", b"market_id,dnut_budget_micro_euro\nm1,0\nm2,\nm3,2500000\n")
    assert not found.errors
    assert [row.entity.market.HasField("dnut_budget_micro_euro") for row in found.rows] == [True, False, True]
    assert errors("market", "market_id,dnut_budget_micro_euro\nm1,much\n") == [
        (2, "dnut_budget_micro_euro", "much", Code.FIELD_MALFORMED.name)
    ]


def test_broken_rows_are_named_and_the_others_read() -> None:
    text = HEADER + "u1,A,toaster,mp-1,h1,agg,5 kW,maybe\nu2,B,LOAD,mp-1,h1,agg,1,true\nu3,C\nu2,D,LOAD,,,,1,\n"
    assert errors("unit", text) == [
        (2, "type", "toaster", Code.FIELD_MALFORMED.name),
        (2, "max_power_w", "5 kW", Code.FIELD_MALFORMED.name),
        (2, "controllable", "maybe", Code.FIELD_MALFORMED.name),
        (4, "", "", Code.FIELD_MALFORMED.name),
        (5, "unit_id", "u2", Code.DUPLICATE_IDENTIFIER.name),
    ]
    found = csv_objects("unit", text)
    assert [row.row.number for row in found.rows] == [3]
    assert all(error.message for error in found.errors)


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("unit", b"", Code.FIELD_MISSING),
        ("unit", b"\xff\xfe", Code.FIELD_MALFORMED),
        ("unit", b"name\nA\n", Code.FIELD_MISSING),
        ("unit", b"unit_id,colour\nu,red\n", Code.FIELD_MALFORMED),
        ("unit", b"unit_id,life\nu,ACTIVE\n", Code.FIELD_MALFORMED),
        ("unit", b"unit_id,unit_id\nu,u\n", Code.FIELD_MALFORMED),
        ("unit", b'unit_id\n"u\n', Code.FIELD_MALFORMED),
        ("market", b"market_id,version\nm,3\n", Code.FIELD_MALFORMED),
        ("toaster", b"unit_id\nu\n", Code.FIELD_MALFORMED),
        ("unit", b"unit_id,max_power_w\nu,9223372036854775808\n", Code.FIELD_MALFORMED),
        ("area", b"area_id,shard\na,2147483648\n", Code.FIELD_MALFORMED),
        ("unit", ",".join(["c"] * 201).encode() + b"\n", Code.TOO_MANY_ENTRIES),
    ],
)
def test_broken_files(kind: str, content: bytes, code: Code) -> None:
    found = objects_of(kind, read(content, Form.CSV))
    assert found.rows == []
    assert {error.code for error in found.errors} == {code.name}


def test_a_file_of_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_form, "MAX_ROWS", 3)
    assert MAX_ROWS >= 100_000
    assert errors("unit", "unit_id\nu1\nu2\nu3\nu4\n") == [(1, "", "", Code.TOO_MANY_ENTRIES.name)]


LAUGHS = (
    b'<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    b'<bulk xmlns="urn:flexbourse:bulk:1"><unit><unit_id>&b;</unit_id></unit></bulk>'
)
OUTSIDE = b'<!DOCTYPE b SYSTEM "file:///etc/passwd"><bulk xmlns="urn:flexbourse:bulk:1"/>'


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        OUTSIDE,
        b"<bulk",
        b"<bulk/>",
        b'<bulk xmlns="urn:other"/>',
        b'<a xmlns="urn:flexbourse:bulk:1"/>',
        b"<a>" * 300 + b"</a>" * 300,
    ],
)
def test_xml_from_strangers_is_refused(content: bytes) -> None:
    sheet = read(content)
    assert sheet.rows == []
    assert [error.code for error in sheet.errors] == [Code.FIELD_MALFORMED.name]


@pytest.mark.parametrize(
    ("inner", "row"),
    [
        ("<unit><unit_id>u</unit_id><unit_id>v</unit_id></unit>", 1),
        ("<unit><unit_id>u</unit_id></unit><market><market_id>m</market_id></market>", 2),
        ("<unit><unit_id><b>u</b></unit_id></unit>", 1),
    ],
)
def test_xml_rows_that_are_none(inner: str, row: int) -> None:
    sheet = read(f'<bulk xmlns="{NAMESPACE}">{inner}</bulk>'.encode())
    assert [(error.row, error.code) for error in sheet.errors] == [(row, Code.FIELD_MALFORMED.name)]


def test_a_workbook_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = write_xlsx(["unit_id"], [["u"]])
    for content in (b"PK\x03\x04rubbish", sound[:200]):
        assert [error.code for error in read(content).errors] == [Code.FIELD_MALFORMED.name]
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    assert [error.code for error in read(other.getvalue()).errors] == [Code.FIELD_MALFORMED.name]
    monkeypatch.setattr(xlsx_form, "MAX_UNPACKED_BYTES", 100)
    assert [error.code for error in read(sound).errors] == [Code.TOO_MANY_ENTRIES.name]


@pytest.mark.parametrize("form", FORMS)
def test_the_annotated_file_says_what_became_of_each_row_and_can_be_sent_again(form: Form) -> None:
    rows = [["u1", "=1+1", "LOAD"], ["u2", "B", "toaster"], ["u3", "C", "LOAD"]]
    sheet = read(written(form, "unit", ["unit_id", "name", "type"], rows))
    found = objects_of("unit", sheet)
    refused = registry.RowError(row=sheet.rows[2].number, column="name", code="FIELD_MISSING", message="no name")
    content = annotated(form, "unit", sheet, [*found.errors, refused], {sheet.rows[0].number: ACCEPTED})
    again = read(content)
    assert [row.cells.get("status") for row in again.rows] == ["ACCEPTED", "REFUSED", "REFUSED"]
    assert again.rows[1].cells["problems"].startswith("type: FIELD_MALFORMED, one of LOAD")
    assert again.rows[2].cells["problems"] == "name: FIELD_MISSING, no name"
    assert again.rows[0].cells["name"] == "=1+1"
    assert [row.entity.unit.unit_id for row in objects_of("unit", again).rows] == ["u1", "u3"]


def test_rows_that_could_not_be_read_stand_at_the_end_of_the_annotated_file() -> None:
    sheet = read(b"unit_id,name\nu1,A\nu2\n")
    lines = annotated(Form.CSV, "unit", sheet, sheet.errors).decode().splitlines()
    assert lines[0] == "unit_id,name,status,problems"
    assert lines[1] == "u1,A,,"
    assert lines[2].startswith(',,REFUSED,"row 3: FIELD_MALFORMED')


def test_the_schema_is_that_of_the_columns() -> None:
    assert schema.committed() == schema.schema(), "run python -m flexbourse_bulk.schema"
    validator = etree.XMLSchema(etree.fromstring(schema.committed()))
    sound = write_xml("unit", ["unit_id", "type", "max_power_w", "active"], [["u1", "LOAD", "5", "true"]])
    assert validator.validate(etree.fromstring(sound))
    for columns, row in (
        (["name"], ["no id"]),
        (["unit_id", "type"], ["u", "TOASTER"]),
        (["unit_id", "colour"], ["u", "red"]),
        (["unit_id", "max_power_w"], ["u", "5 kW"]),
    ):
        assert not validator.validate(etree.fromstring(write_xml("unit", columns, [row])))
    assert KINDS[0] == "participant"


words = st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=12)
lines = st.lists(
    st.tuples(st.integers(0, 10**6), words, st.integers(-(2**40), 2**40), st.booleans()),
    max_size=8,
    unique_by=lambda row: row[0],
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FORMS), lines)
def test_what_is_written_is_read_again(form: Form, rows: list[tuple[int, str, int, bool]]) -> None:
    cells = [[f"u{number}", name, str(power), str(on).lower()] for number, name, power, on in rows]
    content = written(form, "unit", ["unit_id", "name", "max_power_w", "controllable"], cells)
    found = objects_of("unit", read(content))
    assert not found.errors
    units = [row.entity.unit for row in found.rows]
    assert [(unit.unit_id, unit.name, unit.max_power_w, unit.controllable) for unit in units] == [
        (f"u{number}", name, power, on) for number, name, power, on in rows
    ]
