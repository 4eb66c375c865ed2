"""A small street, two published grids, and a shard of gridcheck around them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.effects import AuditEffect
from flexbourse_gridcheck.processor import GridProgram
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_messages.catalogue import BOOK_OPERATING_POINT, GRID_COMMAND, REGISTRY_ENTITY
from flexbourse_networks.network_import import NetworkImport
from flexbourse_testkit.drive import Drive

AREA = "village"


def node(name: str, zone: str, nominal_kv: float = 0.4) -> Node:
    """Return a node with a band of ten percent."""
    return Node(name, name, zone, nominal_kv, 900_000, 1_100_000, aliases=(name,))


def branch(name: str, kind: str, zone: str, ends: tuple[str, str], *, r_pu: float, x_pu: float) -> Branch:
    """Return a branch rated 0.2 kA at 0.4 kV."""
    from_ka = 0.008 if kind == "trafo" else 0.2
    return Branch(name, name, kind, zone, *ends, r_pu, x_pu, 0.0, 0.0, 1.0, 0.0, from_ka, 0.2)


def street(end: str = "bus-4") -> NetworkModel:
    """Return a transformer, a busbar and two feeders: of two nodes, and of one whose name is given. Base 1 MVA."""
    return NetworkModel(
        name="street",
        base_mva=1.0,
        slack="bus-0",
        slack_voltage_pu=1.0,
        slack_angle_rad=0.0,
        nodes=(
            node("bus-0", "busbar-bus-0", 10.0),
            node("bus-1", "busbar-bus-1"),
            node("bus-2", "feeder-1"),
            node("bus-3", "feeder-1"),
            node(end, "feeder-2"),
        ),
        branches=(
            branch("trafo-0", "trafo", "trafo-0", ("bus-0", "bus-1"), r_pu=0.05, x_pu=0.2),
            branch("line-0", "line", "feeder-1", ("bus-1", "bus-2"), r_pu=0.2, x_pu=0.08),
            branch("line-1", "line", "feeder-1", ("bus-2", "bus-3"), r_pu=0.2, x_pu=0.08),
            branch("line-2", "line", "feeder-2", ("bus-1", end), r_pu=0.3, x_pu=0.12),
        ),
    )


@cache
def published(name: str) -> bytes:
    """Return the model of a grid of pandapower's library, read once per test run."""
    return NetworkImport(None).from_library(name)


class GridShard:
    """A shard with an area, a DSO and a market, and short ways to tell it things."""

    def __init__(self, model: bytes | None = None) -> None:
        self.grids = Grids()
        self.drive = Drive(lambda shard: GridProgram(shard, self.grids.compiled, "operator"), "gridcheck")
        self.auditor = AuditEffect(self.grids.find)
        self.start_s = self.drive.at_ms // 1000 + 40 * 3600
        self.start_s -= self.start_s % 900
        self.sequences: dict[int, int] = {}
        self.model = model if model is not None else street().to_bytes()
        area = registry.GridArea(area_id=AREA, dso_id="dso", time_zone="UTC")
        self.entity("area/village", area=area)
        for name, role in (("dso", registry.ROLE_DSO), ("agr", registry.ROLE_AGR)):
            self.entity(
                f"participant/{name}", participant=registry.Participant(participant_id=name, roles=[role], active=True)
            )

    def entity(self, key: str, **kind: object) -> None:
        """Register something."""
        state = registry.EntityState(entity=registry.Entity(**kind), version=1)  # type: ignore[arg-type]
        self.drive.input(REGISTRY_ENTITY, key, state)

    def market(self, opens_before_day_s: int = 25_200) -> None:
        """Register a market: its books open D-1 17:00 by default."""
        market = registry.Market(
            market_id="local", area_id=AREA, opens_before_day_s=opens_before_day_s,
            price_tick_micro_euro_per_mwh=10_000, active=True,
        )  # fmt: skip
        self.entity("market/local", market=market)

    def mtu(self, period: int) -> common_pb2.Mtu:
        """Return a period by its number."""
        return common_pb2.Mtu(start_s=self.start_s + 900 * period, length_s=900)

    def command(self, party: str = "dso", command_id: str = "", **body: object) -> common_pb2.Result:
        """Have a command decided."""
        message = grid.GridCommand(**body)  # type: ignore[arg-type]
        (result,) = self.drive.command(GRID_COMMAND, message, party, command_id).results
        return result

    def publish(self, model: bytes | None = None, party: str = "dso") -> common_pb2.Result:
        """Publish the shard's own model, or another one."""
        content = self.model if model is None else model
        return self.command(party, publish_topology=grid.PublishTopology(area_id=AREA, model=content))

    def forecast(
        self, periods: Mapping[int, Mapping[str, int]], spread_w: int = 0, party: str = "dso", source: int = 0
    ) -> common_pb2.Result:
        """Submit medians per period and node, with quantiles at a distance to both sides."""
        wanted = [
            grid.PeriodForecast(
                mtu=self.mtu(period),
                nodes=[
                    grid.NodeForecast(
                        node_id=name,
                        p50_w=p_w,
                        q50_var=0,
                        p95_consumption_w=p_w - spread_w,
                        p95_injection_w=p_w + spread_w,
                    )
                    for name, p_w in nodes.items()
                ],
            )
            for period, nodes in periods.items()
        ]
        body = grid.SubmitForecast(area_id=AREA, periods=wanted, source=source)  # type: ignore[arg-type]
        return self.command(party, submit_forecast=body)

    def accept(self, period: int, accepted: Mapping[str, int], version: int = 0) -> None:
        """Have the book say what it accepted, absolute per node."""
        start = self.mtu(period).start_s
        self.sequences[start] = self.sequences.get(start, 0) + 1
        message = book.OperatingPointChanged(
            area_id=AREA, mtu=self.mtu(period), sequence=self.sequences[start], base_case_version=version,
            accepted=[book.NodeChange(node_id=name, p_w=p_w) for name, p_w in accepted.items()],
        )  # fmt: skip
        self.drive.input(BOOK_OPERATING_POINT, f"{AREA}/{start}", message)

    def tick(self, seconds: int = 1) -> None:
        """Let time pass."""
        self.drive.time(self.drive.at_ms + seconds * 1000)

    def audit(self) -> None:
        """Perform the audits asked for so far, and hand their outcomes in."""
        for intent in self.drive.intents:
            outcome = self.auditor.perform(intent)
            assert outcome is not None
            self.drive.command(outcome.topic, outcome.body, outcome.party, outcome.command_id)

    def newest(self, topic: str) -> object:
        """Return the newest message of a topic."""
        return self.drive.projected(topic)[-1]


def codes(result: common_pb2.Result) -> list[str]:
    """Return the codes of every rule that an entry broke."""
    every = common_pb2.Rejections()
    if result.detail.Unpack(every):
        return [problem.code for problem in every.rejections]
    return [result.rejection.code] if result.HasField("rejection") else []
