"""A world with a market of network capacity beside its books, and tables of what was asked and allocated."""

from __future__ import annotations

from book_world import AREA, DAY_S, FLAT, NOON, World, market, mtu_message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry

CAPACITY = "capacity"
CONSUMES, INJECTS = pb.CAPACITY_USE_CONSUMPTION, pb.CAPACITY_USE_INJECTION
BID, ONE_PRICE = registry.CAPACITY_RULE_PREMIUM_AS_BID, registry.CAPACITY_RULE_PREMIUM_ONE_PRICE
FIRST, HIGHEST = registry.CAPACITY_RULE_FIRST_COME, registry.CAPACITY_RULE_HIGHEST_DEMAND
CALL_MS = (DAY_S - 3 * 3600 - 7_200) * 1000  # two hours before the local day begins: 19:00Z
FREEZE_MS, CLEAR_MS = CALL_MS + 600_000, CALL_MS + 900_000
H_2_MS = (NOON - 7_200) * 1000


def of_the_day(rule: int, **changes: object) -> World:
    """Return a world whose auction of the day was just called; books close an hour before delivery."""
    world = World(parameters=FLAT, market_changes={"gate_closure_s": 3_600})
    terms = {
        "opens_before_day_s": 7_200, "call_s": 600, "freeze_s": 300, "use_or_lose_s": 7_200, "capacity_rule": rule,
        "min_price_ticks": 0,
    }  # fmt: skip
    world.entity("market", CAPACITY, market(CAPACITY, registry.ALGORITHM_NETWORK_CAPACITY, **terms | changes))
    return world.ready()


def until(world: World, at_ms: int) -> World:
    """Let time come to an instant."""
    world.tick(at_ms - world.clock_ms)
    return world


def ask(
    world: World, unit: str, kw: int, euro: int = 0, *, least_kw: int = 0, use: int = CONSUMES,
    starts: tuple[int, ...] = (NOON,), party: str = "", market_id: str = CAPACITY,
) -> common_pb2.Result:  # fmt: skip
    """Ask for kW at EUR/MWh."""
    world.orders += 1
    wish = pb.RequestCapacity(
        client_request_id=f"c{world.orders}", market_id=market_id, unit_id=unit, use=use, quantity_w=kw * 1_000,
        mtus=[mtu_message(start) for start in starts], minimum_w=least_kw * 1_000, price_ticks=euro * 100,
    )  # fmt: skip
    command = pb.OrderCommand(area_id=AREA, request_capacity=wish)
    return world.command(command, party or world.party_of(unit))[0]


def declare(world: World, request_id: str, kw: int, party: str, start_s: int = NOON) -> str:
    """Declare use; returns the code of a refusal, or nothing."""
    wish = pb.DeclareCapacityUse(request_id=request_id, mtu=mtu_message(start_s), quantity_w=kw * 1_000)
    return world.command(pb.OrderCommand(area_id=AREA, declare_capacity_use=wish), party)[0].rejection.code


def withdraw(world: World, request_id: str, party: str) -> str:
    """Take a request back; returns the code of a refusal, or nothing."""
    wish = pb.WithdrawCapacity(request_id=request_id)
    return world.command(pb.OrderCommand(area_id=AREA, withdraw_capacity=wish), party)[0].rejection.code


def allocated(world: World) -> dict[str, int]:
    """Return W by unit, of all requests that were cleared."""
    return {event.request.unit_id: event.quantity_w for event in world.events("capacity_allocated")}


def paid(world: World) -> dict[str, int]:
    """Return micro-euro by unit, of all requests that were cleared."""
    return {
        event.request.unit_id: sum(payment.amount_micro_euro for payment in event.payments)
        for event in world.events("capacity_allocated")
    }


def phases(world: World) -> list[str]:
    """Return the phases that auctions came into."""
    return [
        pb.CapacityPhase.Name(event.phase).removeprefix("CAPACITY_PHASE_") for event in world.events("capacity_phase")
    ]


def non_firm(world: World, home: str, injection_w: int, consumption_w: int) -> None:
    """Make the connection of a home's battery firm up to bounds only."""
    point = registry.MeteringPoint(
        metering_point_id=f"mp-battery-{home}", area_id=AREA, node_id=home, owner_id=f"owner-{home}", brp_id="brp-1",
        active=True, non_firm=True, firm_injection_w=injection_w, firm_consumption_w=consumption_w,
    )  # fmt: skip
    world.entity("metering_point", point.metering_point_id, point)
