"""A world whose books go through phases: before the opening at 19:00:30Z, in a call if asked for, until the gate."""

from __future__ import annotations

from typing import Any

from book_world import AREA, NOON, World, mtu_message

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_orderbook.domain.phases.table import Phase

OPERATOR = "operator-1"
OPENS_MS = 1_780_254_030_000  # 2026-05-31T19:00:30Z
# 30 s after the world's clock begins, and half an hour in which orders may enter before.
PHASED = {"opens_before_day_s": 7_170, "pre_open_s": 1_800}


def phased(**changes: object) -> World:
    """Return a world before the opening of its books."""
    return World(market_changes=PHASED | changes).ready()


def at(world: World, ms_after_opening: int) -> World:
    """Let time come to so long after the opening."""
    world.tick(OPENS_MS + ms_after_opening - world.clock_ms)
    return world


def phase(world: World, market_id: str = "energy", start_s: int = NOON) -> Phase:
    own = world.program_period(start_s).phases.get(market_id)
    return Phase.UNSPECIFIED if own is None else own.phase


def changes(world: World, market_id: str = "energy", start_s: int = NOON) -> list[tuple[str, str, str]]:
    """Return the changes of phase of one book as names of phases and causes."""
    return [
        (pb.Phase.Name(e.before)[6:], pb.Phase.Name(e.after)[6:], pb.PhaseCause.Name(e.cause)[12:])
        for e in world.events("phase_changed")
        if e.market_id == market_id and e.mtu.start_s == start_s
    ]


def operate(world: World, party: str = OPERATOR, **body: Any) -> list[str]:
    """Let an operator act; returns the codes of what was refused, empty texts for what was done."""
    results = world.command(pb.OrderCommand(area_id=AREA, **body), party)
    return [result.rejection.code if result.HasField("rejection") else "" for result in results]


def halt(market_id: str = "energy", start_s: int = NOON, **changes: Any) -> pb.HaltBooks:
    mtu = {"mtu": mtu_message(start_s)} if start_s else {}
    return pb.HaltBooks(**{"market_id": market_id, "reason": "because", **mtu, **changes})


def resume(market_id: str = "energy", start_s: int = NOON) -> pb.ResumeBooks:
    mtu = {"mtu": mtu_message(start_s)} if start_s else {}
    return pb.ResumeBooks(market_id=market_id, reason="it is over", **mtu)


def with_operator(world: World) -> World:
    """Register the market's operator."""
    roles = [registry.ROLE_MARKET_OPERATOR]
    world.entity(
        "participant", OPERATOR, registry.Participant(participant_id=OPERATOR, name="o", roles=roles, active=True)
    )
    return world
