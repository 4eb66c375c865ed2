"""Documents as a BSP writes and reads them, made apart from the simulator's own code."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BSP = "9999909919920"
TSO = "10X1001A1001A38Y"
NO2, NO3 = "10YNO-2--------T", "10YNO-3--------J"
NORDIC = "10Y1001A1001A91G"
COUNTRY = "10YNO-0--------C"
BIDS_74 = "urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:4"
BIDS_72 = "urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:2"
ACKNOWLEDGEMENT = "urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:8:1"
REDISPATCH = "urn:iec62325.351:tc57wg16:451-7:redispatchdocument:6:1"
AVAILABILITY = "urn:iec62325.351:tc57wg16:451-n:bidavailabilitydocument:1:1"


def utc(text: str) -> datetime:
    """Return a time of day of the tests' day, or a whole ISO time."""
    return datetime.fromisoformat(text if "T" in text else f"2026-03-10T{text}").replace(tzinfo=UTC)


def uid(name: str) -> str:
    """Return the UUID that a name stands for in the tests."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@dataclass
class Series:
    """One bid; `extra` are further elements by their place: before the period, or the links behind it."""

    name: str
    start: str = "12:00"
    quantity: str = "10"
    price: str | None = "50.00"
    minimum: str | None = None
    direction: str = "A01"
    zone: str = NO2
    product: str = "A07"
    status: str = "A06"
    divisible: str = ""
    auction: str = "MFRR_ENERGY_ACTIVATION_MARKET"
    groups: dict[str, str] = field(default_factory=dict)  # exclusive, multipart, inclusive, linked
    links: tuple[tuple[str, str], ...] = ()
    minutes: int = 15
    resource: str = "NOKG90901"
    business: str = "B74"

    def xml(self, unit: str) -> str:
        """Return the series in the order of the schema."""
        start = utc(self.start)
        end = start + timedelta(minutes=self.minutes)
        divisible = self.divisible or ("A01" if self.minimum is not None else "A02")
        names = {"linked": "linkedBidsIdentification", "multipart": "multipartBidIdentification",
                 "exclusive": "exclusiveBidsIdentification", "inclusive": "inclusiveBidsIdentification"}  # fmt: skip
        written = {
            kind: f"<{tag}>{uid(self.groups[kind])}</{tag}>" for kind, tag in names.items() if kind in self.groups
        }
        inclusive = written.pop("inclusive", "")
        groups = "".join(written.values())
        links = "".join(
            f"<Linked_BidTimeSeries><mRID>{uid(name)}</mRID><status><value>{status}</value></status></Linked_BidTimeSeries>"
            for name, status in self.links
        )
        minimum = (
            "" if self.minimum is None else f"<minimum_Quantity.quantity>{self.minimum}</minimum_Quantity.quantity>"
        )
        price = "" if self.price is None else f"<energy_Price.amount>{self.price}</energy_Price.amount>"
        return f"""
  <Bid_TimeSeries><mRID>{uid(self.name)}</mRID><auction.mRID>{self.auction}</auction.mRID>
    <businessType>{self.business}</businessType>
    <acquiring_Domain.mRID codingScheme="A01">{NORDIC}</acquiring_Domain.mRID>
    <connecting_Domain.mRID codingScheme="A01">{self.zone}</connecting_Domain.mRID>
    <quantity_{unit}.name>MAW</quantity_{unit}.name><currency_Unit.name>EUR</currency_Unit.name>
    <divisible>{divisible}</divisible>{groups}<status><value>{self.status}</value></status>
    <registeredResource.mRID codingScheme="NNO">{self.resource}</registeredResource.mRID>
    <flowDirection.direction>{self.direction}</flowDirection.direction>
    <energyPrice_{unit}.name>MWH</energyPrice_{unit}.name>
    <standard_MarketProduct.marketProductType>{self.product}</standard_MarketProduct.marketProductType>{inclusive}
    <Period><timeInterval><start>{start:%Y-%m-%dT%H:%MZ}</start><end>{end:%Y-%m-%dT%H:%MZ}</end></timeInterval>
      <resolution>PT{self.minutes}M</resolution><Point><position>1</position>
      <quantity.quantity>{self.quantity}</quantity.quantity>{minimum}{price}</Point></Period>{links}
  </Bid_TimeSeries>"""


def bid_document(*series: Series, created: str = "10:00", name: str = "", version: str = "7:4", party: str = BSP,
                 receiver: str = TSO, revision: int = 1, kind: str = "A37", process: str = "A47",
                 roles: tuple[str, str] = ("A46", "A34"), mrid: str = "") -> bytes:  # fmt: skip
    """Return a ReserveBid document over the tests' day."""
    unit = "Measurement_Unit" if version == "7:4" else "Measure_Unit"
    body = "".join(one.xml(unit) for one in series)
    head = mrid or uid(name or f"document {created} {[(s.name, s.quantity, s.price) for s in series]}")
    scheme = "A01" if len(party) == 16 else "A10"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ReserveBid_MarketDocument xmlns="{BIDS_74 if version == "7:4" else BIDS_72}"><mRID>{head}</mRID>
  <revisionNumber>{revision}</revisionNumber><type>{kind}</type><process.processType>{process}</process.processType>
  <sender_MarketParticipant.mRID codingScheme="{scheme}">{party}</sender_MarketParticipant.mRID>
  <sender_MarketParticipant.marketRole.type>{roles[0]}</sender_MarketParticipant.marketRole.type>
  <receiver_MarketParticipant.mRID codingScheme="A01">{receiver}</receiver_MarketParticipant.mRID>
  <receiver_MarketParticipant.marketRole.type>{roles[1]}</receiver_MarketParticipant.marketRole.type>
  <createdDateTime>{utc(created):%Y-%m-%dT%H:%M:%SZ}</createdDateTime>
  <reserveBid_Period.timeInterval><start>2026-03-09T23:00Z</start><end>2026-03-10T23:00Z</end></reserveBid_Period.timeInterval>
  <domain.mRID codingScheme="A01">{COUNTRY}</domain.mRID>
  <subject_MarketParticipant.mRID codingScheme="{scheme}">{party}</subject_MarketParticipant.mRID>
  <subject_MarketParticipant.marketRole.type>A46</subject_MarketParticipant.marketRole.type>{body}
