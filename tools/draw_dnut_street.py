"""The street of docs/math-dnut.md: what 1 kWh costs or earns there, worked out anew, and the picture of it.

Run it without arguments to write docs/math-dnut.svg; a test compares picture and page with what is worked out here.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_gridmath.vector import Side, Vector

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "math-dnut.svg"
OHM_PER_KM, SECTION_KM, RATING_KA = (0.641, 0.083), 0.04, 0.142
BASE_MVA, KV = 1.0, 0.4
LOAD_W, REACTIVE_VAR = -22_000, -4_000
# For a quarter of an hour: 1 kWh.
QUANTITY_W = 4_000
PARAMETERS = TariffParameters(
    energy_price_micro_eur_per_mwh=100_000_000,  # 10 ct/kWh for what is lost
    scarcity_price_micro_eur_per_mwh=300_000_000,  # 30 ct/kWh where a cable is full
)
TRADES = (("A", "A"), ("C", "D"), ("A", "D"), ("E", "D"), ("D", "E"))


@dataclass(frozen=True)
class Story:
    """One trade: its network tariff in micro-euro for 1 kWh, and the losses it adds, in W."""

    seller: str
    buyer: str
    micro_euro: int
    losses_w: int

    @property
    def cents(self) -> str:
        """The tariff in ct, with its sign."""
        return f"{self.micro_euro / 10_000:+.2f}" if self.micro_euro else "0.00"


def street() -> NetworkModel:
    """Two streets behind one transformer: Mill Lane with the houses A to D, Church Street with E."""

    def node(name: str, kv: float = KV) -> Node:
        return Node(name, name, "street", kv, v_low_micro_pu=900_000, v_high_micro_pu=1_100_000)

    def cable(start: str, end: str) -> Branch:
        r, x = (value * SECTION_KM / (KV**2 / BASE_MVA) for value in OHM_PER_KM)
        name = f"{start}-{end}"
        return Branch(name, name, "line", "street", start, end, r, x, 0.0, 0.0, 1.0, 0.0, RATING_KA, RATING_KA)

    # 400 kVA, 4 %.
    rated_ka = (0.4 / 3**0.5 / 20.0, 0.4 / 3**0.5 / KV)
    transformer = Branch(
        "transformer",
        "transformer",
        "trafo",
        "station",
        "mains",
        "station",
        0.025,
        0.097,
        0.0,
        0.0,
        1.0,
        0.0,
        *rated_ka,
    )
    ends = (("station", "A"), ("A", "B"), ("B", "C"), ("C", "D"), ("station", "E"))
    return NetworkModel(
        name="Mill Lane and Church Street",
        base_mva=BASE_MVA,
        slack="mains",
        slack_voltage_pu=1.0,
        slack_angle_rad=0.0,
        nodes=(node("mains", 20.0), node("station"), *(node(name) for name in "ABCDE")),
        branches=(transformer, *(cable(*pair) for pair in ends)),
    )


def evening(topology: Topology) -> OperatingPoint:
    """Every house draws the same."""
    p_w, q_var = np.zeros(topology.n_nodes, dtype=np.int64), np.zeros(topology.n_nodes, dtype=np.int64)
    for house in "ABCDE":
        p_w[topology.node_index[house]], q_var[topology.node_index[house]] = LOAD_W, REACTIVE_VAR
    return _point(solve_from_no_load(topology, p_w, q_var))


def stories() -> tuple[OperatingPoint, list[Story]]:
    """The evening, and every trade on its own."""
    topology = compile_topology(street())
    before, found = evening(topology), []
    parameters = TariffParameters(
        PARAMETERS.energy_price_micro_eur_per_mwh,
        PARAMETERS.scarcity_price_micro_eur_per_mwh,
        monitored_nodes=feeder_ends(topology),
    )
    for seller, buyer in TRADES:
        vector = Vector((Side(topology.node_index[seller], 1), Side(topology.node_index[buyer], -1)))
        after = _point(apply_change(topology, before, vector.at(QUANTITY_W)))
        losses = after.losses_w() - before.losses_w()
        found.append(Story(seller, buyer, dnut(topology, parameters, before, after), losses))
    return before, found


def loading_percent(point: OperatingPoint, branch: str) -> int:
    """How full a branch is."""
    return round(float(point.loading[point.topology.branch_index[branch]]) * 100)


def _point(solved: object) -> OperatingPoint:
    if not isinstance(solved, OperatingPoint):
        raise SystemExit("the street has no solution")
    return solved


HOUSES = {"A": (360, 280), "B": (510, 280), "C": (660, 280), "D": (810, 280), "E": (360, 110)}
STATION = (150, 195)
GREEN, RED, INK, SOFT = "#15803d", "#b91c1c", "#0f172a", "#64748b"
NEARLY_FULL = 80


def picture() -> str:
    """The streets, how full each cable is, and three of the trades, each along its way."""
    point, found = stories()
    told = {(story.seller, story.buyer): story for story in found}
    x, y = STATION
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 430" role="img" '
        'aria-label="What one kilowatt-hour costs in a street whose cable is nearly full" '
        'font-family="system-ui, sans-serif" font-size="15">',
        '<rect width="900" height="430" rx="12" fill="#f8fafc"/>',
        _text(450, 32, "One evening: every house draws 22 kW", 18, INK, "700"),
        *(_cable(point, *ends) for ends in (("station", "E"), ("station", "A"), ("A", "B"), ("B", "C"), ("C", "D"))),
        f'<rect x="{x - 54}" y="{y - 28}" width="108" height="56" rx="8" fill="{INK}"/>',
        _text(x, y + 5, "transformer", 15, "#f8fafc", "700"),
        *(_house(name, *place) for name, place in HOUSES.items()),
        _text(520, 115, "Church Street: plenty of room", 14, SOFT),
        _text(200, 318, "Mill Lane: the first", 14, SOFT),
        _text(200, 336, "cable is nearly full", 14, SOFT),
        _arrow("M336 132 L222 186 Q206 196 224 203 L326 228 L792 228 Q806 228 808 240", RED),
        _told(570, 215, "E sells to D, through the nearly full cable: ", told["E", "D"]),
        _arrow(
            "M820 312 L820 352 Q820 366 806 366 L64 366 Q50 366 50 352 L50 94 Q50 80 64 80 L318 80 Q330 80 338 92",
            GREEN,
        ),
        _told(450, 394, "D sells to E, which makes room in that cable: ", told["D", "E"]),
        _arrow("M676 312 Q735 340 794 314", SOFT),
        _told(735, 348, "", told["C", "D"]),
    ]
    return "\n".join([*parts, "</svg>", ""])


def _cable(point: OperatingPoint, start: str, end: str) -> str:
    (x1, y1), (x2, y2) = (STATION if name == "station" else HOUSES[name] for name in (start, end))
    full = loading_percent(point, f"{start}-{end}")
    colour = RED if full >= NEARLY_FULL else GREEN
    line = f'<path d="M{x1} {y1} L{x2} {y2}" stroke="{colour}" stroke-width="{3 + full / 10:.1f}" fill="none"/>'
    x, y = (x1 + x2) // 2, (y1 + y2) // 2 + (30 if y2 >= y1 else -14)
    return line + _text(x - (25 if start == "station" else 0), y, f"{full} % full", 14, colour, "700")


def _house(name: str, x: int, y: int) -> str:
    roof = f'<path d="M{x - 30} {y - 12} L{x} {y - 36} L{x + 30} {y - 12}z" fill="#94a3b8"/>'
    wall = f'<rect x="{x - 24}" y="{y - 12}" width="48" height="38" fill="#ffffff" stroke="#94a3b8"/>'
    return roof + wall + _text(x, y + 14, name, 18, INK, "700")


def _arrow(path: str, colour: str) -> str:
    """A dashed way with a head that points along its last piece."""
    numbers = [tuple(map(float, pair.split())) for pair in re.findall(r"[\d.]+ [\d.]+", path)]
    (x1, y1), (x2, y2) = numbers[-2:]
    length = math.hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / length * 11, (y2 - y1) / length * 11
    corners = ((x2, y2), (x2 - dx - dy / 2, y2 - dy + dx / 2), (x2 - dx + dy / 2, y2 - dy - dx / 2))
    head = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "z"
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="2.5" stroke-dasharray="7 4" fill="none"/>'
        f'<path d="{head}" fill="{colour}"/>'
    )


def _told(x: int, y: int, words: str, story: Story) -> str:
    verb, colour = ("earns", GREEN) if story.micro_euro < 0 else ("costs", RED if words else SOFT)
    return _text(x, y, f"{words}1 kWh {verb} {abs(story.micro_euro) / 10_000:.1f} ct", 15, colour, "700")


def _text(x: float, y: float, words: str, size: int, colour: str, weight: str = "400") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="{size}" font-weight="{weight}" '
        f'fill="{colour}">{words}</text>'
    )


def main() -> int:
    """Write the picture."""
    PICTURE.write_text(picture(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
