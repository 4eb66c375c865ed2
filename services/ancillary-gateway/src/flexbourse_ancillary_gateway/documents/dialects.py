"""Which versions of which documents are read and written, and how an older version differs from the one we bind.

Each document is bound in one version. Another version of it is the same tree with other names for some elements, and
with some elements in another place or absent: that is data here, applied to the tree before reading and after writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lxml import etree

from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.kinds.activation import ActivationDocument
from flexbourse_ancillary_gateway.documents.kinds.allocation_result import AllocationResultDocument
from flexbourse_ancillary_gateway.documents.kinds.balancing import BalancingDocument
from flexbourse_ancillary_gateway.documents.kinds.bid_availability import BidAvailabilityDocument
from flexbourse_ancillary_gateway.documents.kinds.merit_order_list import MeritOrderListDocument
from flexbourse_ancillary_gateway.documents.kinds.redispatch import RedispatchDocument
from flexbourse_ancillary_gateway.documents.kinds.reserve_bid import ReserveBidDocument

Document = (
    ReserveBidDocument
    | AcknowledgementDocument
    | ActivationDocument
    | BidAvailabilityDocument
    | AllocationResultDocument
    | MeritOrderListDocument
    | BalancingDocument
    | RedispatchDocument
)

BOUND: tuple[type[Document], ...] = (
    ReserveBidDocument,
    AcknowledgementDocument,
    ActivationDocument,
    BidAvailabilityDocument,
    AllocationResultDocument,
    MeritOrderListDocument,
    BalancingDocument,
    RedispatchDocument,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A version: the class that binds it, its namespace, and its differences from the bound version.

    `renamed` leads from our names to this version's; `moved_last` stand at the end of their parent there; `absent`
    cannot be said there.
    """

    kind: type[Document]
    namespace: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    moved_last: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()

    @property
    def root(self) -> str:
        """Return the name of the root element."""
        return root_of(self.kind)

    @property
    def is_bound(self) -> bool:
        """Tell whether the dialect is the version that the dataclasses have."""
        return self.namespace == namespace_of(self.kind)

    def to_bound(self, root: etree._Element) -> None:
        """Give a tree of this version the names of the bound version, in place."""
        if not self.is_bound:
            ours = {theirs: name for name, theirs in self.renamed.items()}
            for element in root.iter():
                local = etree.QName(element).localname
                element.tag = f"{{{namespace_of(self.kind)}}}{ours.get(local, local)}"

    def from_bound(self, root: etree._Element) -> etree._Element:
        """Return a tree of the bound version as one of this version; raises ValueError for what it cannot say."""
        if self.is_bound:
            return root
        copied = etree.Element(f"{{{self.namespace}}}{etree.QName(root).localname}", nsmap={None: self.namespace})
        self._copy(root, copied)
        return copied

    def _copy(self, source: etree._Element, target: etree._Element) -> None:
        target.text = source.text
        target.attrib.update(source.attrib)
        last = self.moved_last
        for child in sorted(source, key=lambda element: etree.QName(element).localname in last):
            local = etree.QName(child).localname
            if local in self.absent:
                raise ValueError(f"{local} cannot be said in {self.namespace}")
            self._copy(child, etree.SubElement(target, f"{{{self.namespace}}}{self.renamed.get(local, local)}"))


def root_of(kind: type[Any]) -> str:
    """Return the name of a document's root element."""
    return str(kind.Meta.name)


def namespace_of(kind: type[Any]) -> str:
    """Return the namespace of the bound version of a document."""
    return str(kind.Meta.namespace)


_UNITS_7_2 = MappingProxyType(
    {
        "quantity_Measurement_Unit.name": "quantity_Measure_Unit.name",
        "price_Measurement_Unit.name": "price_Measure_Unit.name",
        "energyPrice_Measurement_Unit.name": "energyPrice_Measure_Unit.name",
    }
)
RESERVE_BID_7_2 = Dialect(
    ReserveBidDocument,
    "urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:2",
    _UNITS_7_2,
    absent=frozenset({"inclusiveBidsIdentification", "mktPSRType.psrType"}),
)
# The Nordic edition of 7:2 adds inclusive groups, behind everything else of a series.
RESERVE_BID_NORDIC_7_2 = Dialect(
    ReserveBidDocument,
    "urn:iec62325:ediel:nbm:reservebiddocument:7:2",
    _UNITS_7_2,
    moved_last=("inclusiveBidsIdentification",),
    absent=frozenset({"mktPSRType.psrType"}),
)
_OLDER = (RESERVE_BID_7_2, RESERVE_BID_NORDIC_7_2)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {dialect.namespace: dialect for dialect in (*(Dialect(kind, namespace_of(kind)) for kind in BOUND), *_OLDER)}
)


def bound_dialect(kind: type[Any]) -> Dialect:
    """Return the version in which a document is written unless another is asked for."""
    return DIALECTS[namespace_of(kind)]
