"""Everything below the service shell against a platform in a process of its own, by its public protocol alone.

Units of some hundred kW become one bid of whole megawatts, the platform selects it twice: the first order is delivered,
the second is blocked by the grid and published as unavailable.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from gateway_builders import MW, PARTIES, ZONE

from flexbourse_ancillary_gateway.adapters.dead_letters import DeadLetters
from flexbourse_ancillary_gateway.adapters.folder_mailbox import FolderMailbox
from flexbourse_ancillary_gateway.adapters.http_mailbox import Credentials, HttpMailbox
from flexbourse_ancillary_gateway.adapters.mailbox import Mailbox
from flexbourse_ancillary_gateway.adapters.reception import Reception
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.dialects import Document
from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.kinds.activation import ActivationDocument
from flexbourse_ancillary_gateway.documents.kinds.allocation_result import AllocationResultDocument
from flexbourse_ancillary_gateway.documents.kinds.balancing import BalancingDocument
from flexbourse_ancillary_gateway.documents.kinds.merit_order_list import MeritOrderListDocument
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import receipt_of
from flexbourse_ancillary_gateway.documents.mappings.activations import (
    is_heartbeat,
    order_of,
    response_to,
    response_to_heartbeat,
)
from flexbourse_ancillary_gateway.documents.mappings.availability import LimitedBid, to_bid_availability
from flexbourse_ancillary_gateway.documents.mappings.bids import to_reserve_bid
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.documents.mappings.results import accepted_of, activated_of, prices_of
from flexbourse_ancillary_gateway.documents.schemas import load_schemas
from flexbourse_ancillary_gateway.domain.activations.events import ActivationCalled, AnswerDecided
from flexbourse_ancillary_gateway.domain.activations.life import Activations
from flexbourse_ancillary_gateway.domain.activations.orders import BidVerdict, Cause, OrderedBid
from flexbourse_ancillary_gateway.domain.bids.bid import Direction, Product
from flexbourse_ancillary_gateway.domain.bids.rules import find_bid_problems
from flexbourse_ancillary_gateway.domain.lots.pooling import PoolOffer, pool_offers, split_order
from flexbourse_ancillary_gateway.domain.mail.sending import DocumentReceived, SendingRules, Sendings
from flexbourse_ancillary_gateway.domain.platform_rules import QH_45
from flexbourse_core.market_time import Mtu
from flexbourse_testkit.reference_data import reference_data

BSP = PARTIES.bidder.value
PATIENCE_S = 60.0
SCENARIO = f"""
[simulator]
start = 2026-03-10T10:00:00Z
[profile]
heartbeats_s = [720]
[[zones]]
name = "south"
eic = "{ZONE}"
[[participants]]
id = "{BSP}"
[[needs]]
zone = "south"
direction = "up"
quantity = 2
from = 2026-03-10T12:00:00Z
to = 2026-03-10T12:30:00Z
"""


def second(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-03-10T{text}Z").timestamp())


def uid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


class Platform:
    """The simulator's process, and its operator's commands."""

    def __init__(self, folder: Path, transport: str) -> None:
        (folder / "scenario.toml").write_text(SCENARIO)
        # A party with a folder gets its messages there: one transport at a time.
        reached = ["--http", "127.0.0.1:0"] + (["--folder", str(folder / "exchange")] if transport == "folder" else [])
        command = [
            sys.executable, "-m", "flexbourse_mfrr_simulator", "--scenario", str(folder / "scenario.toml"), *reached,
            "--clock", "driven", "--schemas", str(reference_data("entsoe") / "xsd"),
        ]  # fmt: skip
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FLEXBOURSE_MFRR")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["http"]

    def advance(self, time_of_day: str) -> None:
        content = json.dumps({"to": f"2026-03-10T{time_of_day}Z"}).encode()
        request = urllib.request.Request(f"{self.url}/admin/advance", data=content, method="POST")
        urllib.request.urlopen(request, timeout=PATIENCE_S).close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(params=["http", "folder"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def platform(tmp_path: Path, transport: str) -> Iterator[Platform]:
    started = Platform(tmp_path, transport)
    yield started
    started.stop()


class Gateway:
    """The layers put together as the service will: documents in, decisions, documents out."""

    def __init__(self, mailbox: Mailbox, folder: Path) -> None:
        self.mailbox, self.codec = mailbox, DocumentCodec(load_schemas(reference_data("entsoe") / "xsd"))
        self.dead = DeadLetters(folder / "dead")
        self.reception = Reception(mailbox, self.codec, self.dead, self.take, lambda: self.now_s)
        self.sendings, self.activations = Sendings(SendingRules()), Activations(QH_45)
        self.now_s = second("10:00:00")
        self.seen: list[Document] = []
        self.beats: list[ActivationDocument] = []
        self.received: list[str] = []

    def send(self, document: Document, document_id: str) -> None:
        self.sendings.queue(document_id, self.now_s, self.now_s)
        self.mailbox.send(f"{document_id}.xml", self.codec.write(document))

    def stamp(self, name: str) -> Stamp:
        return Stamp(uid(name), self.now_s)

    def take(self, document: Document, _: bytes) -> str:
        self.seen.append(document)
        if isinstance(document, AcknowledgementDocument):
            receipt = receipt_of(document)
            assert receipt.accepted, receipt
            events = self.sendings.receipt(receipt.document_id, accepted=True)
            self.received += [event.document_id for event in events if isinstance(event, DocumentReceived)]
        elif isinstance(document, ActivationDocument) and is_heartbeat(document):
            self.beats.append(document)
            stamp = self.stamp(f"beat {document.mrid}")
            self.send(response_to_heartbeat(document, stamp), stamp.document_id)
        return ""

    def until(self, kind: type, count: int = 1) -> list:
        """Collect until so many documents of a kind were seen; heartbeats count as none."""

        def found() -> list[Document]:
            return [each for each in self.seen if isinstance(each, kind) and each not in self.beats]

        def enough() -> bool:
            self.reception.collect()
            return len(found()) >= count

        wait(enough)
        return found()

    def until_heartbeats(self, count: int) -> None:
        """Collect until so many heartbeats were answered, and the answers received."""

        def enough() -> bool:
            self.reception.collect()
            return len(self.beats) >= count and not self.sendings.waiting

        wait(enough)

    def until_received(self) -> None:
        """Collect until every document of ours has its receipt."""

        def none_waits() -> bool:
            self.reception.collect()
            return not self.sendings.waiting

        wait(none_waits)


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, "the platform did not answer"
        time.sleep(0.02)


POWERS_W = (704_000, 655_000, 388_000, 297_000)


def offers() -> list[PoolOffer]:
    mtus = [Mtu(second("12:00:00")), Mtu(second("12:15:00"))]
    return [
        PoolOffer(
            unit_id=f"unit{unit}",
            node_id=f"node{unit}",
            area_id="village",
            mtu=mtu,
            direction=Direction.UP,
            quantity_w=watts,
            price_ticks=3_000 + unit,
            product=Product.SCHEDULED,
            zone=ZONE,
        )
        for mtu in mtus
        for unit, watts in enumerate(POWERS_W)
    ]


def test_one_bid_is_delivered_and_one_is_blocked(platform: Platform, tmp_path: Path, transport: str) -> None:
    mailbox: Mailbox = (
        HttpMailbox(platform.url, BSP, Credentials())
        if transport == "http"
        else FolderMailbox(tmp_path / "exchange" / BSP)
    )
    gateway = Gateway(mailbox, tmp_path)
    plan = pool_offers(offers(), QH_45, uid)
    assert [pool.quantity_w for pool in plan.pools] == [MW] * 4
    bids = [bid for pool in plan.pools for bid in pool.bids]
    offered = {bid.bid_id: bid for bid in bids}
    members = {member.bid_id: member for pool in plan.pools for member in pool.members}
    assert find_bid_problems(bids, {}, QH_45, gateway.now_s) == []
    bid_document = gateway.stamp("bids")
    gateway.send(to_reserve_bid(bids, PARTIES, bid_document), bid_document.document_id)
    gateway.until_received()

    pass_time(gateway, platform, "11:48:10")
    gateway.until_heartbeats(1)
    pass_time(gateway, platform, "11:52:40")
    (request,) = gateway.until(ActivationDocument)
    call = order_of(request)
    assert sum(each.quantity_w for each in call.bids) == 2 * MW
    gateway.activations.take_order(call, offered, gateway.now_s)
    verdicts = [BidVerdict(each.bid_id, each.quantity_w) for each in call.bids]
    answered, called = gateway.activations.take_verdict(call.order_id, call.revision, verdicts, offered)
    assert isinstance(called, ActivationCalled)
    delivered = shares(called.bids, members)
    assert sum(delivered.values()) == 2 * MW
    assert delivered == {"unit0": 700_000, "unit1": 650_000, "unit2": 380_000, "unit3": 270_000}
    respond(gateway, request, answered)
    gateway.until_received()

    pass_time(gateway, platform, "12:03:10")
    gateway.until_heartbeats(2)
    pass_time(gateway, platform, "12:07:40")
    _, request = gateway.until(ActivationDocument, 2)
    call = order_of(request)
    gateway.activations.take_order(call, offered, gateway.now_s)
    verdicts = [BidVerdict(each.bid_id, each.quantity_w // 2, Cause.CURRENT, "line 4", "dso") for each in call.bids]
    (answered,) = gateway.activations.take_verdict(call.order_id, call.revision, verdicts, offered)
    assert isinstance(answered, AnswerDecided)
    respond(gateway, request, answered)
    stamp = gateway.stamp("limits")
    limited = [LimitedBid(limit, offered[limit.bid_id], bid_document.document_id) for limit in answered.limits]
    gateway.send(to_bid_availability(limited, PARTIES, stamp), stamp.document_id)
    gateway.until_received()

    pass_time(gateway, platform, "13:00:00")
    results = gateway.until(AllocationResultDocument, 1)
    first = [each for result in results for each in accepted_of(result) if each.start_s == second("12:00:00")]
    assert sum(each.quantity_w for each in first) == 2 * MW
    lists = gateway.until(MeritOrderListDocument, 1)
    assert sum(each.quantity_w for each in activated_of(lists[0])) == 2 * MW
    prices = [price for each in gateway.until(BalancingDocument, 1) for price in prices_of(each)]
    assert any(price.price_ticks >= 3_000 for price in prices)
    assert gateway.dead.count == 0


def pass_time(gateway: Gateway, platform: Platform, time_of_day: str) -> None:
    gateway.now_s = second(time_of_day)
    platform.advance(time_of_day)


def respond(gateway: Gateway, request: ActivationDocument, answered: AnswerDecided) -> None:
    answers = {answer.bid_id: answer for answer in answered.answers}
    stamp = gateway.stamp(f"response {request.mrid}")
    gateway.send(response_to(request, answers, stamp), stamp.document_id)


def shares(called: tuple[OrderedBid, ...], members) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in called:
        member = members[each.bid_id]
        part = split_order(each.quantity_w, [member])[each.bid_id]
        found[member.unit_id] = found.get(member.unit_id, 0) + part
    return found
