"""A village of nine homes on two thin streets, as a pandapower file: small for tests, tight enough to matter."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

STREETS = (6, 3)  # homes
STREET_KA = 0.055
HOUSE_KA = 0.142


@cache
def network_json() -> bytes:
    """Return the network."""
    import pandapower as pp

    net = pp.create_empty_network(name="small village")
    pp.create_bus(net, vn_kv=20.0)
    busbar = pp.create_bus(net, vn_kv=0.4)
    pp.create_ext_grid(net, 0)
    pp.create_transformer(net, 0, busbar, "0.25 MVA 20/0.4 kV")
    for count in STREETS:
        last = busbar
        for _ in range(count):
            junction, house = pp.create_bus(net, vn_kv=0.4), pp.create_bus(net, vn_kv=0.4)
            _cable(net, last, junction, 0.04, STREET_KA)
            _cable(net, junction, house, 0.01, HOUSE_KA)
            last = junction
    text: str = pp.to_json(net)
    return text.encode()


def _cable(net: Any, start: int, end: int, length_km: float, rating_ka: float) -> None:
    import pandapower as pp

    pp.create_line_from_parameters(net, start, end, length_km, 0.32, 0.083, 210.0, rating_ka)


def write_network(folder: Path) -> Path:
    """Write the network; returns the file."""
    path = folder / "small-village.json"
    path.write_bytes(network_json())
    return path
