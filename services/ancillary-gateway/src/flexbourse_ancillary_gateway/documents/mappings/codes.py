"""Codes of the standard's lists that we use, by what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from flexbourse_ancillary_gateway.documents.problems import DocumentError, Problem
from flexbourse_ancillary_gateway.domain.activations.orders import Cause, OrderKind
from flexbourse_ancillary_gateway.domain.bids.bid import Availability, Direction, LinkKind, Product

MFRR = "A47"
REDISPATCH_PROCESS = "A41"
OFFERS = "A37"
NEEDS = "B21"
RESPONSE = "A41"
AVAILABILITY = "B45"
REDISPATCH_NOTICE = "A63"

OFFER = "B74"
NEED = "B75"
MFRR_ENERGY = "A97"
SYSTEM_REDISPATCH = "A46"
AUCTION = "MFRR_ENERGY_ACTIVATION_MARKET"
HEARTBEAT = "ACTIVATION_HEARTBEAT"

ROLE_SYSTEM_OPERATOR = "A04"
ROLE_ALLOCATOR = "A34"
ROLE_BIDDER = "A46"
ROLE_DSO = "A50"

YES, NO = "A01", "A02"
EIC = "A01"
MEGAWATT, MEGAWATT_HOUR, EURO = "MAW", "MWH", "EUR"

STATUS_ACTIVATED = "A07"
STATUS_ORDERED = "A10"
STATUS_UNAVAILABLE = "A11"

REASON_ACCEPTED = "A01"
REASON_REFUSED = "A02"
REASON_SERIES = "A03"
REASON_NOTE = "A95"
REASON_CONGESTION = "B46"
REASON_UNIT_UNAVAILABLE = "B59"
REASON_OTHER = "999"

DIRECTIONS: Mapping[Direction, str] = MappingProxyType({Direction.UP: "A01", Direction.DOWN: "A02"})
PRODUCTS: Mapping[Product, str] = MappingProxyType(
    {Product.SCHEDULED: "A05", Product.DIRECT: "A06", Product.BOTH: "A07", Product.NON_STANDARD: "A02"}
)
AVAILABILITIES: Mapping[Availability, str] = MappingProxyType(
    {
        Availability.AVAILABLE: "A06",
        Availability.CONDITIONALLY_AVAILABLE: "A65",
        Availability.CONDITIONALLY_UNAVAILABLE: "A66",
    }
)
LINKS: Mapping[LinkKind, str] = MappingProxyType(
    {
        LinkKind.UNAVAILABLE_IF_ACTIVATED: "A55",
        LinkKind.UNAVAILABLE_IF_NOT_ACTIVATED: "A56",
        LinkKind.NO_DA_IF_DA: "A57",
        LinkKind.NO_DA_IF_SA: "A58",
        LinkKind.UNAVAILABLE_IF_SA: "A59",
        LinkKind.UNAVAILABLE_IF_DA: "A60",
        LinkKind.AVAILABLE_IF_ACTIVATED: "A67",
        LinkKind.AVAILABLE_IF_NOT_ACTIVATED: "A68",
        LinkKind.AVAILABLE_IF_SA: "A69",
        LinkKind.AVAILABLE_IF_DA: "A70",
        LinkKind.DA_IF_SA: "A71",
        LinkKind.DA_IF_DA: "A72",
    }
)
ORDERS: Mapping[OrderKind, str] = MappingProxyType(
    {OrderKind.SCHEDULED: "A39", OrderKind.DIRECT: "A40", OrderKind.REDISPATCH: "A96"}
)
# A limit of conductors and transformers is thermal or of current; without a verdict nothing better is known.
CAUSES: Mapping[Cause, str] = MappingProxyType(
    {Cause.THERMAL: "C41", Cause.VOLTAGE: "C43", Cause.CURRENT: "C44", Cause.NO_ANSWER: "C41"}
)

Meaning = TypeVar("Meaning", bound=Enum)


def meaning(codes: Mapping[Meaning, str], code: str, place: str) -> Meaning:
    """Return what a code means; raises DocumentError for one that we do not speak."""
    for found, known in codes.items():
        if known == code:
            return found
    raise DocumentError([Problem(place, f"is one of {', '.join(sorted(codes.values()))}", code)])
