"""The network model: what a grid is, in plain numbers, independent of the library it was read from."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from flexbourse_gridmath.connectivity import unreachable
from flexbourse_gridmath.control_model import TapChanger, VoltageSource, VoltVar, control_problems
from flexbourse_gridmath.model_record import packed, unpacked

FORMAT = "flexbourse.network-model/1"
# A distribution branch carries at most a few kA (2.5 MVA at 0.4 kV: 3.6 kA); more is a placeholder such as 99999.
MAX_PLAUSIBLE_RATING_KA = 50.0
# In place of a rating this number says that an end has no current limit. It is none of the placeholders that files
# hold where nobody knew the rating, so it stands only where somebody chose it.
UNLIMITED_RATING_KA = 1e6
MIN_IMPEDANCE_PU = 1e-9
# 5,000 nodes compile in seconds, and their model still is one record; larger areas are to be cut at a substation.
MAX_NODES = 5_000
# Of a model's canonical JSON: three times what 5,000 nodes take.
MAX_BYTES = 8 * 1024 * 1024


class ModelError(ValueError):
    """A network model cannot be used; ``problems`` names every reason."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True, slots=True)
class Node:
    """An electrical node: one busbar, or several joined by closed switches.

    ``aliases`` are the ids of all buses joined here (its own included), shunts are admittances in pu at 1 pu voltage.
    """

    id: str
    name: str
    zone: str
    nominal_kv: float
    v_low_micro_pu: int
    v_high_micro_pu: int
    shunt_g_pu: float = 0.0
    shunt_b_pu: float = 0.0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A line or transformer as a pi section (series r + jx, total charging g + jb, all pu of the model's base).

    An ideal transformer ``tap_ratio · exp(j·tap_shift_rad)`` sits at the *from* end. Loading is the larger of both end
    currents over that end's rating, which is how lines (one rating) and transformers (Sn/(√3·Un) per side) are defined.
    """

    id: str
    name: str
    kind: str
    zone: str
    from_node: str
    to_node: str
    r_pu: float
    x_pu: float
    g_pu: float
    b_pu: float
    tap_ratio: float
    tap_shift_rad: float
    rating_from_ka: float
    rating_to_ka: float
    limit_mpct: int = 100_000


@dataclass(frozen=True, slots=True)
class NetworkModel:
    """One area: nodes and branches in a fixed order, one source that holds its voltage.

    ``branches`` are in service; ``open_branches`` are known but switched out (ties that are normally open, lines under
    repair): they carry nothing and stand here only to be switched in. Of those named in ``charged_from`` or
    ``charged_to`` that end is still under voltage; their charging is part of its node's shunt until they are closed.
    """

    name: str
    base_mva: float
    slack: str
    slack_voltage_pu: float
    slack_angle_rad: float
    nodes: tuple[Node, ...]
    branches: tuple[Branch, ...]
    open_branches: tuple[Branch, ...] = ()
    charged_from: tuple[str, ...] = ()
    charged_to: tuple[str, ...] = ()
    tap_changers: tuple[TapChanger, ...] = ()
    volt_vars: tuple[VoltVar, ...] = ()
    voltage_sources: tuple[VoltageSource, ...] = ()

    @property
    def has_controls(self) -> bool:
        """Whether anything of the network moves by itself."""
        return bool(self.tap_changers or self.volt_vars or self.voltage_sources)

    def to_bytes(self) -> bytes:
        """Canonical JSON; floats in their shortest exact form, so equal models have equal bytes."""
        document = {"format": FORMAT, **asdict(self)}
        for key in _SINCE_THEN:
            if not document[key]:
                del document[key]  # so that models without them keep the bytes that they always had
        return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")

    def to_record(self) -> bytes:
        """The form in which a model is published: :meth:`to_bytes`, compressed where that is large."""
        return packed(self.to_bytes())

    def digest(self) -> str:
        """SHA-256 of :meth:`to_bytes`, in hex."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes) -> NetworkModel:
        """Read what :meth:`to_bytes` or :meth:`to_record` wrote; raises :class:`ModelError` with all problems found."""
        try:
            document = json.loads(unpacked(data, MAX_BYTES))
        except ValueError as e:
            raise ModelError([f"network model is not JSON: {e}"]) from e
        if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
            raise ModelError([f"network model: format must be {FORMAT}"])
        problems: list[str] = []
        document = {key: [] for key in _SINCE_THEN} | document
        parts = {
            key: tuple(_build(kind, entry, f"{key}[{i}]", problems) for i, entry in _listed(document, key))
            for key, kind in _PARTS.items()
        }
        if problems:
            raise ModelError(problems)
        model: NetworkModel | None = _build(cls, {**document, **parts}, "model", problems)
        if model is None:
            raise ModelError(problems)
        problems.extend(find_problems(model))
        if problems:
            raise ModelError(problems)
        return model


# Fields that the format got later.
_SINCE_THEN = ("open_branches", "charged_from", "charged_to", "tap_changers", "volt_vars", "voltage_sources")
_PARTS: dict[str, type[Any]] = {
    "nodes": Node,
    "branches": Branch,
    "open_branches": Branch,
    "tap_changers": TapChanger,
    "volt_vars": VoltVar,
    "voltage_sources": VoltageSource,
}


def find_problems(model: NetworkModel) -> list[str]:
    """Every reason why the model cannot be compiled, each naming its element; empty if it can."""
    problems = [f"model: {text}" for text in _header_problems(model)]
    problems += _duplicates("node", [node.id for node in model.nodes])
    problems += _duplicates("branch", [branch.id for branch in (*model.branches, *model.open_branches)])
    known = {node.id: node for node in model.nodes}
    if model.slack not in known:
        problems.append(f"model: slack node {model.slack} does not exist")
    for node in model.nodes:
        problems += [f"node {node.id}: {text}" for text in _node_problems(node)]
    for branch in (*model.branches, *model.open_branches):
        problems += [f"branch {branch.id}: {text}" for text in _branch_problems(branch, known)]
    problems += [f"node {name}: not connected to the source {model.slack}" for name in unreachable_nodes(model)]
    branches = {branch.id for branch in (*model.branches, *model.open_branches)}
    controls = (model.tap_changers, model.volt_vars, model.voltage_sources)
    problems += control_problems(*controls, known.keys(), branches, model.slack)
    idle = {branch.id for branch in model.open_branches}
    charged = (*model.charged_from, *model.charged_to)
    problems += _duplicates("charged branch", list(charged))
    problems += [f"branch {name}: an end is charged but it is not open" for name in charged if name not in idle]
    return problems


def switched(model: NetworkModel, opened: Iterable[str], closed: Iterable[str]) -> NetworkModel:
    """The model after switching branches out of and into service, by id; the rest keeps its order.

    Raises :class:`ModelError` naming every branch that is unknown, named twice or already in the state asked for, and
    every node that would be left without a path to the source.
    """
    out, back = tuple(opened), tuple(closed)
    live, idle = {branch.id for branch in model.branches}, {branch.id for branch in model.open_branches}
    problems = _duplicates("branch", [*out, *back])
    if not out and not back:
        problems.append("switching: no branch is named")
    for name, present, other, state in (
        *((name, live, idle, "out of") for name in out),
        *((name, idle, live, "in") for name in back),
    ):
        if name not in present:
            problems.append(f"branch {name}: {f'is {state} service already' if name in other else 'does not exist'}")
    if problems:
        raise ModelError(problems)
    moved = {branch.id: branch for branch in (*model.branches, *model.open_branches)}
    after = replace(
        _without_charged_ends(model, back),
        branches=(*(x for x in model.branches if x.id not in out), *(moved[name] for name in back)),
        open_branches=(*(x for x in model.open_branches if x.id not in back), *(moved[name] for name in out)),
    )
    problems = [f"node {name}: would be islanded" for name in unreachable_nodes(after)]
    if not after.branches:
        problems.append("switching: no branch is left in service")
    if problems:
        raise ModelError(problems)
    return after


def charging_admittance(branch: Branch, *, at_from: bool) -> complex:
    """What a branch that is open at the far end is to its near node: a shunt in pu at 1 pu voltage.

    Of a pi section with series admittance y and charging c/2 at each end: c/2 + y·(c/2)/(y + c/2), on the far side of
    the tap divided by its square.
    """
    half, series = complex(branch.g_pu, branch.b_pu) / 2, 1 / complex(branch.r_pu, branch.x_pu)
    seen = half + series * half / (series + half)
    return seen / branch.tap_ratio**2 if at_from else seen


def _without_charged_ends(model: NetworkModel, closed: tuple[str, ...]) -> NetworkModel:
    """The model with the charging of branches that are about to be closed taken out of its nodes' shunts."""
    off: dict[str, complex] = {}
    for branch in model.open_branches:
        for at_from, names in ((True, model.charged_from), (False, model.charged_to)):
            if branch.id in closed and branch.id in names:
                node = branch.from_node if at_from else branch.to_node
                off[node] = off.get(node, 0j) + charging_admittance(branch, at_from=at_from)
    if not off:
        return model
    return replace(
        model,
        nodes=tuple(
            replace(x, shunt_g_pu=x.shunt_g_pu - off[x.id].real, shunt_b_pu=x.shunt_b_pu - off[x.id].imag)
            if x.id in off
            else x
            for x in model.nodes
        ),
        charged_from=tuple(name for name in model.charged_from if name not in closed),
        charged_to=tuple(name for name in model.charged_to if name not in closed),
    )


def unreachable_nodes(model: NetworkModel) -> list[str]:
    """Ids of nodes without a path of branches to the slack node, in model order."""
    ends = ((branch.from_node, branch.to_node) for branch in model.branches)
    return unreachable(model.slack, [node.id for node in model.nodes], ends)


def _header_problems(model: NetworkModel) -> Iterator[str]:
    if not model.nodes or len(model.nodes) > MAX_NODES:
        yield f"{len(model.nodes)} nodes, must be 1 to {MAX_NODES}"
    if not model.branches:
        yield "no branches"
    if not _positive(model.base_mva):
        yield f"base_mva {model.base_mva} must be positive"
    if not (_finite(model.slack_voltage_pu) and 0.5 <= model.slack_voltage_pu <= 1.5):
        yield f"slack_voltage_pu {model.slack_voltage_pu} must lie in 0.5 to 1.5"
    if not _finite(model.slack_angle_rad):
        yield "slack_angle_rad must be finite"


def _node_problems(node: Node) -> Iterator[str]:
    if not node.zone:
        yield "zone is missing"
    if not _positive(node.nominal_kv):
        yield f"nominal_kv {node.nominal_kv} must be positive"
    if not 0 < node.v_low_micro_pu < 1_000_000 < node.v_high_micro_pu < 2_000_000:
        yield f"voltage band {node.v_low_micro_pu} to {node.v_high_micro_pu} micro-pu must contain 1 pu, within 0 to 2"
    if not (_finite(node.shunt_g_pu) and _finite(node.shunt_b_pu)):
        yield "shunt must be finite"


def _branch_problems(branch: Branch, known: dict[str, Node]) -> Iterator[str]:
    for end, node in (("from_node", branch.from_node), ("to_node", branch.to_node)):
        if node not in known:
            yield f"{end} {node} does not exist"
    if branch.from_node == branch.to_node:
        yield "begins and ends at the same node"
    if not branch.zone:
        yield "zone is missing"
    if not all(_finite(value) for value in (branch.r_pu, branch.x_pu, branch.g_pu, branch.b_pu, branch.tap_shift_rad)):
        yield "r, x, g, b and shift must be finite"
    elif math.hypot(branch.r_pu, branch.x_pu) < MIN_IMPEDANCE_PU:
        yield f"zero impedance (below {MIN_IMPEDANCE_PU} pu)"
    if not _positive(branch.tap_ratio):
        yield f"tap_ratio {branch.tap_ratio} must be positive"
    if branch.limit_mpct <= 0:
        yield f"limit_mpct {branch.limit_mpct} must be positive"
    yield from _rating_problems(branch)


def _rating_problems(branch: Branch) -> Iterator[str]:
    for end, rating in (("rating_from_ka", branch.rating_from_ka), ("rating_to_ka", branch.rating_to_ka)):
        if not _positive(rating):
            yield f"{end} is missing"
        elif rating > MAX_PLAUSIBLE_RATING_KA and rating != UNLIMITED_RATING_KA:
            yield f"{end} {rating} kA is above {MAX_PLAUSIBLE_RATING_KA} kA, a placeholder"


def _duplicates(what: str, ids: list[str]) -> list[str]:
    return [f"{what} {name}: id used {count} times" for name, count in Counter(ids).items() if count > 1]


def _finite(value: float) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _positive(value: float) -> bool:
    return _finite(value) and value > 0


def _listed(document: dict[str, Any], key: str) -> list[tuple[int, Any]]:
    entries = document.get(key)
    return list(enumerate(entries)) if isinstance(entries, list) else []


def _build(kind: type[Any], entry: Any, where: str, problems: list[str]) -> Any:
    expected = {field.name: field.type for field in fields(kind)}
    if not isinstance(entry, dict) or entry.keys() != expected.keys():
        got = sorted(entry) if isinstance(entry, dict) else type(entry).__name__
        problems.append(f"{where}: expected the fields {sorted(expected)}, got {got}")
        return None
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    wrong = [
        f"{where}.{name}: expected {expected[name]}"
        for name, value in values.items()
        if not _has_type(value, str(expected[name]))
    ]
    problems.extend(wrong)
    return None if wrong else kind(**values)


def _has_type(value: Any, declared: str) -> bool:
    if declared == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if declared in ("int", "bool"):
        return isinstance(value, int) and isinstance(value, bool) == (declared == "bool")
    return isinstance(value, str if declared == "str" else tuple)
