"""The mFRR platform beside the simulated platform: the simulator itself, its clock driven, and the mail between.

The gateway writes and reads real documents through its own effect and inbox. Mail may be lost, late or come again; the
simulator misbehaves by its own faults: no receipts, refusals, orders twice, stale documents, silence.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from balancing_checkers import balancing_events
from faults import Faults
from hosts import Host
from platform_calls import calls, time_text

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.external.v1 import external_pb2
from flexbourse_ancillary_gateway.adapters.inbox import Inbox
from flexbourse_ancillary_gateway.adapters.mailbox import Arrived
from flexbourse_ancillary_gateway.config import Config
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.drafting import Drafter
from flexbourse_ancillary_gateway.effects import SendEffect
from flexbourse_ancillary_gateway.processor import AncillaryProgram
from flexbourse_ancillary_gateway.service import connection_of
from flexbourse_core.errors import TransientError
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_messages.catalogue import ANCILLARY_RESULT
from flexbourse_mfrr_simulator.clock import DrivenClock
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.domain.orders import ACTIVATED, REDISPATCH, OrderState
from flexbourse_mfrr_simulator.scenario import make_scenario
from flexbourse_mfrr_simulator.simulator import Simulator, counted_ids

BSP, BIDDER, TSO, ZONE = "bsp", "9999909919920", "10X1001A1001A38Y", "10YNO-2--------T"
CONFIG = Config(
    platform_url="https://platform.example", party=BSP, bidder=BIDDER, bidder_scheme="A10", tso=TSO, zone=ZONE,
    control_area="10YNO-0--------C", market_area="10Y1001A1001A91G", dso="10X1001A1001A264", rules="QH-45",
)  # fmt: skip
CODEC = DocumentCodec()  # knows nothing but the kinds of documents
STALE = pb.DROP_REASON_STALE
ROUNDED_WS = 900  # at most, of one bid: results are whole W of a quarter-hour
MISBEHAVIOUR = ("no-ack", "late-ack", "negative-ack", "duplicate-order", "stale-document", "missing-heartbeat")
LASTS_S, LATE_ACK_S = 600, 20
NEEDED_MW = range(1, 4)


def gateway() -> AncillaryProgram:
    """Return the gateway's program."""
    return AncillaryProgram(connection_of(CONFIG), CONFIG.claiming_party, CONFIG.venue)


