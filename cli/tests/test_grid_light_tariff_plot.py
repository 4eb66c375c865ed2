"""`flexbourse grid light`, `tariff`, `plot`: lights by thresholds, prices by differences, pictures to be read."""

from __future__ import annotations

import csv
import json
import re
import sys
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.gridstudy.labels import Wanted, place
from flexbourse_cli.gridstudy.layout import Edge, tree
from flexbourse_cli.main import cli

sys.path.insert(0, str(Path(__file__).parent))
from independent_power_flows import PowerGridModelFlow, Tariff

SEVERITY = {"GREEN": 0, "AMBER": 1, "RED": 2}


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(cli, ["grid", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def reference() -> tuple[Any, PowerGridModelFlow]:
    import pandapower.networks

    net = pandapower.networks.create_cigre_network_lv()
    return net, PowerGridModelFlow(net)


def loads(net: Any, factor: float) -> dict[int, complex]:
    return {
        int(load.bus): complex(round(-load.p_mw * 1e6 * factor), round(-load.q_mvar * 1e6 * factor))
        for load in net.load.itertuples()
    }


def write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)


def profile(path: Path, net: Any, factors: list[tuple[str, float]]) -> str:
    """One MTU per factor; the first part of a name with a slash is the MTU, the second the scenario."""
    rows: list[tuple[object, ...]] = []
    for name, factor in factors:
        mtu, _, scenario = name.partition("/")
        rows += [(mtu, bus, int(s.real), int(s.imag), scenario) for bus, s in loads(net, factor).items()]
    return write(path, ("mtu", "bus", "p_w", "q_var", "scenario"), rows)


FACTORS = [0.4, 0.7, 0.95, 1.15, 1.25, 0.95, 0.6, 0.3, 0.3, 0.3, 0.3]


def lights_of(found: dict[str, Any], zone: str) -> list[str]:
    return [row["light"] for row in found["lights"] if row["zone"] == zone]


def test_without_memory_a_light_is_its_thresholds(reference: tuple[Any, PowerGridModelFlow], tmp_path: Path) -> None:
    net, flow = reference
    file = profile(tmp_path / "p.csv", net, [(f"t{i}", factor) for i, factor in enumerate(FACTORS)])
    arguments = ("light", "--network", "cigre-lv", "--profiles", file, "--no-hysteresis", "--json")
    for options, tariff in (
        ((), Tariff()),
        (
            ("--amber-loading-percent", "60", "--red-loading-percent", "85", "--red-voltage-deviation-pu", "0.07"),
            Tariff(amber_loading=60, red_loading=85, red_deviation=0.07),
        ),
    ):
        found = json.loads(run(*arguments, *options).stdout)
        zones = {row["zone"] for row in found["lights"]}
        assert len(found["lights"]) == len(zones) * len(FACTORS)
        for number, factor in enumerate(FACTORS):
            state = flow.solve(loads(net, factor))
            assert state is not None
            rows = [row for row in found["lights"] if row["mtu"] == f"t{number}"]
            worst = max((row["light"] for row in rows), key=SEVERITY.__getitem__)
            assert worst == tariff.light(net, state), (number, options)
            for row in rows:
                cause = row["cause"]
                if row["zone"] == "trafo-2":
                    loading = state.loading["trafo-2"]
                    assert row["loading_max_percent"] == pytest.approx(loading, abs=1e-4)
                    assert cause["element"] == "trafo-2"
                    assert cause["value"] == pytest.approx(loading, abs=2e-3)
                    expected = (
                        "RED"
                        if loading > tariff.red_loading
                        else "AMBER"
                        if loading > tariff.amber_loading
                        else "GREEN"
                    )
                    assert row["light"] == expected
                if cause["unit"] == "pu":
                    bus = int(net.bus.index[net.bus.name == cause["element"]][0])
                    assert cause["value"] == pytest.approx(state.vm[bus], abs=2e-6)
    assert {light for row in found["lights"] for light in [row["light"]]} == {"GREEN", "AMBER", "RED"}


def test_with_memory_red_ends_by_way_of_amber(reference: tuple[Any, PowerGridModelFlow], tmp_path: Path) -> None:
    net, _ = reference
    file = profile(tmp_path / "p.csv", net, [(f"{i}", factor) for i, factor in enumerate(FACTORS)])
    found = json.loads(run("light", "--network", "cigre-lv", "--profiles", file, "--json").stdout)
    for zone in {row["zone"] for row in found["lights"]}:
        seen = lights_of(found, zone)
        for before, after in pairwise(seen):
            assert (before, after) != ("RED", "GREEN")
    trafo = lights_of(found, "trafo-2")
    # Two clean MTUs for each step: red until the second below 98 %, amber until the second below 75 % after it.
    assert trafo == ["GREEN"] * 2 + ["AMBER"] * 2 + ["RED"] * 2 + ["AMBER"] * 2 + ["GREEN"] * 3
    once = json.loads(run("light", "--network", "cigre-lv", "--profiles", file, "--clean-count", "1", "--json").stdout)
    assert lights_of(once, "trafo-2")[5:8] == ["AMBER", "GREEN", "GREEN"]


def test_amber_looks_at_scenarios_red_at_the_base_case(
    reference: tuple[Any, PowerGridModelFlow], tmp_path: Path
) -> None:
    net, _ = reference
    spread = [(f"0/s{i}", 0.5 + 0.9 * i / 10) for i in range(11)]
    file = profile(tmp_path / "p.csv", net, [("0", 0.5), *spread])
    arguments = ("light", "--network", "cigre-lv", "--profiles", file, "--json")
    found = json.loads(run(*arguments).stdout)
    assert lights_of(found, "trafo-2") == ["AMBER"]
    assert lights_of(json.loads(run(*arguments, "--no-margins").stdout), "trafo-2") == ["GREEN"]
    tightened = {row["zone"]: row["headroom_down_w"] for row in found["lights"]}
    free = {row["zone"]: row["headroom_down_w"] for row in json.loads(run(*arguments, "--no-margins").stdout)["lights"]}
    assert tightened["trafo-2"] < free["trafo-2"]
    margins = write(tmp_path / "m.csv", ("element", "loading_percent"), [("trafo-2", 60)])
    plain = profile(tmp_path / "q.csv", net, [("0", 0.5)])
    arguments = ("light", "--network", "cigre-lv", "--profiles", plain, "--margins", margins, "--json")
    assert lights_of(json.loads(run(*arguments).stdout), "trafo-2") == ["AMBER"]
    assert lights_of(json.loads(run(*arguments, "--no-margins").stdout), "trafo-2") == ["GREEN"]


@pytest.mark.parametrize(
    ("zone", "prefix", "branch"), [("trafo-2", "Bus C", "trafo-2"), ("feeder-1", "Bus R", "trafo-0")]
)
def test_headroom_ends_where_a_power_flow_says(
    reference: tuple[Any, PowerGridModelFlow], tmp_path: Path, zone: str, prefix: str, branch: str
) -> None:
    """Load spread evenly over the nodes below brings the zone, or what supplies it, to its limit within 1 %."""
    net, flow = reference
    base = loads(net, 0.6)
    file = profile(tmp_path / "p.csv", net, [("0", 0.6)])
    found = json.loads(run("light", "--network", "cigre-lv", "--profiles", file, "--json").stdout)
    row = next(row for row in found["lights"] if row["zone"] == zone)
    above = {f"{prefix}0"} if zone.startswith("trafo") else {f"{prefix}0", f"{prefix}1"}
    names = net.bus.name.astype(str)
    below = [int(bus) for bus in net.bus.index if names.at[bus].startswith(prefix) and names.at[bus] not in above]

    def violated(power_w: float) -> bool:
        state = flow.solve(
            {bus: base.get(bus, 0j) + (power_w / len(below) if bus in below else 0) for bus in net.bus.index}
        )
        assert state is not None
        # A transformer's zone is itself; the voltages below it are those feeders' matter.
        band = [1.0] if zone.startswith("trafo") else [state.vm[bus] for bus in below]
        return state.loading[branch] > 100 or min(band) < 0.9 or max(band) > 1.1

    for room in (row["headroom_up_w"], -row["headroom_down_w"]):
        assert not violated(room)
        assert violated(room * 1.01)


def test_an_unsolvable_mtu_is_unknown_and_the_others_stand(
    reference: tuple[Any, PowerGridModelFlow], tmp_path: Path
) -> None:
    net, _ = reference
    file = profile(tmp_path / "p.csv", net, [("a", 0.3), ("b", 90.0), ("c", 0.3)])
    found = json.loads(run("light", "--network", "cigre-lv", "--profiles", file, "--json").stdout)
    assert lights_of(found, "feeder-1") == ["GREEN", "UNKNOWN", "GREEN"]
    unknown = next(row for row in found["lights"] if row["light"] == "UNKNOWN")
    assert unknown["cause"]["kind"] == "missing"
    assert unknown["headroom_up_w"] is None


def test_light_reports_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("mtu,bus,p_w,q_var,scenario\n1,0,5,5,\n1,0,6,6,\n,0,1,1,\n2,0,1,1,high\n")
    arguments = [
        "grid",
        "light",
        "--network",
        "cigre-lv",
        "--profiles",
        str(file),
        "--clear-loading-percent",
        "90",
        "--json",
    ]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 2
    found = [(Path(p["file"]).name, p["row"], p["column"]) for p in json.loads(done.stdout)["problems"]]
    assert found == [("p.csv", 3, "bus"), ("p.csv", 4, "mtu"), ("p.csv", 5, "scenario")]
    file.write_text("mtu,bus,p_w,q_var\n1,0,5,5\n")
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert "clear loading" in json.loads(done.stdout)["error"]


def point_file(path: Path, net: Any, factor: float) -> str:
    return write(path, ("bus", "p_w", "q_var"), [(b, int(s.real), int(s.imag)) for b, s in loads(net, factor).items()])


def test_tariffs_are_differences_of_the_potential(reference: tuple[Any, PowerGridModelFlow], tmp_path: Path) -> None:
    net, flow = reference
    base = loads(net, 1.0)
    arguments = (
        "tariff",
        "--network",
        "cigre-lv",
        "--operating-point",
        point_file(tmp_path / "o.csv", net, 1.0),
        "--json",
    )
    found = json.loads(run(*arguments).stdout)
    assert len(found["nodal"]) == len(net.bus)
    tariff, step = Tariff(), 500.0
    for row in found["nodal"][::5]:
        bus = row["bus_index"]
        for unit, keys in ((1, ("loss", "congestion", "voltage")), (1j, ("reactive",))):
            parts = []
            for sign in (1, -1):
                state = flow.solve({**base, bus: base.get(bus, 0j) + sign * step * unit})
                assert state is not None
                parts.append(np.array(tariff.parts(net, state)))
            slopes = (parts[0] - parts[1]) / (2 * step / 1e6)
            expected = slopes if unit == 1 else [sum(slopes)]
            for key, slope in zip(keys, expected, strict=True):
                name = "reactive_eur_per_mvarh" if key == "reactive" else f"{key}_eur_per_mwh"
                assert row[name] == pytest.approx(slope, rel=2e-3, abs=2e-2), (bus, key)
    total = [row["total_eur_per_mwh"] for row in found["nodal"]]
    table = np.array(found["pairs"]["eur_per_mwh"])
    assert table == pytest.approx(np.subtract.outer(total, total), abs=2e-6)
    assert found["pairs"]["buses"] == [row["bus"] for row in found["nodal"]]


def test_pair_table_of_a_quantity_is_exact_and_goes_to_a_file(
    reference: tuple[Any, PowerGridModelFlow], tmp_path: Path
) -> None:
    net, flow = reference
    base, names, watts = loads(net, 1.0), ("Bus R11", "Bus R18", "Bus C20"), 8_000
    files = ("--csv", str(tmp_path / "nodal.csv"), "--pairs-csv", str(tmp_path / "pairs.csv"))
    buses = [option for name in names for option in ("--bus", name)]
    point = point_file(tmp_path / "o.csv", net, 1.0)
    arguments = ("tariff", "--network", "cigre-lv", "--operating-point", point, "--quantity-w", str(watts))
    shown = run(*arguments, *files, *buses)
    assert "seller in the row" in shown.stdout
    index = {name: int(net.bus.index[net.bus.name == name][0]) for name in names}
    before = flow.solve(base)
    assert before is not None
    with (tmp_path / "pairs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        s, b = index[row["seller_bus"]], index[row["buyer_bus"]]
        after = flow.solve({**base, s: base.get(s, 0j) + watts, b: base.get(b, 0j) - watts})
        assert after is not None
        first, second = sum(Tariff().parts(net, before)), sum(Tariff().parts(net, after))
        assert float(row["eur_per_mwh"]) == pytest.approx((second - first) / (watts / 1e6), rel=1e-4, abs=2e-3)
    with (tmp_path / "nodal.csv").open(newline="") as file:
        assert [row["bus"] for row in csv.DictReader(file)] == list(names)


@pytest.mark.parametrize("network", ["cigre-lv", "kerber-dorf"])
def test_a_picture_names_every_bus_and_shows_the_state(network: str, tmp_path: Path) -> None:
    import pandapower.networks

    create = {"cigre-lv": "create_cigre_network_lv", "kerber-dorf": "create_kerber_dorfnetz"}[network]
    net = getattr(pandapower.networks, create)()
    point = point_file(tmp_path / "o.csv", net, 1.2)
    svg, png = tmp_path / "net.svg", tmp_path / "net.png"
    arguments = ("plot", "--network", network, "--operating-point", point, "--layout", "tree")
    found = json.loads(run(*arguments, "--out", str(svg), "--json").stdout)
    assert (found["labels_left_out"], found["layout"]) == (0, "tree")
    texts = {"".join(node.itertext()).strip() for node in ElementTree.parse(svg).iter() if node.tag.endswith("}text")}
    joined = {"Bus R0", "Bus I0", "Bus C0"} if network == "cigre-lv" else set()
    assert set(map(str, net.bus.name)) - joined <= texts
    assert any(found["state"]["light"] in text for text in texts)
    first = svg.read_bytes()
    run(*arguments, "--out", str(svg))
    assert svg.read_bytes() == first
    run(*arguments, "--out", str(png), "--title", "Our street")
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    arguments = [
        "grid",
        "plot",
        "--network",
        "kerber-dorf",
        "--out",
        str(tmp_path / "x.pdf"),
        "--layout",
        "map",
        "--json",
    ]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 2
    assert [p["file"] for p in json.loads(done.stdout)["problems"]] == ["--out", "--layout"]
    assert not (tmp_path / "x.pdf").exists()


def test_strange_names_stand_as_they_are(tmp_path: Path) -> None:
    """Brackets are no markup of a table and dollars no formula of a picture."""
    import pandapower.networks

    net = pandapower.networks.create_kerber_landnetz_freileitung_1()
    net.bus.loc[5, "name"], net.bus.loc[6, "name"] = "house [/b] 5", "$x^2$ & <Müller>"
    pandapower.to_json(net, str(tmp_path / "net.json"))
    network, picture = str(tmp_path / "net.json"), tmp_path / "x.svg"
    point = write(tmp_path / "o.csv", ("bus", "p_w", "q_var"), [("house [/b] 5", -9000, 0)])
    trades = write(tmp_path / "t.csv", ("seller_bus", "buyer_bus", "quantity_w"), [(0, "$x^2$ & <Müller>", 5)])
    shown = run("check", "--network", network, "--operating-point", point, "--trades", trades).stdout
    assert "$x^2$ & <Müller>" in shown
    assert "house [/b] 5" in shown
    run("plot", "--network", network, "--operating-point", point, "--out", str(picture))
    texts = {"".join(node.itertext()).strip() for node in ElementTree.parse(picture).iter()}
    assert {"house [/b] 5", "$x^2$ & <Müller>"} <= texts


def test_files_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    lost, point = tmp_path / "nowhere" / "x.png", write(tmp_path / "o.csv", ("bus", "p_w", "q_var"), [(5, -1000, 0)])
    for arguments in (["plot", "--out", str(lost)], ["tariff", "--operating-point", point, "--csv", str(lost)]):
        done = CliRunner().invoke(cli, ["grid", *arguments, "--network", "kerber-landnetz"], catch_exceptions=False)
        assert done.exit_code == 2
        assert "x.png: cannot be written" in done.stderr


def random_tree(seed: int, count: int) -> tuple[list[int], list[int], list[Edge]]:
    draw = np.random.default_rng(seed)
    parent = [-1] + [int(draw.integers(max(0, node - 6), node)) for node in range(1, count)]
    edges = [Edge(parent[node], node) for node in range(1, count)]
    return parent, [-1, *range(count - 1)], edges


@pytest.mark.parametrize("seed", range(25))
def test_a_tree_is_drawn_without_crossings(seed: int) -> None:
    parent, branch, edges = random_tree(seed, 90)
    drawing = tree(parent, branch, edges)
    assert set(drawing.nodes) == set(range(90))
    places = list(drawing.nodes.values())
    assert min(np.hypot(a[0] - b[0], a[1] - b[1]) for a, b in combinations(places, 2)) > 0.2
    lines = [(path[0], path[-1], {edge.start, edge.end}) for path, edge in zip(drawing.paths, edges, strict=True)]
    lines += [((drawing.nodes[n][0], low), (drawing.nodes[n][0], high), {n}) for n, (low, high) in drawing.bars.items()]
    for first, second in combinations(lines, 2):
        if not first[2] & second[2]:
            assert not _cross(first[0], first[1], second[0], second[1]), (first, second)


def _cross(a: Any, b: Any, c: Any, d: Any) -> bool:
    def side(p: Any, q: Any, r: Any) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) < -1e-9 and side(c, d, a) * side(c, d, b) < -1e-9


def test_labels_keep_clear_of_each_other_and_of_lines() -> None:
    draw = np.random.default_rng(3)
    points = [(float(x), float(y)) for x, y in draw.uniform(0, 900, (150, 2))]
    wanted = [Wanted(i, point, 40.0, 8.0, 3.0) for i, point in enumerate(points)]
    lines = [[points[i], points[i + 1]] for i in range(0, 60, 2)]
    placed, left = place(wanted, [(point, 3.0) for point in points], lines)
    assert len(placed) + len(left) == 150
    assert len(left) < 25
    flat = [label for label in placed if label.turn == 0]
    for one, other in combinations(flat, 2):
        apart_x = abs(one.centre[0] - other.centre[0]) >= 40.0 - 1e-9
        assert apart_x or abs(one.centre[1] - other.centre[1]) >= 8.0 - 1e-9
    crowd = [Wanted(i, (0.0, 0.0), 40.0, 8.0, 3.0) for i in range(150)]
    assert len(place(crowd, [((0.0, 0.0), 3.0)], [])[1]) > 100


def test_help_of_the_group_imports_nothing_slow() -> None:
    import subprocess

    slow = (
        "import sys; from click.testing import CliRunner; from flexbourse_cli.main import cli\n"
        "print(CliRunner().invoke(cli, ['grid', '--help']).output)\n"
        "print({'numpy', 'pandapower', 'matplotlib', 'rich'} & set(sys.modules))"
    )
    seen = subprocess.run([sys.executable, "-c", slow], capture_output=True, text=True, timeout=240, check=True)
    assert seen.stdout.strip().endswith("set()")
    assert re.search(r"^  check +Say of each trade", seen.stdout, re.MULTILINE)
