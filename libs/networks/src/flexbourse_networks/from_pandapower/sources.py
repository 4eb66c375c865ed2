"""Which element of a pandapower network is the source, and which others hold a voltage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flexbourse_networks.from_pandapower.tables import in_service
from flexbourse_networks.options import ImportOptions

# Sources that differ by less are one source: their elements feed the same voltage.
_SAME_VOLTAGE_PU = 1e-9
_SAME_ANGLE_DEGREE = 1e-9


@dataclass(frozen=True, slots=True)
class Source:
    """An element that holds voltage and angle."""

    table: str
    index: int
    bus: int
    vm_pu: float
    va_degree: float
    nominal_kv: float

    @property
    def element(self) -> str:
        """The element's name in problems and options."""
        return f"{self.table} {self.index}"


def find_sources(net: Any, options: ImportOptions) -> tuple[list[Source], list[str]]:
    """The sources that form the slack node, and what stands against them.

    Sources of one voltage, angle and level that supply separate parts of the area are one node: ideal sources side by
    side. Where they feed the same part, what flows between them depends on the grid above, which is not in the file;
    then, as of sources that differ, the options have to pick one, and the others are not among those returned.
    """
    found = _all_sources(net)
    names = ", ".join(source.element for source in found) or "none"
    if options.source is not None:
        picked = [source for source in found if source.element == options.source]
        return picked, [] if picked else [f"network: {options.source} is not a source in service ({names})"]
    several = f"network: {len(found)} sources in service ({names})"
    if not found:
        return [], [f"{several}, must be exactly one"]
    if not all(_same(found[0], source) for source in found):
        return [], [f"{several}, must be exactly one: they differ in voltage, angle or level"]
    if _feed_each_other(net, found):
        return [], [f"{several}, must be exactly one: they feed the same grid"]
    return found, []


def _feed_each_other(net: Any, sources: list[Source]) -> bool:
    """Whether a path of branches in service leads from one source to another; those of one busbar count as one."""
    if len(sources) == 1 or any(source.bus not in net.bus.index for source in sources):
        return False
    from networkx import node_connected_component  # type: ignore[import-untyped]  # noqa: PLC0415
    from pandapower.topology import create_nxgraph  # noqa: PLC0415

    everything = create_nxgraph(net)
    busbars = create_nxgraph(
        net, include_lines=False, include_impedances=False, include_dclines=False, include_trafos=False,
        include_trafo3ws=False, include_tcsc=False, include_vsc=False,
    )  # fmt: skip
    for source in sources:
        reached = node_connected_component(everything, source.bus) - node_connected_component(busbars, source.bus)
        if any(other.bus in reached for other in sources):
            return True
    return False


def _all_sources(net: Any) -> list[Source]:
    sources = [
        Source("ext_grid", index, int(x.bus), float(x.vm_pu), float(x.va_degree), _level(net, x.bus))
        for index, x in in_service(net, "ext_grid")
    ]
    return sources + [
        Source("gen", index, int(x.bus), float(x.vm_pu), 0.0, _level(net, x.bus))
        for index, x in in_service(net, "gen")
        if bool(x.get("slack", False))
    ]


def _level(net: Any, bus: int) -> float:
    return float(net.bus.vn_kv.get(bus, float("nan")))


def _same(one: Source, other: Source) -> bool:
    return (
        abs(one.vm_pu - other.vm_pu) < _SAME_VOLTAGE_PU
        and abs(one.va_degree - other.va_degree) < _SAME_ANGLE_DEGREE
        and one.nominal_kv == other.nominal_kv
    )
