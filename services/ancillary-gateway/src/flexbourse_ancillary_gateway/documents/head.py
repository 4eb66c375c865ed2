"""The head of a document that cannot be read as a whole: enough to tell its sender so."""

from __future__ import annotations

import re
from dataclasses import fields

from lxml import etree

from flexbourse_ancillary_gateway.documents.codec import parse_safely
from flexbourse_ancillary_gateway.documents.dialects import root_of
from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Header
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import CODE
from flexbourse_ancillary_gateway.documents.problems import DocumentError


def head_of(data: bytes) -> Header | None:
    """Return the head of a document, or None where a part of it is missing or malformed, or nobody waits for a word.

    Nobody waits where it is an acknowledgement: two ends that refuse each other's refusals would never stop.
    """
    try:
        root = parse_safely(data)
    except DocumentError:
        return None
    if etree.QName(root).localname == root_of(AcknowledgementDocument):
        return None
    elements = {etree.QName(child).localname: child for child in root}
    values: dict[str, str | CodedId | None] = {}
    for item in fields(Header):
        metadata = item.metadata
        element = elements.get(metadata["name"])
        text = (element.text or "").strip() if element is not None else ""
        if not text and not metadata["required"]:
            values[item.name] = None
            continue
        limit, pattern = metadata["limit"], metadata["pattern"]
        scheme = element.get("codingScheme", "") if element is not None else ""
        if not text or (limit and len(text) > limit) or (pattern and re.fullmatch(pattern, text) is None):
            return None
        if item.name in ("sender", "receiver"):
            if re.fullmatch(CODE, scheme) is None:
                return None
            values[item.name] = CodedId(value=text, coding_scheme=scheme)
        else:
            values[item.name] = text
    return Header(**values)  # type: ignore[arg-type]
