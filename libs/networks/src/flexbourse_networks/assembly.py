"""The last steps that all formats share: ratings, zones, the model, and what the model itself finds wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch, NetworkModel, Node, find_problems
from flexbourse_networks.feeders import zoned
from flexbourse_networks.imported import NetworkProblems, TemporaryLimit
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.rating_sets import apply_ratings


@dataclass(frozen=True, slots=True)
class Draft:
    """A network as a format's reader leaves it: no zones yet, ratings not a number where there are none.

    ``unrated`` are branches whose lack of a rating the reader has reported itself, in the terms of its format.
    """

    name: str
    base_mva: float
    slack: str
    slack_voltage_pu: float
    slack_angle_rad: float
    nodes: Sequence[Node]
    branches: Sequence[Branch]
    open_branches: Sequence[Branch] = ()
    charged_from: Sequence[str] = ()
    charged_to: Sequence[str] = ()
    unrated: Set[str] = field(default_factory=frozenset)


def assemble(
    draft: Draft, options: ImportOptions, problems: Sequence[str]
) -> tuple[NetworkModel, tuple[TemporaryLimit, ...]]:
    """The model, and what its branches may carry for a while.

    Raises :class:`NetworkProblems` with the reader's own ``problems`` and those found here.
    """
    nominal_kv = {node.id: node.nominal_kv for node in draft.nodes}
    both = [*draft.branches, *draft.open_branches]
    rated, temporary, rating_problems = apply_ratings(both, nominal_kv, options)
    rated = [_explained(x) if x.id in draft.unrated else x for x in rated]
    live = len(draft.branches)
    nodes, branches, open_branches = zoned(draft.nodes, rated[:live], rated[live:], draft.slack)
    model = NetworkModel(
        name=draft.name,
        base_mva=draft.base_mva,
        slack=draft.slack,
        slack_voltage_pu=draft.slack_voltage_pu,
        slack_angle_rad=draft.slack_angle_rad,
        nodes=nodes,
        branches=branches,
        open_branches=open_branches,
        charged_from=tuple(draft.charged_from),
        charged_to=tuple(draft.charged_to),
    )
    found = [*problems, *rating_problems, *find_problems(model)]
    if found:
        raise NetworkProblems(found)
    return model, tuple(replace(limit, limit_mpct=limit.limit_mpct[:live]) for limit in temporary)


def _explained(branch: Branch) -> Branch:
    """A branch that is refused for its rating already, so that the model does not say it again."""
    if not math.isnan(branch.rating_from_ka):
        return branch
    return replace(branch, rating_from_ka=UNLIMITED_RATING_KA, rating_to_ka=UNLIMITED_RATING_KA)
