"""A process with settlement on the embedded engine in stepped mode; its neighbours only say what a script gives them.

python settlement_process.py FOLDER     runs to the end, from wherever an earlier process was killed
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from google.protobuf.message import Message
from settlement_market import AREA, MTU, OPERATOR, PARTIES, POINTS, owner_of, party_of
from test_settlement_shard import TRADES, metered

from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_client.client import Client
from flexbourse_client.connection import Endpoints
from flexbourse_client.login import Credentials
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.engine import EngineOptions
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, Service
from flexbourse_messages.catalogue import BOOK_TRADE, REGISTRY_ENTITY
from flexbourse_runtime.config import Secret
from flexbourse_runtime.host import Host, Hosted, Listening
from flexbourse_runtime.http_endpoint import HttpEndpoint
from flexbourse_runtime.identity import TokenVerifier
from flexbourse_runtime.issuer import Issuer
from flexbourse_runtime.serve import end_process
from flexbourse_settlement import match_wire, wire
from flexbourse_settlement.api import servicers
from flexbourse_settlement.config import Config
from flexbourse_settlement.service import build
from flexbourse_settlement.verification import statements_digest

START_MS = 1_767_225_600_000
STEP_MS = 60_000
METERS = "meters"
RUN_ID = "day-1"
STEPS = 14
STEP_TIMEOUT_S = 60.0
REGISTRY_STEP, TRADE_STEP, READING_STEP, COMPLETE_STEP = 1, 2, 3, 4


class Scripted:
    """A neighbour that says what its script gives for each step."""

    def __init__(self, script: Mapping[int, Sequence[Message]]) -> None:
        self._script = script
        self._step = 0

    def on_command(self, _command: Command) -> Decision:
        return Decision([], [])

    def on_input(self, _record: AdoptedRecord) -> Sequence[Message]:
        return ()

    def on_time(self, _at_ms: int, step: int) -> Sequence[Message]:
        self._step = step
        return self._script.get(step, ())

    def next_timer_ms(self) -> int | None:
        return None

    def fold(self, event: Message | AdoptedRecord) -> None:
        if isinstance(event, log_pb2.TimeAdvanced):
            self._step = event.step

    def project(self, event: Message) -> Iterable[Output]:
        if isinstance(event, registry.EntityRegistered):
            kind = str(event.entity.WhichOneof("kind"))
            name = str(getattr(event.entity, kind).ListFields()[0][1])
            yield Output(REGISTRY_ENTITY, f"{kind}/{name}", registry.EntityState(entity=event.entity, version=1))
        elif isinstance(event, book.OrderEvent):
            yield Output(BOOK_TRADE, AREA, event)

    def intents(self, _event: Message) -> Iterable[Intent]:
        return ()

    def settled_intents(self, _event: Message) -> Iterable[str]:
        return ()

    def snapshot(self) -> bytes:
        return str(self._step).encode()

    def restore(self, snapshot: bytes) -> None:
        self._step = int(snapshot)


def registry_script() -> list[Message]:
    roles = {party: [registry.ROLE_AGR] for party in PARTIES}
    roles |= {OPERATOR: [registry.ROLE_DSO], METERS: [registry.ROLE_METER_OPERATOR]}
    entities = [
        registry.Entity(participant=registry.Participant(participant_id=name, roles=of, active=True))
        for name, of in roles.items()
    ]
    for point in POINTS:
        entities.append(
            registry.Entity(
                metering_point=registry.MeteringPoint(
                    metering_point_id=point, area_id=AREA, owner_id=owner_of(point), brp_id=PARTIES[0],
                    imbalance_delegated=True,
                )
            )
        )  # fmt: skip
        entities.append(
            registry.Entity(
                unit=registry.Unit(unit_id=f"u-{point}", metering_point_id=point, operator_id=party_of(point))
            )
        )
    return [registry.EntityRegistered(entity=entity, version=1) for entity in entities]


def book_script() -> list[Message]:
    mtu = wire.MTU.encode(MTU)
    end = sum(match.dnut_micro_euro + match.relief_micro_euro for match in TRADES)
    return [
        book.OrderEvent(opened=book.BookOpened(area_id=AREA, market_id="energy", mtu=mtu)),
        *(
            book.OrderEvent(
                base_frozen=book.BaseFrozen(area_id=AREA, mtu=mtu, metering_point_id=point, base_w=100)
            )
            for point in POINTS
        ),
        *(book.OrderEvent(trade=match_wire.match_to(match)) for match in TRADES),
        book.OrderEvent(
            book_closed=book.BookClosed(
                area_id=AREA, market_id="energy", mtu=mtu, last_trade_sequence=len(TRADES),
                potential_end_micro_euro=end,
            )
        ),
    ]  # fmt: skip


def _scripted(script: Mapping[int, Sequence[Message]], _shard: int) -> Scripted:
    return Scripted(script)


class Process:
    """Engine, gRPC server and clients of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._step = 1
        config = Config(data_dir=folder, stepped=True, key_seed=Secret("process"))
        settlement = build(config)
        scripts = {
            "registry": {REGISTRY_STEP: registry_script()},
            "gridcheck": {},
            "traffic-light": {},
            "orderbook": {TRADE_STEP: book_script()},
        }
        neighbours = [Service(name, partial(_scripted, script)) for name, script in scripts.items()]
        options = EngineOptions(crashed=end_process, stepped=True)
        self.engine = EmbeddedEngine([*neighbours, settlement], options, folder / "log")
        self._issuer = Issuer(folder, "flexbourse")
        self._issuer_endpoint = HttpEndpoint(self._issuer.routes(), "127.0.0.1", 0)
        self._issuer.listen_at(self._issuer_endpoint.address)
        self._issuer_endpoint.start()
        verifier = TokenVerifier(self._issuer, self._issuer.url, "flexbourse")
        self._host = Host(self.engine, [Hosted(settlement, servicers)], verifier, Listening(), "operator")
        self._host.start()

    def client(self, party: str) -> Client:
        endpoints = Endpoints({"*": self._host.grpc_address}, {})
        return Client(endpoints, Credentials.load(self._issuer.enrol(party)), now_ms=self.now_ms)

    def now_ms(self) -> int:
        return START_MS + self._step * STEP_MS

    def run(self) -> None:
        with self.client(METERS) as meters:
            for step in range(self.engine.last_step() + 1, STEPS + 1):
                self._step = step
                if step == READING_STEP:
                    readings = [
                        pb.Reading(metering_point_id=point, mtu=wire.MTU.encode(MTU), mean_w=metered(point))
                        for point in POINTS
                    ]
                    meters.settlement.submit_readings(AREA, readings, command_id="readings-1")
                elif step == COMPLETE_STEP:
                    meters.settlement.complete_readings(AREA, [wire.MTU.encode(MTU)], RUN_ID, command_id="complete-1")
                self.engine.step(step, self.now_ms(), STEP_TIMEOUT_S)

    def step_once(self) -> None:
        self._step = self.engine.last_step() + 1
        self.engine.step(self._step, self.now_ms(), STEP_TIMEOUT_S)

    def stop(self) -> None:
        self._host.stop()
        self._issuer_endpoint.stop()


def main() -> None:
    folder = Path(sys.argv[1])
    process = Process(folder)
    process.run()
    found = {
        "state": process.engine.state_hash("settlement", 0),
        "statements": statements_digest(folder / "statements"),
    }
    process.stop()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
