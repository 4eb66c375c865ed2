"""Namespaces of the documents spoken here."""

from __future__ import annotations

from typing import Final

RESERVE_BID: Final = {
    "urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:4": "7:4",
    "urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:2": "7:2",
    "urn:iec62325:ediel:nbm:reservebiddocument:7:2": "7:2",
}
ACKNOWLEDGEMENT: Final = "urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:8:1"
ACTIVATION: Final = "urn:iec62325.351:tc57wg16:451-7:activationdocument:6:2"
BID_AVAILABILITY: Final = "urn:iec62325.351:tc57wg16:451-n:bidavailabilitydocument:1:1"
ALLOCATION_RESULT: Final = "urn:iec62325.351:tc57wg16:451-7:reserveallocationresultdocument:6:4"
MERIT_ORDER_LIST: Final = "urn:iec62325.351:tc57wg16:451-7:moldocument:7:3"
BALANCING: Final = "urn:iec62325.351:tc57wg16:451-6:balancingdocument:4:5"
REDISPATCH: Final = "urn:iec62325.351:tc57wg16:451-7:redispatchdocument:6:1"
SPOKEN: Final = (
    *RESERVE_BID, ACKNOWLEDGEMENT, ACTIVATION, BID_AVAILABILITY, ALLOCATION_RESULT, MERIT_ORDER_LIST, BALANCING,
    REDISPATCH,
)  # fmt: skip
