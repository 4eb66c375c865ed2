"""What an import hands over: the model, names, the network's own base case, controls held fixed, notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from flexbourse_gridmath.model import ModelError, NetworkModel

Integer = npt.NDArray[np.int64]
Position = tuple[float, float]


class NetworkProblems(ModelError):  # noqa: N818 - it is the list of them
    """A network cannot be imported; ``problems`` names every reason as ``element: what is wrong (values)``."""


class UnknownBusError(ValueError):
    """A bus is not in the network, or its name is not unique."""


@dataclass(frozen=True, slots=True)
class VoltageSource:
    """A generator that holds a voltage: in the model it injects ``p_w`` and ``q_var``, as solved at import.

    ``q_min_var`` and ``q_max_var`` are its reactive limits where the file gives them; they are not enforced at import.
    """

    element: str
    node: str
    vm_pu: float
    p_w: int
    q_var: int
    q_min_var: int | None = None
    q_max_var: int | None = None


@dataclass(frozen=True, slots=True)
class TapChanger:
    """A transformer whose tap may move under load: in the model it stands at ``position``.

    ``branch`` is its branch in the model, of a three-winding transformer the winding with the tap. One step up turns
    the ratio of the tapped side by ``step_percent``. ``node`` is where it holds the voltage, between ``low_pu`` and
    ``high_pu``; all three are None where the file names a tap changer without saying what it controls.
    """

    element: str
    branch: str
    position: float
    minimum: float | None = None
    maximum: float | None = None
    neutral: float | None = None
    step_percent: float | None = None
    tap_side: str = ""
    node: str | None = None
    low_pu: float | None = None
    high_pu: float | None = None


@dataclass(frozen=True, slots=True)
class PowerControl:
    """An injection that follows the grid, such as Q(U): in the model it is ``p_w`` and ``q_var``, as solved."""

    element: str
    node: str
    rule: str
    p_w: int
    q_var: int


@dataclass(frozen=True, slots=True)
class OtherControl:
    """Any other control of the file, held in the state that it led to; ``rule`` is its kind in the file's terms."""

    element: str
    rule: str


Control = VoltageSource | TapChanger | PowerControl | OtherControl


@dataclass(frozen=True, slots=True, eq=False)
class TemporaryLimit:
    """What branches may carry for a limited time: limit in milli-percent of the model's ratings, one per branch.

    Branches without a rating of this duration keep their permanent limit.
    """

    duration_s: int
    limit_mpct: Integer


@dataclass(frozen=True, slots=True, eq=False)
class ImportedNetwork:
    """A network as it came out of a file or library.

    ``names`` gives the node of every bus by its index and, where unique, by its name. ``base_p_w`` and ``base_q_var``
    (int64, one per node of the model, injection positive) are the network's own loads and generators, controls as
    solved. ``coordinates`` are as the file has them. ``temporary_limits`` are ordered by duration, longest first.
    """

    model: NetworkModel
    names: Mapping[str, str]
    coordinates: Mapping[str, Position | None]
    base_p_w: Integer
    base_q_var: Integer
    controls: tuple[Control, ...] = ()
    notices: tuple[str, ...] = ()
    temporary_limits: tuple[TemporaryLimit, ...] = ()
    ambiguous_names: frozenset[str] = field(default_factory=frozenset)

    def node_id(self, bus: str | int) -> str:
        """The node of a bus, by its index, its name or a node's id; raises :class:`UnknownBusError`."""
        text = str(bus)
        found = self.names.get(text)
        if found is not None:
            return found
        if text in self.ambiguous_names:
            raise UnknownBusError(f"bus {text[:64]!r}: more than one bus has this name, use its index")
        raise UnknownBusError(f"bus {text[:64]!r}: not in the network {self.model.name}")


def bus_names(
    model: NetworkModel, indices: Iterable[tuple[str, str]], names: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], frozenset[str]]:
    """Index and name of every bus to its node, and the names that several buses share.

    ``indices`` and ``names`` are pairs of what a bus is called and its node's id. An index always wins; where a name
    that is a number belongs to another bus than the index of that number, no number is taken for a name.
    """
    found = {alias: node.id for node in model.nodes for alias in (node.id, *node.aliases)}
    found |= dict(indices)
    given = [(name, node) for name, node in names if name]
    numbers_clash = any(name.isdigit() and found.get(name, node) != node for name, node in given)
    by_name: dict[str, set[str]] = {}
    for name, node in given:
        if not (numbers_clash and name.isdigit()):
            by_name.setdefault(name, set()).add(node)
    shared = frozenset(name for name, nodes in by_name.items() if len(nodes) > 1 and name not in found)
    found |= {name: next(iter(nodes)) for name, nodes in by_name.items() if len(nodes) == 1 and name not in found}
    return found, shared


def rounded(values: Iterable[float]) -> Integer:
    """Watts and vars as integers."""
    return np.array([round(float(value)) for value in values], dtype=np.int64)
