"""The gateway's shard, driven as an engine drives it, between a village that answers and a platform that is a folder.

The village plays order book and activation: it holds and claims what is asked, unless `deny_room`, `deny_claim` or
`deny_confirm` say a refusal. Every document passes the codec both ways; `settle` runs until nothing more follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway_builders import PARTIES, START_S, ZONE

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_ancillary_gateway.config import Config
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.dialects import Document
from flexbourse_ancillary_gateway.documents.kinds.activation import (
    ActivationDocument,
    ActivationPeriod,
    ActivationPoint,
    ActivationSeries,
)
from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Reason
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import acknowledge
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.documents.mappings.values import duration_text, interval, megawatts, second_text
from flexbourse_ancillary_gateway.processor import AncillaryProgram
from flexbourse_ancillary_gateway.service import build
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_messages.catalogue import (
    ACTIVATION_LIFE,
    ANCILLARY_BID,
    ANCILLARY_CLAIM,
    ANCILLARY_COMMAND,
    ANCILLARY_HEADROOM,
    ANCILLARY_RESULT,
    BOOK_HEADROOM,
    REGISTRY_ENTITY,
)
from flexbourse_testkit.drive import Drive

BSP = "flex-bsp"
HOLDER = "service:ancillary-gateway"
Refuse = Callable[[Any], common_pb2.Rejection | None]


def settings(folder: Path, **changes: Any) -> Config:
    """Return the configuration of a gateway with a folder for a platform."""
    plain: dict[str, Any] = {
        "data_dir": folder / "data", "platform_folder": folder / "exchange", "party": BSP,
        "bidder": PARTIES.bidder.value, "bidder_scheme": "A10", "tso": PARTIES.operator.value, "zone": ZONE,
        "dso": PARTIES.dso.value if PARTIES.dso else "", "control_area": PARTIES.control_area.value,
        "market_area": PARTIES.market_area.value, "rules": "QH-45",
    }  # fmt: skip
    return Config(**{**plain, **changes})


def refusal(code: str = "GRID_LIMIT_EXCEEDED", **more: Any) -> common_pb2.Rejection:
    """Return a refusal as other services tell it."""
    return common_pb2.Rejection(code=code, number=4001, rule="an element keeps its limit", element="line 4", **more)


@dataclass
class World:
    """One gateway and its surroundings."""

    folder: Path
    changes: dict[str, Any] = field(default_factory=dict)
    deny_room: Refuse = lambda _: None
    deny_claim: Refuse = lambda _: None
    deny_confirm: Refuse = lambda _: None
    confirmed_micro_euro: int = 0  # by what each confirmed part changes the potential
    receipts: bool = True  # the platform acknowledges what it gets
    mute: bool = False  # the village says nothing
    sent: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.config = settings(self.folder, **self.changes)
        self.service = build(self.config)
        self.drive = Drive(self.service.program, "ancillary-gateway", at_ms=(START_S - 4 * 3600) * 1000)
        self.codec = DocumentCodec()
        self.claims: dict[str, Any] = {}
        self.rooms: dict[str, Any] = {}
        self._read = {ANCILLARY_CLAIM: 0, ANCILLARY_HEADROOM: 0}
        self._performed = 0
        self._count = 0

    # --- what others do ----------------------------------------------------------------------------------------------

    @property
    def program(self) -> AncillaryProgram:
        program = self.drive.program
        assert isinstance(program, AncillaryProgram)
        return program

    @property
    def gateway(self) -> Any:
        return self.program.gateway

    def offer(
        self, name: str, quantity_w: int, *, direction: str = "UP", start_s: int = START_S, count: int = 4,
        node: str = "", min_quantity_w: int = 0, party: str = "agr",
    ) -> None:  # fmt: skip
        """A unit is registered, and offered at activation."""
        unit = registry.Unit(unit_id=f"unit-{name}", metering_point_id=f"mp-{name}")
        self.input(REGISTRY_ENTITY, f"unit/{name}", registry.EntityState(entity=registry.Entity(unit=unit)))
        window = activation.Window(start_s=start_s, end_s=start_s + 900 * count, mtu_length_s=900)
        terms = activation.OfferTerms(
            offer_id=name, unit_id=f"unit-{name}", quantity_w=quantity_w, min_quantity_w=min_quantity_w,
            direction=activation.Direction.Value(f"DIRECTION_{direction}"), window=window,
        )  # fmt: skip
        members = [activation.Member(unit_id=f"unit-{name}", node_id=node or f"node-{name}", span_w=quantity_w)]
        placed = activation.OfferPlaced(
            area_id="village", offer=activation.Offer(terms=terms, party=party, members=members)
        )
        self.input(ACTIVATION_LIFE, "village", activation.ActivationEvent(offer_placed=placed))

    def mark(self, name: str, party: str = "agr", **changes: Any) -> list[Any]:
        """An aggregator lets his offer go to the platform."""
        plain = {"area_id": "village", "offer_id": name, "price_ticks": 5_000, "product": pb.PRODUCT_SCHEDULED}
        terms = pb.MarkTerms(**{**plain, **changes})
        return list(self.drive.command(ANCILLARY_COMMAND, pb.AncillaryCommand(mark=terms), party).results)

    def input(self, topic: str, key: str, message: Any) -> None:
        self.drive.input(topic, key, message)

    def at(self, second: int) -> None:
        """Move to a second and let everything follow."""
        self.drive.time(second * 1000)
        self.settle()
        due_ms = self.gateway.next_timer_ms()
        assert due_ms is None or due_ms > self.drive.at_ms, "what was due is done, or time records follow one another"

    def settle(self) -> None:
        while self._village() or self._effects() or self._mail():
            pass

    # --- the platform ------------------------------------------------------------------------------------------------

    def post(self, document: Document) -> None:
        """The platform writes a document."""
        self._count += 1
        self.post_bytes(self.codec.write(document))

    def refuse(self, document: Any, code: str) -> None:
        """The platform refuses a document of ours."""
        self._count += 1
        stamp = Stamp(f"refusal-{self._count}", self.drive.at_ms // 1000)
        self.post(replace(acknowledge(document, stamp, refusal="no"), reasons=(Reason(code=code, text="no"),)))

    def post_bytes(self, content: bytes) -> None:
        inbox = self.folder / "exchange" / "inbox"
        (inbox / f"{self._count:05}-{len(list(inbox.iterdir()))}.xml").write_bytes(content)

    def outbox(self) -> list[Document]:
        """Take what lies in the outbox, oldest first."""
        found = []
        for path in sorted((self.folder / "exchange").glob("outbox/*"), key=lambda p: p.stat().st_mtime_ns):
            found.append(self.codec.read(path.read_bytes()).document)
            path.unlink()
        return found

    def order(self, *bids: tuple[pb.Bid, int], name: str = "o1", **changes: Any) -> ActivationDocument:
        """Return an order (A39) for bids and quantities."""
        now_s = self.drive.at_ms // 1000
        start_s = changes.pop("start_s", bids[0][0].mtu.start_s)
        end_s = changes.pop("end_s", bids[0][0].mtu.start_s + 900)
        plain: dict[str, Any] = {
            "mrid": f"order-document-{name}-{changes.get('order_revision', '1')}", "revision_number": "1",
            "type": "A39", "process_type": "A47",
            "sender": PARTIES.operator, "sender_role": "A04", "receiver": PARTIES.bidder, "receiver_role": "A46",
            "created_date_time": second_text(now_s), "period": interval(start_s, end_s), "order_mrid": name,
            "order_revision": "1", "series": tuple(series(bid, watts, start_s, end_s) for bid, watts in bids),
        }  # fmt: skip
        return ActivationDocument(**{**plain, **changes})

    # --- looks -------------------------------------------------------------------------------------------------------

    def events(self, name: str) -> list[Any]:
        """Return the journal's events of a kind."""
        return [
            getattr(event, name)
            for event in self.drive.projected(ANCILLARY_BID)
            if isinstance(event, pb.AncillaryEvent) and event.WhichOneof("event") == name
        ]

    def results(self) -> list[Any]:
        return self.drive.projected(ANCILLARY_RESULT)

    def bids(self) -> list[pb.Bid]:
        """Return the bids that went out, in the order of their documents."""
        return [bid for event in self.events("bids_sent") if not event.withdraws for bid in event.bids]

    def documents(self, kind: str) -> list[Any]:
        """Return what the platform got, by its type."""
        return [each for each in self.sent if getattr(each, "type", "") == kind]

    # --- machinery ---------------------------------------------------------------------------------------------------

    def _fresh(self, topic: str) -> list[Any]:
        found = self.drive.projected(topic)[self._read[topic] :]
        self._read[topic] += len(found)
        return found

    def _village(self) -> bool:
        if self.mute:
            return False
        claims, rooms = self._fresh(ANCILLARY_CLAIM), self._fresh(ANCILLARY_HEADROOM)
        for instruction in claims:
            self._activation(instruction)
        for instruction in rooms:
            self._book(instruction.order)
        return bool(claims or rooms)

    def _activation(self, told: activation.GatewayInstruction) -> None:
        assert told.party == BSP
        command = told.command
        event = None
        denied = self.deny_claim(told)
        if denied is not None:
            event = activation.ActivationEvent(
                instruction_denied=activation.InstructionDenied(
                    area_id=command.area_id, instruction_id=told.instruction_id, party=BSP, rejections=[denied]
                )
            )
        elif command.HasField("claim"):
            claim = self.claim(command)
            self.claims[command.claim.claim_id] = claim
            event = activation.ActivationEvent(claim_made=activation.ClaimMade(claim=claim))
        elif command.HasField("reduce_claim"):
            event = self.cut(command.reduce_claim.claim_id, command.reduce_claim.left_w)
        if event is not None:
            self.input(ACTIVATION_LIFE, command.area_id, event)

    def claim(self, command: activation.ActivationCommand) -> activation.Claim:
        wish = command.claim
        count = (wish.window.end_s - wish.window.start_s) // 900
        share = activation.Share(unit_id="unit", quantities_w=[wish.quantity_w] * count)
        return activation.Claim(
            claim_id=f"claim/{wish.claim_id}", area_id=command.area_id, party=BSP, window=wish.window, shares=[share]
        )

    def cut(self, claim_id: str, left_w: int) -> activation.ActivationEvent:
        claim = self.claims[claim_id]
        shares = [
            activation.Share(unit_id=s.unit_id, quantities_w=[min(w, left_w) for w in s.quantities_w])
            for s in claim.shares
        ]
        reduced = activation.ClaimReduced(
            area_id=claim.area_id, claim_id=claim.claim_id, shares=shares, reason="override"
        )
        return activation.ActivationEvent(claim_reduced=reduced)

    def _book(self, order: book.OrderCommand) -> None:
        asked = order.WhichOneof("body") or ""
        name = getattr(order, asked).reservation_id
        rejection = {"reserve": self.deny_room, "confirm": self.deny_confirm}.get(asked, lambda _: None)(
            getattr(order, asked)
        )
        if rejection is not None:
            denied = book.HeadroomDenied(
                reservation_id=name, party=HOLDER, area_id=order.area_id, asked=asked, rejection=rejection
            )
            event = book.OrderEvent(headroom_denied=denied)
        elif asked == "reserve":
            self.rooms[name] = order.reserve
            event = book.OrderEvent(reserved=book.HeadroomReserved(reservation=order.reserve, party=HOLDER))
        elif asked == "confirm":
            filled = book.HeadroomFilled(
                reservation_id=name, party=HOLDER, area_id=order.area_id, dnut_micro_euro=self.confirmed_micro_euro
            )
            event = book.OrderEvent(headroom_filled=filled)
        else:
            self.rooms.pop(name, None)
            settled = book.HeadroomSettled(reservation_id=name, party=HOLDER, area_id=order.area_id, reason="released")
            event = book.OrderEvent(headroom_settled=settled)
        self.input(BOOK_HEADROOM, order.area_id, event)

    def _effects(self) -> bool:
        intents = self.drive.intents[self._performed :]
        self._performed += len(intents)
        for intent in intents:
            self.perform(intent)
        for document in self.outbox():
            self.sent.append(document)
            if self.receipts and hasattr(document, "revision_number"):
                self._count += 1
                stamp = Stamp(f"receipt-{self._count}", self.drive.at_ms // 1000)
                self.post_bytes(self.codec.write(acknowledge(document, stamp)))
        return bool(intents)

    def perform(self, intent: Intent) -> None:
        (effect,) = self.service.effects
        outcome = effect.perform(intent)
        assert outcome is not None
        self.command(outcome)

    def _mail(self) -> bool:
        commands = [command for source in self.service.sources for command in source.poll()]
        for command in commands:
            self.command(command)
            for source in self.service.sources:
                source.taken(command)
        return bool(commands)

    def command(self, command: OutgoingCommand) -> None:
        self.drive.command(command.topic, command.body, command.party, command.command_id)


def series(bid: pb.Bid, watts: int, start_s: int, end_s: int) -> ActivationSeries:
    """Return one series of an order."""
    point = ActivationPoint(position=1, quantity=megawatts(watts))
    period = ActivationPeriod(
        time_interval=interval(start_s, end_s), resolution=duration_text(end_s - start_s), points=(point,)
    )
    return ActivationSeries(
        mrid=bid.bid_id, provider=PARTIES.bidder, business_type=codes.MFRR_ENERGY,
        acquiring_domain=PARTIES.market_area, connecting_domain=CodedId(value=ZONE, coding_scheme="A01"),
        unit="MAW", flow_direction="A01" if bid.direction == pb.DIRECTION_UP else "A02", status="A10",
        periods=(period,),
    )  # fmt: skip
