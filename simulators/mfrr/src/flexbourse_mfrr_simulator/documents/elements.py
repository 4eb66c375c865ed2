"""Reading and writing elements of IEC 62325-451 documents, without knowing any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from lxml import etree

from flexbourse_mfrr_simulator.domain.messages import Code, Interval, Party

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_PROBLEMS: Final = 50
_DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?\Z")
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,17})?\Z")


class DocumentError(Exception):
    """A document that cannot be read; `problems` says everything that was found."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems[:MAX_PROBLEMS]


def parse(data: bytes) -> etree._Element:
    """Return the root of a document; entities, document types and anything fetched from elsewhere are refused.

    Raises:
        DocumentError: it is too large, not well formed, or brings a document type.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError([f"the document has {len(data)} bytes, at most {MAX_BYTES} are read"])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError([f"the document is not well formed: {error.msg}"]) from error
    except ValueError as error:
        raise DocumentError([f"the document cannot be read: {error}"]) from error
    if root.getroottree().docinfo.doctype:
        raise DocumentError(["a document type is not allowed"])
    return root


@dataclass(slots=True)
class Reader:
    """One element; what is wrong below it is collected in `problems` and a neutral value is returned."""

    element: etree._Element
    namespace: str
    problems: list[str] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Reader]:
        """Yield readers of the children of a name."""
        for child in self.element.findall(f"{{{self.namespace}}}{name}"):
            yield Reader(child, self.namespace, self.problems)

    def one(self, name: str) -> Reader | None:
        """Return a reader of the first child of a name."""
        return next(self.all(name), None)

    def text(self, name: str) -> str:
        """Return the text of a child, empty where it is missing."""
        return (self.element.findtext(f"{{{self.namespace}}}{name}") or "").strip()

    def need(self, name: str) -> str:
        """Return the text of a child that must be there."""
        found = self.text(name)
        if not found:
            self.complain(name, "is missing")
        return found

    def code(self, name: str) -> Code:
        """Return an identifier with its coding scheme."""
        child = self.one(name)
        if child is None:
            self.complain(name, "is missing")
            return Code("")
        return Code((child.element.text or "").strip(), child.element.get("codingScheme", ""))

    def optional_code(self, name: str) -> Code | None:
        """Return an identifier where there is one."""
        return self.code(name) if self.one(name) is not None else None

    def party(self, prefix: str) -> Party:
        """Return a market participant with its role."""
        code = self.code(f"{prefix}_MarketParticipant.mRID")
        return Party(code.value, code.scheme, self.text(f"{prefix}_MarketParticipant.marketRole.type"))

    def number(self, name: str) -> Decimal | None:
        """Return a decimal where there is one."""
        found = self.text(name)
        if not found:
            return None
        if not _NUMBER.match(found):
            self.complain(name, f"is {found!r}, no number")
            return None
        return Decimal(found)

    def need_number(self, name: str) -> Decimal:
        """Return a decimal that must be there."""
        if not self.need(name):
            return Decimal(0)
        return self.number(name) or Decimal(0)

    def integer(self, name: str, default: int) -> int:
        """Return a whole number, a default where it is missing."""
        found = self.text(name)
        if not found:
            return default
        if not found.isdecimal() or len(found) > 6:
            self.complain(name, f"is {found!r}, no whole number")
            return default
        return int(found)

    def moment(self, name: str) -> int:
        """Return a time with seconds."""
        return self._time(name, self.need(name), "%Y-%m-%dT%H:%M:%SZ")

    def interval(self, name: str) -> Interval:
        """Return a time interval with minutes."""
        child = self.one(name)
        if child is None:
            self.complain(name, "is missing")
            return Interval(0, 0)
        ends = [child._time(end, child.need(end), "%Y-%m-%dT%H:%MZ") for end in ("start", "end")]
        return Interval(ends[0], ends[1])

    def _time(self, name: str, found: str, pattern: str) -> int:
        if not found:
            return 0
        try:
            return int(datetime.strptime(found, pattern).replace(tzinfo=UTC).timestamp())
        except ValueError:
            self.complain(name, f"is {found!r}, no time of the form {pattern}")
            return 0

    def duration(self, name: str) -> int | None:
        """Return a duration in seconds where there is one."""
        found = self.text(name)
        if not found:
            return None
        parts = _DURATION.match(found)
        if parts is None or not any(parts.groups()):
            self.complain(name, f"is {found!r}, no duration")
            return None
        days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds

    def complain(self, name: str, text: str) -> None:
        """Note what is wrong with a child."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"{name} {text}")


@dataclass(slots=True)
class Writer:
    """One element that children are appended to, in the order of the schema."""

    element: etree._Element
    namespace: str

    @classmethod
    def root(cls, name: str, namespace: str) -> Writer:
        """Begin a document."""
        return cls(etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace}), namespace)

    def child(self, name: str) -> Writer:
        """Append an empty child and return its writer."""
        return Writer(etree.SubElement(self.element, f"{{{self.namespace}}}{name}"), self.namespace)

    def text(self, name: str, value: str | Decimal | int | None, scheme: str = "") -> None:
        """Append a child with a text; nothing where there is none."""
        if value is None or value == "":
            return
        child = self.child(name).element
        child.text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if scheme:
            child.set("codingScheme", scheme)

    def code(self, name: str, code: Code | None) -> None:
        """Append an identifier with its scheme, where there is one."""
        if code is not None:
            self.text(name, code.value, code.scheme)

    def party(self, prefix: str, party: Party) -> None:
        """Append a market participant with its role."""
        self.text(f"{prefix}_MarketParticipant.mRID", party.mrid, party.scheme)
        self.text(f"{prefix}_MarketParticipant.marketRole.type", party.role)

    def interval(self, name: str, interval: Interval) -> None:
        """Append a time interval."""
        child = self.child(name)
        child.text("start", minute(interval.start))
        child.text("end", minute(interval.end))

    def data(self) -> bytes:
        """Return the document."""
        return bytes(etree.tostring(self.element, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def second(time: int) -> str:
    """Return a time with seconds, as documents are stamped."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute(time: int) -> str:
    """Return a time with minutes, as intervals are bounded."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%MZ")
