"""Who writes to whom: the parties of a connection to one platform, and the ids and times of one document."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId
from flexbourse_ancillary_gateway.documents.mappings.codes import EIC, ROLE_ALLOCATOR, ROLE_BIDDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The two ends of a connection and the areas it is about; schemes as in the code list, A01 is EIC."""

    bidder: CodedId
    operator: CodedId
    control_area: CodedId
    market_area: CodedId
    dso: CodedId | None = None
    resource_scheme: str = EIC
    bidder_role: str = ROLE_BIDDER
    operator_role: str = ROLE_ALLOCATOR


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a document one of its own: its id and when it was made."""

    document_id: str
    created_s: int
