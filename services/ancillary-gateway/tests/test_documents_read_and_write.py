"""Published samples read, write, validate and compare equal; broken ones are refused with all their problems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.dialects import DIALECTS, RESERVE_BID_NORDIC_7_2
from flexbourse_ancillary_gateway.documents.problems import DocumentError
from flexbourse_ancillary_gateway.documents.schemas import Schemas, load_schemas
from flexbourse_core.errors import ConfigurationError
from flexbourse_testkit.reference_data import reference_data


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return load_schemas(reference_data("entsoe") / "xsd")


def samples(*, valid: bool) -> list[Path]:
    folder = reference_data("entsoe")
    listed = json.loads((folder / "samples/manifest.json").read_text())
    chosen = [entry for entry in listed if entry.get("namespace") in DIALECTS]
    return [folder / entry["file"] for entry in chosen if (entry["result"] == "valid") is valid]


def canonical(data: bytes) -> bytes:
    parser = etree.XMLParser(remove_comments=True, remove_blank_text=True)
    return bytes(etree.tostring(etree.fromstring(data, parser), method="c14n", exclusive=True))


def test_valid_samples_come_back_equal(schemas: Schemas) -> None:
    codec = DocumentCodec(schemas)
    found = samples(valid=True)
    assert len(found) >= 15
    for path in found:
        data = path.read_bytes()
        read = codec.read(data)
        written = codec.write(read.document, read.dialect)
        assert canonical(written) == canonical(data), path.name
        assert codec.read(written).document == read.document, path.name


def test_valid_samples_hold_without_schemas_too() -> None:
    codec = DocumentCodec()
    assert len(codec.unvalidated) == len(DIALECTS)
    for path in samples(valid=True):
        codec.read(path.read_bytes())


def test_broken_samples_are_refused(schemas: Schemas) -> None:
    codec = DocumentCodec(schemas)
    found = samples(valid=False)
    assert found
    for path in found:
        with pytest.raises(DocumentError) as refused:
            codec.read(path.read_bytes())
        assert refused.value.problems, path.name


def test_older_bids_are_written_in_the_newer_version(schemas: Schemas) -> None:
    codec = DocumentCodec(schemas)
    for path in samples(valid=True):
        read = codec.read(path.read_bytes())
        if not read.dialect.is_bound:
            again = codec.read(codec.write(read.document))
            assert again.dialect.is_bound
            assert again.document == read.document


def test_the_nordic_edition_has_inclusive_groups_at_the_end(schemas: Schemas) -> None:
    codec = DocumentCodec(schemas)
    (broken,) = (path for path in samples(valid=False) if "Inclusive" in path.name)
    root = etree.fromstring(broken.read_bytes())
    for element in root.iter("{*}inclusiveBidsIdentification"):
        element.getparent().append(element)
    read = codec.read(etree.tostring(root))
    assert read.dialect is RESERVE_BID_NORDIC_7_2
    written = codec.write(read.document, RESERVE_BID_NORDIC_7_2)
    assert canonical(written) == canonical(etree.tostring(root))
    newer = codec.read(codec.write(read.document))
    assert newer.document == read.document


def test_a_version_refuses_what_it_cannot_say(schemas: Schemas) -> None:
    codec = DocumentCodec(schemas)
    (broken,) = (path for path in samples(valid=False) if "Inclusive" in path.name)
    document = DocumentCodec().read(broken.read_bytes()).document
    old = DIALECTS["urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:2"]
    with pytest.raises(DocumentError, match="inclusiveBidsIdentification"):
        codec.write(document, old)


@pytest.mark.parametrize("with_schemas", [True, False])
def test_every_damage_is_found_and_all_of_it(with_schemas: bool, schemas: Schemas) -> None:
    codec = DocumentCodec(schemas) if with_schemas else DocumentCodec()
    (path,) = (path for path in samples(valid=True) if path.name.endswith("Direct_Request.xml"))
    text = path.read_text()
    damages = {
        "a missing element": ("<revisionNumber>1</revisionNumber>", ""),
        "an unknown element": ("<domain.mRID", "<domain.other>1</domain.other><domain.mRID"),
        "a repeated element": (
            "<revisionNumber>1</revisionNumber>",
            "<revisionNumber>1</revisionNumber><revisionNumber>1</revisionNumber>",
        ),
        "a number that is none": ("<quantity>10</quantity>", "<quantity>ten</quantity>"),
        "a wrong order": (
            "<businessType>A97</businessType>",
            "<measurement_Unit.name>MAW</measurement_Unit.name><businessType>A97</businessType>",
        ),
        "a long id": ("<mRID>13d58f3f", "<mRID>" + "1" * 60),
        "a local time": ("13:14:13Z", "13:14:13+01:00"),
        "no coding scheme": ('<domain.mRID codingScheme="A01">', "<domain.mRID>"),
    }
    for name, (old, new) in damages.items():
        assert old in text, name
        with pytest.raises(DocumentError):
            codec.read(text.replace(old, new, 1).encode())
    everything = text
    for old, new in damages.values():
        everything = everything.replace(old, new, 1)
    with pytest.raises(DocumentError) as refused:
        codec.read(everything.encode())
    if not with_schemas:
        assert len(refused.value.problems) >= len(damages) - 1


def test_hints_of_the_sender_for_parsers_are_ignored(schemas: Schemas) -> None:
    (path,) = (path for path in samples(valid=True) if path.name.endswith("Direct_Request.xml"))
    hint = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x y.xsd" xmlns='
    data = path.read_text().replace("xmlns=", hint, 1).encode()
    assert DocumentCodec(schemas).read(data).document == DocumentCodec(schemas).read(path.read_bytes()).document


def test_code_lists_are_the_schemas_business(schemas: Schemas) -> None:
    (path,) = (path for path in samples(valid=True) if path.name.endswith("Direct_Request.xml"))
    data = path.read_bytes().replace(b"<businessType>A97<", b"<businessType>Q97<")
    with pytest.raises(DocumentError):
        DocumentCodec(schemas).read(data)
    DocumentCodec().read(data)


ENTITY = b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    b"<!DOCTYPE r [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (97 + k, b"&%c;" % (96 + k) * 10) for k in range(1, 10))
    + b"]>"
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<r/>",
        ENTITY + b"<r>&e;</r>",
        LAUGHS + b"<r>&j;</r>",
        b'<ReserveBid_MarketDocument xmlns="urn:other"/>',
        b'<Other xmlns="urn:iec62325.351:tc57wg16:451-7:activationdocument:6:2"/>',
        b"<r>" + b" " * (16 * 1024 * 1024) + b"</r>",
        b"<r>" * 300 + b"</r>" * 300,
    ],
    ids=["empty", "text", "no namespace", "entity", "laughs", "other namespace", "other root", "too long", "deep"],
)
def test_hostile_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        DocumentCodec().read(data)


def test_an_entity_in_a_known_document_is_never_expanded(schemas: Schemas) -> None:
    (path,) = (path for path in samples(valid=True) if path.name.endswith("Direct_Request.xml"))
    text = path.read_text().replace("13d58f3f-b732-453f-95a6-fce203a926f8", "&e;")
    hostile = text.replace('<?xml version="1.0" ?>', ENTITY.decode())
    for codec in (DocumentCodec(schemas), DocumentCodec()):
        with pytest.raises(DocumentError):
            codec.read(hostile.encode())


def test_a_folder_without_the_schemas_is_refused_with_all_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_schemas(tmp_path)
    assert all(namespace in str(refused.value) for namespace in DIALECTS)
    with pytest.raises(ConfigurationError, match="no folder"):
        load_schemas(tmp_path / "nowhere")
