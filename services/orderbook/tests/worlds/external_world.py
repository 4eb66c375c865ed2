"""What a service says of headroom in the small world: reserve, confirm, give up, each at the next time record."""

from __future__ import annotations

from book_world import AREA, NOON, World, mtu_message

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_messages.catalogue import WHOLESALE_HEADROOM

HOLDER = "service:wholesale-gateway"


def say(world: World, topic: str = WHOLESALE_HEADROOM, **body: object) -> None:
    """Let a service say what it does with headroom."""
    tell(world, topic, **body)
    world.tick()  # a feedback input waits for the next time record


def tell(world: World, topic: str = WHOLESALE_HEADROOM, **body: object) -> None:
    """Let it say so without time passing yet."""
    order = pb.OrderCommand(area_id=AREA, **body)  # type: ignore[arg-type]
    world.drive.input(topic, AREA, pb.HeadroomInstruction(order=order))


def changes(**kilowatts: float) -> list[pb.NodeChange]:
    return [pb.NodeChange(node_id=node, p_w=round(kw * 1000)) for node, kw in kilowatts.items()]


def wish(world: World, name: str, *, any_fill: bool = True, **kilowatts: float) -> pb.ReserveHeadroom:
    return pb.ReserveHeadroom(
        reservation_id=name, area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 600_000,
        changes=changes(**kilowatts), any_fill=any_fill,
    )  # fmt: skip


def rest_outside(world: World, name: str, *, any_fill: bool = True, **kilowatts: float) -> None:
    """Let a service hold headroom for an order that rests elsewhere."""
    say(world, reserve=wish(world, name, any_fill=any_fill, **kilowatts))
    assert world.events("reserved")[-1].reservation.reservation_id == name


def withdraw(world: World, name: str, **kilowatts: float) -> None:
    """Let it give headroom up, all of it or a part."""
    say(world, release=pb.ReleaseHeadroom(reservation_id=name, changes=changes(**kilowatts)))