class Letters:
    """What could not be read or sent; nothing of it may be lost, and nobody has to look."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def look(self) -> None:
        """Look how many there are."""

    def put(self, _content: bytes, reason: str) -> Path:
        """Keep why a message is a dead letter."""
        self.kept.append(reason)
        return Path(f"letter-{len(self.kept)}")


class Mail:
    """Both ways between the gateway and the platform; at least once, in whatever order."""

    def __init__(self, simulator: Simulator, draw: Random, faults: Faults) -> None:
        self._simulator, self._draw, self._faults = simulator, draw, faults

    def send(self, name: str, content: bytes) -> None:
        """Hand a document over; whoever hears that it failed cannot know whether it arrived."""
        if self._faults.strikes("document lost"):
            raise TransientError("the line is cut")
        self._simulator.submit(BIDDER, content, name)
        if self._faults.strikes("receipt of a document lost"):
            raise TransientError("the line was cut")

    def collect(self) -> list[Arrived]:
        """Return what waits, but for what is late; out of order."""
        found = [message for message in self.waiting() if not self._faults.strikes("document late")]
        return [Arrived(message.id, message.data) for message in found]

    def confirm(self, message_id: str) -> None:
        """Take a message out, unless that is not heard: then it comes again."""
        if self._faults.strikes("document repeated"):
            raise TransientError("the line was cut")
        self._simulator.mailbox.confirm(BIDDER, message_id)

    def waiting(self) -> Iterator[Any]:
        """Yield the messages that wait for the gateway, oldest first."""
        message = self._simulator.mailbox.next(BIDDER)
        while message is not None:
            yield message
            message = self._simulator.mailbox.next(BIDDER, message.id)


class PlatformNeighbour:
    """The mFRR platform, and the process of the gateway that is connected: another owner is another process."""

    context = "ancillary-gateway"

    def __init__(
        self, draw: Random, faults: Faults, first_s: int, mtus: int, *, needs_mw: range = NEEDED_MW,
        calls_at_once: bool = False,
    ) -> None:  # fmt: skip
        """Let it need power in so many quarter-hours from a second on, as the seed draws.

        `calls_at_once`: its operators also activate directly, and call for redispatch.
        """
        self._draw, self._faults, self._first_s, self._calls_at_once = draw, faults, first_s, calls_at_once
        self._needs = [(first_s + 900 * place, draw.choice(needs_mw)) for place in range(mtus)]
        self._simulator: Simulator | None = None
        self._epoch = 0
        self.letters = Letters()

    def perform(self, intent: Intent, host: Host) -> OutgoingCommand:  # noqa: ARG002 - as others
        """Send a document."""
        drafter = Drafter(CONFIG.parties(), CODEC, CONFIG.resource)
        return SendEffect(self._mail, drafter, self.letters).perform(intent)  # type: ignore[arg-type]

    def turn(self, host: Host, now_ms: int) -> Iterator[OutgoingCommand]:
        """Let the platform go on; yield what its mail makes the gateway tell itself."""
        if self._simulator is None:
            self._begin(now_ms // 1000)
        assert self._simulator is not None
        self._simulator.command("advance", {"seconds": max(0, now_ms // 1000 - self._simulator.clock.now())})
        if self._faults.strikes("platform misbehaves"):
            self._misbehave(now_ms // 1000)
        if host.epoch != self._epoch:
            self._epoch = host.epoch
            self._inbox = Inbox(self._mail, CODEC, self.letters, BIDDER)  # type: ignore[arg-type]
        try:
            for command in self._inbox.poll():
                yield command
                self._inbox.taken(command)
        except TransientError:
            return  # asked again at the next turn

    def _begin(self, now_s: int) -> None:
        needs = "".join(
            f'[[needs]]\nzone = "south"\ndirection = "up"\nquantity = {megawatts}\nfrom = {time_text(at_s)}\n'
            f"to = {time_text(at_s + 900)}\n"
            for at_s, megawatts in self._needs
            if megawatts
        )
        if self._calls_at_once:
            needs += calls(self._draw, self._first_s, BIDDER)
        scenario = make_scenario(tomllib.loads(
            f"[simulator]\nstart = {time_text(now_s)}\nseed = {self._draw.getrandbits(30)}\n"
            "[profile]\nheartbeats_s = [720]\n"
            f'[[zones]]\nname = "south"\neic = "{ZONE}"\n[[participants]]\nid = "{BIDDER}"\n{needs}'
        ))  # fmt: skip
        self._simulator = Simulator(scenario, DrivenClock(now_s), Schemas(None), counted_ids(scenario.seed))
        self._mail = Mail(self._simulator, self._draw, self._faults)

    def _misbehave(self, now_s: int) -> None:
        assert self._simulator is not None
        kind = self._draw.choice(MISBEHAVIOUR)
        wish = {"kind": kind, "from": time_text(now_s), "to": time_text(now_s + LASTS_S), "delay_s": LATE_ACK_S}
        self._simulator.command("fault", tomllib.loads("".join(
            f"{key} = {value if key in ('from', 'to', 'delay_s') else repr(value)}\n" for key, value in wish.items()
        )))  # fmt: skip

    @property
    def quiet(self) -> bool:
        """Tell whether no mail waits."""
        return self._simulator is not None and not any(True for _ in self._mail.waiting())

    def problems(self, platform: Any) -> Iterator[str]:
        """Yield dead letters, for either side can read all that the other writes; and where their books differ."""
        yield from (f"letters: {reason}" for reason in self.letters.kept)
        assert self._simulator is not None
        told_ws = _told_ws(platform)
        told = list(balancing_events(platform.log))
        delivered = {body.order_id for name, body in told if name == "delivery_ended"}
        heard = {body.order.order_id: body.order.revision for name, body in told if name == "order_taken"}
        stale = {body.order_id for name, body in told if name == "order_dropped" and body.reason == STALE}
        for order in self._simulator.platform.state.orders.values():
            called_w = sum(1_000 * line.quantity_kw for line in order.lines.values() if line.status == ACTIVATED)
            if order.is_heartbeat or not called_w or order.state is not OrderState.ENDED:
                continue
            wanted_ws = called_w * (order.delivery.end - order.delivery.start)
            if abs(told_ws.get(order.id, 0) - wanted_ws) > ROUNDED_WS * len(order.lines):
                yield f"platform: {order.id} brought it {wanted_ws} Ws, published are {told_ws.get(order.id)}"
            if heard.get(order.id, order.revision) < order.revision and order.id not in stale:
                yield f"platform: {order.id} was to end earlier, and nobody has heard that"
            if order.kind == REDISPATCH and order.id in delivered and not order.noticed:
                yield f"platform: {order.id} was delivered, and nobody has told it"


def _told_ws(platform: Any) -> dict[str, int]:
    """Return the energy of the newest versions of the results of each order."""
    newest = {}
    for record in platform.log.records(ANCILLARY_RESULT):
        found = external_pb2.ExternalResult.FromString(record.value)
        if found.kind != external_pb2.RESULT_KIND_BLOCKED:
            newest[found.result_id] = found
    energy = Counter[str]()
    for name, own in newest.items():
        energy[name.partition("/")[0]] += sum(share.quantity_w for share in own.shares) * own.mtu.length_s
    return energy