</ReserveBid_MarketDocument>""".encode()


def availability_document(
    *bids: tuple[str, str, str | None], created: str, role: str = "A50", party: str = BSP
) -> bytes:
    """Return a B45 of (bid, cause, MW left or None)."""
    body = ""
    for name, cause, left in bids:
        limit = "" if left is None else (
            f"<operationalLimit_Quantity.quantity>{left}</operationalLimit_Quantity.quantity>"
            "<limit_Measurement_Unit.name>MAW</limit_Measurement_Unit.name>"
        )  # fmt: skip
        body += f"""<BidTimeSeries><mRID>{uid(name)}</mRID>
    <bidDocument_MarketDocument.mRID>{uid("any")}</bidDocument_MarketDocument.mRID>
    <bidDocument_MarketDocument.revisionNumber>1</bidDocument_MarketDocument.revisionNumber>
    <requestingParty_MarketParticipant.marketRole.type>{role}</requestingParty_MarketParticipant.marketRole.type>
    <businessType>{cause}</businessType><domain.mRID codingScheme="A01">{NO2}</domain.mRID>{limit}
    <Reason><code>B46</code></Reason></BidTimeSeries>"""
    return f"""<BidAvailability_MarketDocument xmlns="{AVAILABILITY}"><mRID>{uid(f"{bids} {created}")}</mRID>
  <revisionNumber>1</revisionNumber><type>B45</type><process.processType>A47</process.processType>
  <sender_MarketParticipant.mRID codingScheme="A10">{party}</sender_MarketParticipant.mRID>
  <sender_MarketParticipant.marketRole.type>A46</sender_MarketParticipant.marketRole.type>
  <receiver_MarketParticipant.mRID codingScheme="A01">{TSO}</receiver_MarketParticipant.mRID>
  <receiver_MarketParticipant.marketRole.type>A34</receiver_MarketParticipant.marketRole.type>
  <createdDateTime>{utc(created):%Y-%m-%dT%H:%M:%SZ}</createdDateTime>
  <time_Period.timeInterval><start>2026-03-10T12:00Z</start><end>2026-03-10T12:15Z</end></time_Period.timeInterval>
  {body}</BidAvailability_MarketDocument>""".encode()


def notice_document(*told: tuple[str, str, str, str], created: str, party: str = BSP, kind: str = "A63") -> bytes:
    """Return the notice of a redispatch of (bid, MW, start, end)."""
    body = "".join(
        f"""<TimeSeries><mRID>{uid(name)}</mRID><dispatcher_MarketParticipant.name>{TSO}</dispatcher_MarketParticipant.name>
    <businessType>A46</businessType><impacted_Domain.mRID codingScheme="A01">{NO2}</impacted_Domain.mRID>
    <flowDirection.direction>A01</flowDirection.direction><measurement_Unit.name>MAW</measurement_Unit.name>
    <Period><timeInterval><start>{utc(start):%Y-%m-%dT%H:%MZ}</start><end>{utc(end):%Y-%m-%dT%H:%MZ}</end></timeInterval>
    <resolution>PT1H</resolution><Point><position>1</position><quantity>{megawatts}</quantity></Point></Period></TimeSeries>"""
        for name, megawatts, start, end in told
    )
    return f"""<Redispatch_MarketDocument xmlns="{REDISPATCH}"><mRID>{uid(f"notice {told} {created}")}</mRID>
  <revisionNumber>1</revisionNumber><type>{kind}</type>
  <sender_MarketParticipant.mRID codingScheme="A10">{party}</sender_MarketParticipant.mRID>
  <sender_MarketParticipant.marketRole.type>A46</sender_MarketParticipant.marketRole.type>
  <receiver_MarketParticipant.mRID codingScheme="A01">{TSO}</receiver_MarketParticipant.mRID>
  <receiver_MarketParticipant.marketRole.type>A04</receiver_MarketParticipant.marketRole.type>
  <createdDateTime>{utc(created):%Y-%m-%dT%H:%M:%SZ}</createdDateTime>
  <redispatch_Time_Period.timeInterval><start>2026-03-10T11:00Z</start><end>2026-03-10T12:00Z</end></redispatch_Time_Period.timeInterval>
  <domain.mRID codingScheme="A01">{COUNTRY}</domain.mRID>
  <subject_MarketParticipant.mRID codingScheme="A10">{party}</subject_MarketParticipant.mRID>
  <subject_MarketParticipant.marketRole.type>A46</subject_MarketParticipant.marketRole.type>{body}
