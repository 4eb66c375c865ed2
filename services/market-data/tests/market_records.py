"""Records as the order book and the traffic light write them, and the feeders that they make."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.model import Branch, NetworkModel, Node

AREA = "village"
NOON_S = 1_780_000_200 - 1_780_000_200 % 900
DAY_S = 86_400


def mtu(start_s: int = NOON_S) -> common_pb2.Mtu:
    """Return a quarter of an hour."""
    return common_pb2.Mtu(start_s=start_s, length_s=900)


def two_nodes() -> Message:
    """Return a topology of the nodes n1 and n2, in zones of their own."""
    nodes = tuple(Node(n, n, z, 0.4, 900_000, 1_100_000, aliases=(n,)) for n, z in (("n1", "za"), ("n2", "zb")))
    line = Branch(
        id="l", name="l", kind="line", zone="za", from_node="n1", to_node="n2", r_pu=0.01, x_pu=0.01, g_pu=0.0,
        b_pu=0.0, tap_ratio=1.0, tap_shift_rad=0.0, rating_from_ka=0.1, rating_to_ka=0.1,
    )  # fmt: skip
    model = NetworkModel("two", 0.1, "n1", 1.0, 0.0, nodes, (line,)).to_bytes()
    return grid.TopologyState(area_id=AREA, version=7, model=model)


def lit(zone: str, colour: int, start_s: int = NOON_S, area: str = AREA, headroom: tuple[int, int] = (0, 0)) -> Message:
    """Return a light."""
    return light.LightState(
        area_id=area, zone_id=zone, mtu=mtu(start_s), light=colour, since_ms=7, headroom_up_w=headroom[0],
        headroom_down_w=headroom[1],
    )  # fmt: skip


def trade(seller: str, buyer: str, quantity_w: int, start_s: int = NOON_S, area: str = AREA) -> Message:
    """Return a trade between two feeders; an empty one is the substation's or an operator's."""
    return book.OrderEvent(
        trade=book.TradeExecuted(
            area_id=area, mtu=mtu(start_s), quantity_w=quantity_w, seller=book.MatchSide(feeder_id=seller),
            buyer=book.MatchSide(feeder_id=buyer),
        )
    )  # fmt: skip
