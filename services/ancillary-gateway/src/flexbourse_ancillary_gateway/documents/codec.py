"""From bytes to documents and back: safe XML, structure, schema, binding; nothing invalid passes either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree
from propcache.api import cached_property

from flexbourse_ancillary_gateway.documents.dialects import DIALECTS, Dialect, Document, bound_dialect
from flexbourse_ancillary_gateway.documents.problems import DocumentError, Problem
from flexbourse_ancillary_gateway.documents.schemas import NO_SCHEMAS, Schemas
from flexbourse_ancillary_gateway.documents.structure import find_structure_problems

if TYPE_CHECKING:
    from flexbourse_ancillary_gateway.documents.bound_xml import BoundXml

# Hints for parsers, allowed on every root and part of no document.
INSTANCE_HINTS = "{http://www.w3.org/2001/XMLSchema-instance}"
MAX_DOCUMENT_BYTES = 16 * 1024 * 1024  # 4,000 series take 8 MB


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read, and the version it came in."""

    document: Document
    dialect: Dialect


class DocumentCodec:
    """Reads and writes documents; with schemas every message is validated against them too."""

    def __init__(self, schemas: Schemas = NO_SCHEMAS) -> None:
        self._schemas = schemas

    @cached_property
    def _bound(self) -> BoundXml:
        from flexbourse_ancillary_gateway.documents.bound_xml import BoundXml  # noqa: PLC0415 - slow, see there

        return BoundXml()

    @property
    def unvalidated(self) -> list[str]:
        """Return the namespaces that are read and written without a schema."""
        return self._schemas.missing

    def read(self, data: bytes) -> Read:
        """Return the document in `data`; raises DocumentError naming everything that is wrong."""
        root = parse_safely(data)
        dialect = _dialect(root)
        if problems := self._schemas.find_problems(root, dialect.namespace):
            raise DocumentError(problems)
        dialect.to_bound(root)
        if problems := find_structure_problems(root, dialect):
            raise DocumentError(problems)
        return Read(self._bound.document(root, dialect), dialect)

    def write(self, document: Document, dialect: Dialect | None = None) -> bytes:
        """Return the XML of a document, in the bound version unless another is asked for; UTF-8.

        Raises DocumentError for a document that its schema or our structural rules would refuse: it is never sent.
        """
        target = bound_dialect(type(document)) if dialect is None else dialect
        bound = bound_dialect(type(document))
        root = self._bound.tree(document)
        problems = find_structure_problems(root, bound)
        if not problems:
            try:
                root = target.from_bound(root)
            except ValueError as error:
                problems = [Problem(f"/{target.root}", str(error))]
        if not problems:
            problems = self._schemas.find_problems(root, target.namespace)
        if problems:
            raise DocumentError(problems)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def parse_safely(data: bytes) -> etree._Element:
    """Return the tree of a document; raises DocumentError for what is no XML, too long, or has a document type."""
    if len(data) > MAX_DOCUMENT_BYTES:
        raise DocumentError([Problem("/", f"has at most {MAX_DOCUMENT_BYTES} bytes", f"{len(data)} bytes")])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError([Problem("/", "is well-formed XML", str(error))]) from None
    # Nothing of ours needs a document type, and every known attack by XML does.
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError([Problem("/", "has no document type declaration")])
    for name in [name for name in root.attrib if str(name).startswith(INSTANCE_HINTS)]:
        del root.attrib[name]
    return root


def _dialect(root: etree._Element) -> Dialect:
    name = etree.QName(root)
    dialect = DIALECTS.get(name.namespace or "")
    if dialect is None or dialect.root != name.localname:
        known = ", ".join(sorted(DIALECTS))
        raise DocumentError([Problem("/", f"is a document of one of {known}", str(root.tag))])
    return dialect
