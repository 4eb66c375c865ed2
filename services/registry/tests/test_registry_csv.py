"""CSV import: every broken row is named with its column, value and code; nothing is raised."""

from __future__ import annotations

import pytest

from flexbourse_core.rejection import Code
from flexbourse_registry.adapters import csv_import
from flexbourse_registry.domain.entities import Market, Role, Unit, UnitType
from flexbourse_registry.wire import from_entity

HEADER = "unit_id,name,type,metering_point_id,owner_id,operator_id,max_power_w,controllable\n"


def errors(kind: str, text: str | bytes) -> list[tuple[int, str, str, str]]:
    content = text.encode() if isinstance(text, str) else text
    return [(e.row, e.column, e.value, e.code) for e in csv_import.read(kind, content).errors]


def test_sound_file() -> None:
    table = csv_import.read("unit", (HEADER + 'u1,"Battery, big",battery,mp-1,h1,agg,5000,true\n\n').encode())
    assert table.errors == []
    entity = from_entity(table.rows[0].entity)
    assert isinstance(entity, Unit)
    assert (entity.name, entity.type, entity.max_power_w, entity.controllable) == (
        "Battery, big", UnitType.BATTERY, 5000, True,
    )  # fmt: skip
    assert table.rows[0].number == 2


def test_lists_and_byte_order_mark() -> None:
    table = csv_import.read("participant", "\ufeffparticipant_id,roles\nagg,AGR;bsp\n".encode())
    assert table.errors == []
    assert list(table.rows[0].entity.participant.roles) == [Role.AGR.value, Role.BSP.value]


def test_a_budget_of_nothing_is_not_the_absence_of_a_budget() -> None:
    table = csv_import.read("market", b"market_id,dnut_budget_micro_euro\nm1,0\nm2,\nm3,2500000\n")
    assert table.errors == []
    markets = [row.entity.market for row in table.rows]
    assert [market.HasField("dnut_budget_micro_euro") for market in markets] == [True, False, True]
    found = [from_entity(row.entity) for row in table.rows]
    assert [entity.dnut_budget_micro_euro for entity in found if isinstance(entity, Market)] == [0, None, 2_500_000]
    assert errors("market", "market_id,dnut_budget_micro_euro\nm1,much\n") == [
        (2, "dnut_budget_micro_euro", "much", Code.FIELD_MALFORMED.name)
    ]


def test_broken_rows_are_named_and_the_others_read() -> None:
    text = HEADER + "u1,A,toaster,mp-1,h1,agg,5 kW,maybe\nu2,B,LOAD,mp-1,h1,agg,1,true\nu3,C\nu2,D,LOAD,,,,1,\n"
    table = csv_import.read("unit", text.encode())
    found = [(e.row, e.column, e.value, e.code) for e in table.errors]
    assert found == [
        (2, "type", "toaster", Code.FIELD_MALFORMED.name),
        (2, "max_power_w", "5 kW", Code.FIELD_MALFORMED.name),
        (2, "controllable", "maybe", Code.FIELD_MALFORMED.name),
        (3 + 1, "", "", Code.FIELD_MALFORMED.name),
        (5, "unit_id", "u2", Code.DUPLICATE_IDENTIFIER.name),
    ]
    assert [row.number for row in table.rows] == [3]
    assert all(error.message for error in table.errors)


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("unit", b"", Code.FIELD_MISSING),
        ("unit", b"\xff\xfe", Code.FIELD_MALFORMED),
        ("unit", b"name\nA\n", Code.FIELD_MISSING),
        ("unit", b"unit_id,colour\nu,red\n", Code.FIELD_MALFORMED),
        ("unit", b"unit_id,unit_id\nu,u\n", Code.FIELD_MALFORMED),
        ("unit", b'unit_id\n"u\n', Code.FIELD_MALFORMED),
        ("market", b"market_id,version\nm,3\n", Code.FIELD_MALFORMED),
        ("toaster", b"unit_id\nu\n", Code.FIELD_MALFORMED),
        ("unit", b"unit_id\n" + b"u\n" * 300_000, Code.TOO_MANY_ENTRIES),
        ("unit", b"unit_id\n" + b"".join(b"u%d\n" % i for i in range(5001)), Code.TOO_MANY_ENTRIES),
        ("unit", b"unit_id,max_power_w\nu,9223372036854775808\n", Code.FIELD_MALFORMED),
    ],
)
def test_broken_files(kind: str, content: bytes, code: Code) -> None:
    table = csv_import.read(kind, content)
    assert table.rows == []
    assert {error.code for error in table.errors} == {code.name}