</Redispatch_MarketDocument>""".encode()


class Received:
    """A document as it arrived, with the questions that tests ask."""

    def __init__(self, data: bytes, kind: str = "") -> None:
        self.data, self.kind = data, kind
        self.root = ET.fromstring(data)
        self.namespace = self.root.tag[1:].partition("}")[0]
        self.name = self.root.tag.partition("}")[2]

    def text(self, path: str, element: ET.Element | None = None) -> str | None:
        """Return the text at a path of plain names."""
        steps = "/".join(f"{{{self.namespace}}}{step}" for step in path.split("/"))
        return (self.root if element is None else element).findtext(steps)

    def all(self, path: str) -> list[ET.Element]:
        """Return the elements at a path of plain names."""
        return self.root.findall("/".join(f"{{{self.namespace}}}{step}" for step in path.split("/")))

    def texts(self, path: str) -> list[str | None]:
        """Return the texts at a path of plain names."""
        return [element.text for element in self.all(path)]

    @property
    def codes(self) -> list[str | None]:
        """Return the reason codes of an acknowledgement, the document's first."""
        return self.texts("Reason/code") + self.texts("Rejected_TimeSeries/Reason/code")

    @property
    def reasons(self) -> str:
        """Return all reason texts of an acknowledgement."""
        found = self.texts("Reason/text") + self.texts("Rejected_TimeSeries/Reason/text")
        return " | ".join(text or "" for text in found)


def answer(order: Received, created: str, status: str = "A07", refused: tuple[str, ...] = ()) -> bytes:
    """Return the A41 to an order or heartbeat; bids named in `refused` are A11 with reason B59."""
    text = order.data.decode()
    root = ET.fromstring(text)
    ns = f"{{{order.namespace}}}"
    ET.register_namespace("", order.namespace)
    sender = root.find(f"{ns}sender_MarketParticipant.mRID")
    receiver = root.find(f"{ns}receiver_MarketParticipant.mRID")
    assert sender is not None
    assert receiver is not None
    (sender.text, receiver.text) = (receiver.text, sender.text)
    schemes = sender.get("codingScheme", ""), receiver.get("codingScheme", "")
    sender.set("codingScheme", schemes[1])
    receiver.set("codingScheme", schemes[0])
    changes = {"mRID": uid(f"answer {order.text('mRID')} {created}"), "type": "A41",
               "sender_MarketParticipant.marketRole.type": "A46", "receiver_MarketParticipant.marketRole.type": "A04",
               "createdDateTime": f"{utc(created):%Y-%m-%dT%H:%M:%SZ}"}  # fmt: skip
    for name, value in changes.items():
        found = root.find(f"{ns}{name}")
        assert found is not None
        found.text = value
    for series in root.findall(f"{ns}TimeSeries"):
        for reason in series.findall(f"{ns}Reason"):
            series.remove(reason)
        mark = series.find(f"{ns}marketObjectStatus.status")
        assert mark is not None
        mark.text = "A11" if series.findtext(f"{ns}mRID") in [uid(name) for name in refused] else status
        if mark.text == "A11":
            reason = ET.SubElement(series, f"{ns}Reason")
            ET.SubElement(reason, f"{ns}code").text = "B59"
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True)


def acknowledge(received: Received, created: str) -> bytes:
    """Return a positive acknowledgement of a document of the platform."""
    about = received.text("mRID")
    return f"""<Acknowledgement_MarketDocument xmlns="{ACKNOWLEDGEMENT}"><mRID>{uid(f"ack {about}")}</mRID>
  <createdDateTime>{utc(created):%Y-%m-%dT%H:%M:%SZ}</createdDateTime>
  <sender_MarketParticipant.mRID codingScheme="A10">{BSP}</sender_MarketParticipant.mRID>
  <sender_MarketParticipant.marketRole.type>A46</sender_MarketParticipant.marketRole.type>
  <receiver_MarketParticipant.mRID codingScheme="A01">{TSO}</receiver_MarketParticipant.mRID>
  <receiver_MarketParticipant.marketRole.type>A04</receiver_MarketParticipant.marketRole.type>
  <received_MarketDocument.mRID>{about}</received_MarketDocument.mRID>
  <Reason><code>A01</code></Reason></Acknowledgement_MarketDocument>""".encode()
