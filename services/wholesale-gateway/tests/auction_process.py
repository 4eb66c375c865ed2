"""A process with the gateway on the embedded engine in stepped mode, from day-ahead offers to a corrected award.

python auction_process.py FOLDER URL     runs to the end, from wherever an earlier process was killed
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from gateway_process import HoldingBook, ScriptedRegistry
from gateway_world import AREA
from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.engine import CommandPort, EngineOptions
from flexbourse_log.port import OutgoingCommand, Output, Service
from flexbourse_messages.catalogue import REGISTRY_ENTITY, WHOLESALE_COMMAND
from flexbourse_runtime.serve import end_process
from flexbourse_testkit.killed_process import LOG, steps_left, tell
from flexbourse_wholesale_gateway.config import Config
from flexbourse_wholesale_gateway.service import build

START_S = 1_768_464_000  # 2026-01-15T08:00Z, 9:00 in Bratislava
ENTRY_ENDS_S = START_S + 9_000  # 11:30
NOON_S = START_S + 27 * 3600
QUARTERS = 4  # of the block
OFFER_STEP = 2
TIMES_S = (
    *(START_S + 60 * place for place in (1, 2, 3)),
    *(ENTRY_ENDS_S + 20 * place for place in range(8)),  # headroom, submission, and time to send it again
    *(ENTRY_ENDS_S + second for second in (3_660, 3_720, 4_080)),  # the preliminary result
    *(ENTRY_ENDS_S + second for second in (5_460, 5_520, 5_880)),  # the final one
    *(ENTRY_ENDS_S + second for second in (7_740, 7_800, 7_860, 9_660, 9_720)),  # and its correction
)
CORRECTION_STEP = TIMES_S.index(ENTRY_ENDS_S + 7_740) + 1
STEP_TIMEOUT_S = 90.0
Kinds = dict[str, Any]


def entities() -> list[Kinds]:
    """Return what admits three units to the auction."""
    found: list[Kinds] = [{"area": registry.GridArea(area_id=AREA, dso_id="dso")}]
    for number in range(3):
        point = registry.MeteringPoint(metering_point_id=f"mp{number}", area_id=AREA, node_id=f"n{number}", active=True)
        unit = registry.Unit(
            unit_id=f"u{number}", feeder_id="f", metering_point_id=f"mp{number}", controllable=True, active=True,
            max_power_w=300_000, operator_id="agr",
        )  # fmt: skip
        right = registry.RightToOffer(right_id=f"r{number}", unit_id=f"u{number}", holder_id="agr", valid_to_s=10**10)
        found += [{"metering_point": point}, {"unit": unit}, {"right": right}]
    return found


class AuctionRegistry(ScriptedRegistry):
    """Says in the first step who may offer."""

    def on_time(self, _at_ms: int, step: int) -> Sequence[Message]:
        self._step = step
        own = [registry.EntityRegistered(entity=registry.Entity(**kind), version=1) for kind in entities()]
        return own if step == 1 else []

    def project(self, event: Message) -> Iterable[Output]:
        assert isinstance(event, registry.EntityRegistered)
        kind = event.entity.WhichOneof("kind") or ""
        name = next(value for _, value in getattr(event.entity, kind).ListFields())
        state = registry.EntityState(entity=event.entity, version=1)
        yield Output(REGISTRY_ENTITY, f"{kind}/{name}", state)


class AuctionBook(HoldingBook):
    """Holds all headroom; no book closes meanwhile."""

    def on_time(self, _at_ms: int, step: int) -> Sequence[Message]:
        self._step = step
        return []


def offers() -> pb.WholesaleCommand:
    """Return a lot at noon, and a block of two lots from noon on that may be cut."""

    def sale(number: int, watts: int, ticks: int, **more: int) -> pb.DayAheadOffer:
        mtu = common_pb2.Mtu(start_s=NOON_S, length_s=900)
        return pb.DayAheadOffer(
            offer_id=f"of{number}", unit_id=f"u{number}", side=book.SIDE_SELL, quantity_w=watts, mtu=mtu,
            limit_ticks=ticks, **more,
        )  # fmt: skip

    block = {"mtu_count": QUARTERS, "least_permille": 100}
    own = [sale(0, 100_000, 2_000), sale(1, 150_000, 2_500, **block), sale(2, 50_000, 2_500, **block)]
    return pb.WholesaleCommand(offer_day_ahead=pb.OfferDayAhead(offers=own))


async def offer_all(port: CommandPort) -> None:
    """Send the offers; sent again they are the same command."""
    command = OutgoingCommand(
        topic=WHOLESALE_COMMAND, shard=0, command_id="offers", party="agr", body=offers(),
        expires_at_ms=TIMES_S[-1] * 1000,
    )  # fmt: skip
    await port.append(command)


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text("a")
    held = AuctionBook()
    config = Config(
        data_dir=folder, stepped=True, exchange_url=url, exchange_user="ann",
        exchange_password_file=folder / "password",
    )  # fmt: skip
    services = [Service("registry", lambda _: AuctionRegistry()), Service("orderbook", lambda _: held), build(config)]
    engine = EmbeddedEngine(services, EngineOptions(crashed=end_process, stepped=True), folder / LOG)
    engine.start()
    for step in steps_left(engine, len(TIMES_S)):
        if step == OFFER_STEP:
            asyncio.run(offer_all(engine.commands("wholesale-gateway")))
        engine.step(step, TIMES_S[step - 1] * 1000, STEP_TIMEOUT_S)
    found: Kinds = {"held": held.held, "accepted_w": held.accepted_w}
    engine.stop()
    tell(found)


if __name__ == "__main__":
    main()
