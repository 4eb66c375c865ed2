"""A process with the gateway on the embedded engine in stepped mode, between a scripted village and a platform.

python mfrr_process.py FOLDER URL     runs to the end, from wherever an earlier process was killed
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from gateway_builders import PARTIES, START_S, ZONE
from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_ancillary_gateway.config import Config
from flexbourse_ancillary_gateway.service import build
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.engine import EngineOptions
from flexbourse_log.port import AdoptedRecord, Command, CommandPort, Decision, Intent, OutgoingCommand, Output, Service
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ANCILLARY_COMMAND, BOOK_HEADROOM, REGISTRY_ENTITY
from flexbourse_runtime.serve import end_process
from flexbourse_testkit.killed_process import LOG, steps_left, tell

AREA, BSP, HOLDER = "village", "flex-bsp", "service:ancillary-gateway"
GATE_S = START_S - 2_700
CLAIMED_S = GATE_S - 1_200
UNITS_W = (1_000_000, 600_000, 400_000)
STEP_TIMEOUT_S = 90.0
OFFERED, MARKED = 1, 3
TIMES_S = (
    *range(CLAIMED_S - 80, CLAIMED_S + 180, 20), GATE_S + 10, *range(START_S - 740, START_S - 580, 20),
    *range(START_S - 450, START_S - 310, 20), *range(START_S + 10, START_S + 70, 20),
    *range(START_S + 980, START_S + 1_060, 20),
)  # fmt: skip
STEPS = len(TIMES_S)


class Scripted:
    """A program without a wish of its own: it says at a step what its script has, and answers the gateway."""

    def __init__(self) -> None:
        self._step = 0
        self.state: dict[str, int] = {}

    def on_command(self, _command: Command) -> Decision:
        return Decision([], [])

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        events = list(self.answers(record.message)) if record.message is not None else []
        for event in events:
            self.evolve(event)
        return events

    def answers(self, _message: Message) -> Iterable[Message]:
        return ()

    def said_at(self, _step: int) -> Sequence[Message]:
        return ()

    def evolve(self, _event: Message) -> None:
        """Change the state by an event."""

    def on_time(self, _at_ms: int, step: int) -> Sequence[Message]:
        self._step = step
        return self.said_at(step)

    def next_timer_ms(self) -> int | None:
        return None

    def fold(self, event: Message | AdoptedRecord) -> None:
        if isinstance(event, log_pb2.TimeAdvanced):
            self._step = event.step
        elif not isinstance(event, AdoptedRecord):
            self.evolve(event)

    def project(self, _event: Message) -> Iterable[Output]:
        return ()

    def intents(self, _event: Message) -> Iterable[Intent]:
        return ()

    def settled_intents(self, _event: Message) -> Iterable[str]:
        return ()

    def snapshot(self) -> bytes:
        return json.dumps([self._step, sorted(self.state.items())]).encode()

    def restore(self, snapshot: bytes) -> None:
        self._step, state = json.loads(snapshot)
        self.state = dict(state)


class Register(Scripted):
    """A registry that knows the units."""

    def said_at(self, step: int) -> Sequence[Message]:
        units = [registry.Unit(unit_id=f"u{number}") for number in range(len(UNITS_W))] if step == OFFERED else []
        return [registry.EntityRegistered(entity=registry.Entity(unit=unit), version=1) for unit in units]

    def project(self, event: Message) -> Iterable[Output]:
        assert isinstance(event, registry.EntityRegistered)
        state = registry.EntityState(entity=event.entity, version=1)
        yield Output(REGISTRY_ENTITY, f"unit/{event.entity.unit.unit_id}", state)


class HoldingBook(Scripted):
    """A book that holds all headroom: the W that it holds by name, and what it has accepted."""

    def answers(self, message: Message) -> Iterable[Message]:
        if not isinstance(message, book.HeadroomInstruction):
            return
        order = message.order
        what = order.WhichOneof("body") or ""
        name = getattr(order, what).reservation_id
        if what == "reserve":
            yield book.OrderEvent(reserved=book.HeadroomReserved(reservation=order.reserve, party=HOLDER))
        elif name in self.state and what == "confirm":
            left_w = self.state[name] - sum(change.p_w for change in order.confirm.changes)
            left = [book.NodeChange(node_id="n", p_w=left_w)]
            filled = book.HeadroomFilled(reservation_id=name, party=HOLDER, area_id=AREA, left=left)
            yield book.OrderEvent(headroom_filled=filled)
        elif name in self.state:
            settled = book.HeadroomSettled(reservation_id=name, party=HOLDER, area_id=AREA, reason="released")
            yield book.OrderEvent(headroom_settled=settled)

    def evolve(self, event: Message) -> None:
        assert isinstance(event, book.OrderEvent)
        if event.HasField("reserved"):
            wish = event.reserved.reservation
            self.state[wish.reservation_id] = sum(change.p_w for change in wish.changes)
        elif event.HasField("headroom_filled"):
            filled = event.headroom_filled
            left_w = sum(change.p_w for change in filled.left)
            accepted_w = self.state.get("accepted", 0) + self.state[filled.reservation_id] - left_w
            self.state["accepted"] = accepted_w
            self.state[filled.reservation_id] = left_w
        else:
            del self.state[event.headroom_settled.reservation_id]

    def project(self, event: Message) -> Iterable[Output]:
        yield Output(BOOK_HEADROOM, AREA, event)


class ClaimingActivation(Scripted):
    """An activation that claims all that is asked: by claim and by activation what was asked of it."""

    def said_at(self, step: int) -> Sequence[Message]:
        return [placed(number, watts) for number, watts in enumerate(UNITS_W)] if step == OFFERED else []

    def answers(self, message: Message) -> Iterable[Message]:
        if not isinstance(message, activation.GatewayInstruction):
            return
        command = message.command
        if command.HasField("claim"):
            wish = command.claim
            share = activation.Share(unit_id="u", quantities_w=[wish.quantity_w])
            claim = activation.Claim(
                claim_id=f"claim/{wish.claim_id}", area_id=AREA, party=BSP, window=wish.window, shares=[share]
            )
            yield activation.ActivationEvent(claim_made=activation.ClaimMade(claim=claim))
        elif command.HasField("activate"):
            wish_of = command.activate
            share = activation.Share(unit_id="u", quantities_w=[wish_of.quantity_w])
            own = activation.Activation(
                activation_id=wish_of.activation_id, area_id=AREA, party=BSP, window=wish_of.window, shares=[share]
            )
            yield activation.ActivationEvent(requested=activation.ActivationRequested(activation=own))

    def evolve(self, event: Message) -> None:
        assert isinstance(event, activation.ActivationEvent)
        if event.HasField("claim_made"):
            claim = event.claim_made.claim
            assert claim.claim_id not in self.state, "a claim was doubled"
            self.state[claim.claim_id] = claim.shares[0].quantities_w[0]
        elif event.HasField("requested"):
            own = event.requested.activation
            assert own.activation_id not in self.state, "an activation was doubled"
            self.state[own.activation_id] = own.shares[0].quantities_w[0]

    def project(self, event: Message) -> Iterable[Output]:
        yield Output(ACTIVATION_LIFE, AREA, event)


def placed(number: int, watts: int) -> activation.ActivationEvent:
    """Return an offer of one unit in the one quarter-hour."""
    window = activation.Window(start_s=START_S, end_s=START_S + 900, mtu_length_s=900)
    terms = activation.OfferTerms(
        offer_id=f"u{number}", unit_id=f"u{number}", quantity_w=watts, direction=activation.DIRECTION_UP, window=window
    )
    member = activation.Member(unit_id=f"u{number}", node_id=f"n{number}", span_w=watts)
    offer = activation.Offer(terms=terms, party="agr", members=[member])
    return activation.ActivationEvent(offer_placed=activation.OfferPlaced(area_id=AREA, offer=offer))


def mark(number: int) -> OutgoingCommand:
    """Return the command that lets an offer go to the platform."""
    terms = pb.MarkTerms(area_id=AREA, offer_id=f"u{number}", price_ticks=3_000 + number, product=pb.PRODUCT_SCHEDULED)
    return OutgoingCommand(
        topic=ANCILLARY_COMMAND, shard=0, command_id=f"mark-{number}", party="agr",
        body=pb.AncillaryCommand(mark=terms), expires_at_ms=(TIMES_S[0] + 3_600) * 1000,
    )  # fmt: skip


async def mark_all(port: CommandPort) -> None:
    """Let all offers go to the platform."""
    for number in range(len(UNITS_W)):
        await port.append(mark(number))


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    held, claimed = HoldingBook(), ClaimingActivation()
    config = Config(
        data_dir=folder, stepped=True, platform_url=url, party=BSP, bidder=PARTIES.bidder.value, bidder_scheme="A10",
        tso=PARTIES.operator.value, control_area=PARTIES.control_area.value, market_area=PARTIES.market_area.value,
        zone=ZONE, rules="QH-45",
    )  # fmt: skip
    services = [
        Service("registry", lambda _: Register()),
        Service("orderbook", lambda _: held),
        Service("activation", lambda _: claimed),
        build(config),
    ]
    engine = EmbeddedEngine(services, EngineOptions(crashed=end_process, stepped=True), folder / LOG)
    engine.start()
    for step in steps_left(engine, STEPS):
        if step == MARKED:
            asyncio.run(mark_all(engine.commands("ancillary-gateway")))
        engine.step(step, TIMES_S[step - 1] * 1000, STEP_TIMEOUT_S)
    found: dict[str, Any] = {"held": held.state, "claimed": claimed.state}
    engine.stop()
    tell(found)


if __name__ == "__main__":
    main()
