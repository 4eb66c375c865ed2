"""power-grid-model's JSON: its components turned into the model, its own solution as the base case and as a test.

Closed links join their nodes. A source of finite short-circuit power stands behind its impedance, as there.
"""

from __future__ import annotations

import cmath
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch, NetworkModel, Node, charging_admittance
from flexbourse_networks.assembly import Draft, assemble
from flexbourse_networks.from_power_grid_model import branches
from flexbourse_networks.imported import (
    Control,
    ImportedNetwork,
    NetworkProblems,
    TapChanger,
    TemporaryLimit,
    bus_names,
    rounded,
)
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.power_balance import Complex, deviation, imbalance
from flexbourse_networks.rating_sets import names_of, rated_names
from flexbourse_networks.voltage_bands import voltage_band

BASE_MVA = 1.0
# Above this short-circuit power a source counts as ideal: its impedance would be below what the model allows.
IDEAL_SOURCE_VA = 1e14
DEFAULT_SOURCE_VA, DEFAULT_SOURCE_RX = 1e10, 0.1
ERROR_TOLERANCE_PU, MAX_ITERATIONS = 1e-10, 50
SLACK = "source"
_INJECTIONS = {"sym_load": -1, "asym_load": -1, "sym_gen": 1, "asym_gen": 1}
_BRANCHES = ("line", "transformer", "generic_branch", "link")
_SUPPORTED = ("node", *_BRANCHES, *_INJECTIONS, "shunt", "source", "transformer_tap_regulator")
_IGNORED = ("sym_voltage_sensor", "asym_voltage_sensor", "sym_power_sensor", "asym_power_sensor",
            "sym_current_sensor", "asym_current_sensor")  # fmt: skip
_REQUIRED = {
    "node": ("u_rated",),
    "line": ("r1", "x1", "c1", "tan1"),
    "transformer": ("u1", "u2", "sn", "uk", "pk", "i0", "p0"),
    "generic_branch": ("r1", "x1", "g1", "b1"),
    "shunt": ("g1", "b1"),
    "source": ("u_ref",),
    **dict.fromkeys(_INJECTIONS, ("p_specified", "q_specified")),
}


def read_power_grid_model(document: Any, options: ImportOptions) -> ImportedNetwork:
    """The network of a parsed JSON document; raises :class:`NetworkProblems` naming everything against it."""
    from power_grid_model.errors import PowerGridError  # type: ignore[attr-defined]  # noqa: PLC0415
    from power_grid_model.utils import json_deserialize  # type: ignore[attr-defined]  # noqa: PLC0415

    if document["is_batch"] or document["type"] != "input":
        raise NetworkProblems(["file: not the input of one network (a batch, an update or an output)"])
    try:
        data = json_deserialize(json.dumps(document))
    except (PowerGridError, ValueError, KeyError) as e:
        raise NetworkProblems([f"file: not a power-grid-model network: {e}"]) from e
    return _Reader(data, options).read()


