"""The XML schema of bulk files, written from the columns themselves so that it cannot say anything else.

`python -m flexbourse_bulk.schema` writes it to where the package keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from lxml import etree

from flexbourse_bulk.columns import Column
from flexbourse_bulk.objects import KINDS, columns_of_kind, id_field
from flexbourse_bulk.offers import ID_COLUMN, OFFER, offer_columns
from flexbourse_bulk.sheet import ANNOTATIONS
from flexbourse_bulk.xml_form import NAMESPACE, ROOT

FILE = "schemas/flexbourse-bulk.xsd"
_XS = "http://www.w3.org/2001/XMLSchema"


def schema() -> bytes:
    """Return the schema."""
    root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS, None: NAMESPACE})
    root.set("targetNamespace", NAMESPACE)
    root.set("elementFormDefault", "qualified")
    root.set("version", "1")
    choice = _nested(root, "element", name=ROOT)
    for tag in ("complexType", "choice"):
        choice = etree.SubElement(choice, f"{{{_XS}}}{tag}")
    for kind in KINDS:
        _row(choice, kind, columns_of_kind(kind).values(), id_field(kind))
    _row(choice, OFFER, offer_columns().values(), ID_COLUMN)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _row(choice: etree._Element, kind: str, columns: Iterable[Column], id_column: str) -> None:
    element = _nested(choice, "element", name=kind, minOccurs="0", maxOccurs="unbounded")
    every = _nested(_nested(element, "complexType"), "all")
    for column in columns:
        least = "1" if column.name == id_column else "0"
        if not column.names:
            _nested(every, "element", name=column.name, type=f"xs:{column.xsd_type}", minOccurs=least)
            continue
        restricted = _nested(every, "element", name=column.name, minOccurs=least)
        restricted = _nested(_nested(restricted, "simpleType"), "restriction", base="xs:string")
        for name in column.names:
            _nested(restricted, "enumeration", value=name)
    for name in ANNOTATIONS:
        _nested(every, "element", name=name, type="xs:string", minOccurs="0")


def _nested(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)


def committed() -> bytes:
    """Return the schema as the package ships it."""
    return files("flexbourse_bulk").joinpath(FILE).read_bytes()


if __name__ == "__main__":
    Path(str(files("flexbourse_bulk").joinpath(FILE))).write_bytes(schema())
