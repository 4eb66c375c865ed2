"""Between documents and trees of XML. Its library is slow to be imported: wait until a document comes."""

from __future__ import annotations

from typing import cast

from lxml import etree
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.serializers import TreeSerializer

from flexbourse_ancillary_gateway.documents.dialects import DIALECTS, Dialect, Document, bound_dialect


class BoundXml:
    """Parsers and serialisers of every kind of document."""

    def __init__(self) -> None:
        # A context remembers one namespace for the parts that documents share: each document gets its own.
        contexts = {dialect.kind: XmlContext() for dialect in DIALECTS.values()}
        config = ParserConfig(fail_on_unknown_properties=True, fail_on_converter_warnings=True)
        self._parsers = {kind: XmlParser(context=context, config=config) for kind, context in contexts.items()}
        self._serialisers = {kind: TreeSerializer(context=context) for kind, context in contexts.items()}

    def document(self, root: etree._Element, dialect: Dialect) -> Document:
        """Return the document of a tree in its bound version."""
        return cast("Document", self._parsers[dialect.kind].parse(root, dialect.kind))

    def tree(self, document: Document) -> etree._Element:
        """Return the tree of a document in its bound version."""
        bound = bound_dialect(type(document))
        return self._serialisers[type(document)].render(document, ns_map={None: bound.namespace}).getroot()