class _Reader:
    """One file: its components, and the node that each of its nodes has become."""

    def __init__(self, data: Any, options: ImportOptions) -> None:
        self.data, self.options = {str(getattr(key, "value", key)): rows for key, rows in data.items()}, options
        self.node_ids = [int(x["id"]) for x in self.data.get("node", ())]
        self.nominal_kv = {int(x["id"]): float(x["u_rated"]) / 1e3 for x in self.data.get("node", ())}
        self.joined = self._join()

    def read(self) -> ImportedNetwork:
        problems = [*self._component_problems(), *self._source_problems()]
        unrated = {} if problems else dict(self._rating_problems())
        if problems:
            raise NetworkProblems(problems)
        model, temporary = self._model(unrated)
        held = self._held_taps()
        if held:
            model, temporary = self._model(unrated)
        output = self._solve()
        p_w, q_var = self._injections(output, [node.id for node in model.nodes])
        differs = deviation if len(set(self.joined.values())) < len(self.joined) else imbalance
        wrong = differs(model, self._voltages(output, model.nodes), p_w, q_var)
        if wrong:
            raise NetworkProblems(wrong)
        indices = [(str(x), f"bus-{self.joined[x]}") for x in self.node_ids]
        names, ambiguous = bus_names(model, indices, ())
        return ImportedNetwork(
            model=model,
            names=names,
            coordinates={node.id: None for node in model.nodes},
            base_p_w=p_w,
            base_q_var=q_var,
            controls=held,
            notices=tuple(self._notices()),
            temporary_limits=temporary,
            ambiguous_names=ambiguous,
        )

    def _model(self, unrated: dict[str, str]) -> tuple[NetworkModel, tuple[TemporaryLimit, ...]]:
        live, idle, charging = self._branches()
        sources, slack, inner = self._sources()
        first = self._live("source")[0]
        draft = Draft(
            name="network",
            base_mva=BASE_MVA,
            slack=slack,
            slack_voltage_pu=float(first["u_ref"]),
            slack_angle_rad=branches.given_or(first["u_ref_angle"], 0.0),
            nodes=[*(self._node(x, charging) for x in dict.fromkeys(self.joined.values())), *inner],
            branches=[*live, *sources],
            open_branches=[x for x, _ in idle],
            charged_from=[x.id for x, end in idle if end == "from"],
            charged_to=[x.id for x, end in idle if end == "to"],
            unrated=unrated.keys(),
        )
        return assemble(draft, self.options, list(unrated.values()))

    def _live(self, table: str) -> list[Any]:
        rows = self.data.get(table, ())
        return [x for x in rows if "status" not in x.dtype.names or x["status"] == 1]

    def _join(self) -> dict[int, int]:
        """The first node of those that closed links join, by node."""
        first = {x: x for x in self.node_ids}
        for link in self.data.get("link", ()):
            ends = int(link["from_node"]), int(link["to_node"])
            if link["from_status"] == link["to_status"] == 1 and all(end in first for end in ends):
                low, high = sorted(first[end] for end in ends)
                first = {x: low if root == high else root for x, root in first.items()}
        return first

    def _component_problems(self) -> Iterator[str]:
        for table, rows in self.data.items():
            if table not in (*_SUPPORTED, *_IGNORED):
                yield from (f"{table} {int(x['id'])}: a component of this kind is not supported" for x in rows)
            for x in rows:
                yield from (f"{table} {int(x['id'])}: {text}" for text in self._row_problems(table, x))
        yield from (f"node {x}: nominal voltage is missing" for x, kv in self.nominal_kv.items() if not kv > 0)

    def _row_problems(self, table: str, row: Any) -> Iterator[str]:
        for column in _REQUIRED.get(table, ()):
            if not np.all(np.isfinite(row[column])):
                yield f"{column} is not a number"
        for column in ("node", "from_node", "to_node"):
            if column in row.dtype.names and int(row[column]) not in self.nominal_kv:
                yield f"its node does not exist ({column} {int(row[column])})"
        if table == "transformer" and not all(row[column] > 0 for column in ("u1", "u2", "sn")):
            yield "u1, u2 and sn must be positive"

    def _source_problems(self) -> list[str]:
        found = self._live("source")
        if self.options.source is not None:
            return ["network: of several sources none can be picked here, the file must have one"]
        states = {(float(x["u_ref"]), branches.given_or(x["u_ref_angle"], 0.0)) for x in found}
        kinds = {self.nominal_kv.get(int(x["node"])) for x in found} if any(map(_is_ideal, found)) else {0.0}
        names = ", ".join(f"source {int(x['id'])}" for x in found) or "none"
        if len(states) == 1 and len(kinds) == 1:
            return []
        return [f"network: {len(found)} sources in service ({names}), must be exactly one, or of one voltage"]

    def _rating_problems(self) -> Iterator[tuple[str, str]]:
        """Why branches have no rating, by the branch's id, unless the options give them one."""
        if self.options.default_rating_ka is not None:
            return
        named = rated_names(self.options)
        live, _, _ = self._branches()
        for branch in live:
            if math.isnan(branch.rating_from_ka) and not named & set(names_of(branch.id, branch.name)):
                kind, _, number = branch.id.rpartition("-")
                yield branch.id, f"{kind} {number}: rating is missing ({'i_n' if kind == 'line' else 'sn'})"

    def _branches(self) -> tuple[list[Branch], list[tuple[Branch, str]], dict[int, complex]]:
        """Branches in service; those open at one end or both with the end still charged; the charging by node."""
        live: list[Branch] = []
        idle: list[tuple[Branch, str]] = []
        charging: dict[int, complex] = {}
        for row, build in self._rows():
            ends = int(row["from_node"]), int(row["to_node"])
            joined = self.joined[ends[0]], self.joined[ends[1]]
            branch = build(row, (f"bus-{joined[0]}", f"bus-{joined[1]}"))
            status = bool(row["from_status"]), bool(row["to_status"])
            if all(status):
                live.append(branch)
                continue
            if any(status):
                seen = charging_admittance(branch, at_from=status[0])
                charging[joined[0 if status[0] else 1]] = charging.get(joined[0 if status[0] else 1], 0j) + seen
            if not math.isnan(branch.rating_from_ka) or self.options.default_rating_ka is not None:
                idle.append((branch, "from" if status[0] else "to" if status[1] else ""))
        return live, idle, charging

    def _rows(self) -> Iterator[tuple[Any, Callable[[Any, tuple[str, str]], Branch]]]:
        def voltages(row: Any) -> tuple[float, float]:
            return self.nominal_kv[int(row["from_node"])], self.nominal_kv[int(row["to_node"])]

        for row in self.data.get("line", ()):
            yield row, lambda x, ends: branches.line(x, ends, BASE_MVA, voltages(x)[0])
        for row in self.data.get("transformer", ()):
            yield row, lambda x, ends: branches.transformer(x, ends, BASE_MVA, voltages(x))
        for row in self.data.get("generic_branch", ()):
            yield row, lambda x, ends: branches.generic(x, ends, BASE_MVA, voltages(x))

    def _sources(self) -> tuple[list[Branch], str, list[Node]]:
        """Impedances of the sources, the slack node, and that node where it is one of our own."""
        found = self._live("source")
        if all(map(_is_ideal, found)) and len({self.joined[int(x["node"])] for x in found}) == 1:
            return [], f"bus-{self.joined[int(found[0]['node'])]}", []
        nominal_kv = self.nominal_kv[int(found[0]["node"])]
        low, high = voltage_band(nominal_kv, ())
        return (
            [_source_branch(x, f"bus-{self.joined[int(x['node'])]}") for x in found],
            SLACK,
            [Node(SLACK, SLACK, "", nominal_kv, low, high, aliases=(SLACK,))],
        )

    def _node(self, number: int, charging: dict[int, complex]) -> Node:
        nominal_kv = self.nominal_kv[number]
        low, high = voltage_band(nominal_kv, ())
        impedance_ohm = nominal_kv**2 / BASE_MVA
        shunt = charging.get(number, 0j) + sum(
            complex(x["g1"], x["b1"]) * impedance_ohm
            for x in self._live("shunt")
            if self.joined[int(x["node"])] == number
        )
        members = tuple(f"bus-{x}" for x in self.node_ids if self.joined[x] == number)
        return Node(f"bus-{number}", f"bus-{number}", "", nominal_kv, low, high, shunt.real, shunt.imag, members)

    def _held_taps(self) -> tuple[Control, ...]:
        """Solve with the regulators, leave the taps where they put them, and say which they are."""
        regulators = self._live("transformer_tap_regulator")
        if not regulators:
            return ()
        positions = self._solve(regulated=True)["transformer_tap_regulator"]
        tap_at = dict(zip(positions["id"].tolist(), positions["tap_pos"].tolist(), strict=True))
        rows = {int(x["id"]): i for i, x in enumerate(self.data["transformer"])}
        held = []
        for regulator in regulators:
            number = int(regulator["regulated_object"])
            trafo = self.data["transformer"][rows[number]]
            trafo["tap_pos"] = tap_at[int(regulator["id"])]
            held.append(self._tap_changer(regulator, trafo))
        return tuple(held)

    def _tap_changer(self, regulator: Any, trafo: Any) -> TapChanger:
        position, lowest, highest, nominal = branches.tap_range(trafo)
        side = ("from_node", "to_node")[int(regulator["control_side"])]
        node = self.joined[int(trafo[side])]
        volt = self.nominal_kv[node] * 1e3
        half = float(regulator["u_band"]) / 2
        own = trafo["u1"] if trafo["tap_side"] == 0 else trafo["u2"]
        return TapChanger(
            element=f"transformer {int(trafo['id'])}",
            branch=f"trafo-{int(trafo['id'])}",
            position=position,
            minimum=min(lowest, highest),
            maximum=max(lowest, highest),
            neutral=nominal,
            step_percent=float(math.copysign(1, highest - lowest) * trafo["tap_size"] / own * 100),
            tap_side="hv" if trafo["tap_side"] == 0 else "lv",
            node=f"bus-{node}",
            low_pu=float((regulator["u_set"] - half) / volt),
            high_pu=float((regulator["u_set"] + half) / volt),
        )

    def _solve(self, *, regulated: bool = False) -> Any:
        from power_grid_model import PowerGridModel, TapChangingStrategy  # noqa: PLC0415
        from power_grid_model.errors import PowerGridError  # type: ignore[attr-defined]  # noqa: PLC0415

        strategy = TapChangingStrategy.any_valid_tap if regulated else TapChangingStrategy.disabled
        known = {table: rows for table, rows in self.data.items() if table not in _IGNORED}
        try:
            return PowerGridModel(known, system_frequency=branches.SYSTEM_FREQUENCY_HZ).calculate_power_flow(
                error_tolerance=ERROR_TOLERANCE_PU, max_iterations=MAX_ITERATIONS, tap_changing_strategy=strategy
            )
        except PowerGridError as e:
            raise NetworkProblems([f"network: no power flow solution with its own loads and generators: {e}"]) from e

    def _injections(self, output: Any, nodes: list[str]) -> tuple[Any, Any]:
        place = {node: i for i, node in enumerate(nodes)}
        p, q = np.zeros(len(nodes)), np.zeros(len(nodes))
        for table, sign in _INJECTIONS.items():
            for row, solved in zip(self.data.get(table, ()), output.get(table, ()), strict=True):
                at = place[f"bus-{self.joined[int(row['node'])]}"]
                p[at] += sign * np.sum(solved["p"])
                q[at] += sign * np.sum(solved["q"])
        return rounded(p), rounded(q)

    def _voltages(self, output: Any, nodes: tuple[Node, ...]) -> Complex:
        source = self._live("source")[0]
        solved = {f"bus-{int(x['id'])}": cmath.rect(x["u_pu"], x["u_angle"]) for x in output["node"]}
        solved[SLACK] = cmath.rect(source["u_ref"], branches.given_or(source["u_ref_angle"], 0.0))
        return np.array([solved[node.id] for node in nodes])

    def _notices(self) -> Iterator[str]:
        for table in ("asym_load", "asym_gen"):
            if count := len(self._live(table)):
                yield f"{table}: {count} components with values per phase count as their sum, balanced"
        opened = [int(x["id"]) for x in self.data.get("link", ()) if not x["from_status"] or not x["to_status"]]
        if opened:
            yield f"link: {', '.join(map(str, opened))} open; a link joins nodes, so it is closed in the file alone"


def _is_ideal(source: Any) -> bool:
    return branches.given_or(source["sk"], DEFAULT_SOURCE_VA) >= IDEAL_SOURCE_VA


def _source_branch(source: Any, node: str) -> Branch:
    """The impedance behind which a source stands; an ideal one beside others gets the least that the model allows."""
    power_va = min(branches.given_or(source["sk"], DEFAULT_SOURCE_VA), IDEAL_SOURCE_VA)
    ratio = branches.given_or(source["rx_ratio"], DEFAULT_SOURCE_RX)
    x_pu = BASE_MVA * 1e6 / power_va / math.hypot(1.0, ratio)
    name = f"source-{int(source['id'])}"
    return Branch(
        name, name, "source", "", SLACK, node, ratio * x_pu, x_pu, 0.0, 0.0, 1.0, 0.0, UNLIMITED_RATING_KA,
        UNLIMITED_RATING_KA,
    )  # fmt: skip
