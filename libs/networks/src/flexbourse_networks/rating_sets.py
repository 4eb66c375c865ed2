"""Ratings of a ratings file on the branches of a network: those of the chosen season, and those for a limited time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch
from flexbourse_networks.imported import TemporaryLimit
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.ratings_file import RatingRow


def apply_ratings(
    branches: Sequence[Branch], nominal_kv: Mapping[str, float], options: ImportOptions
) -> tuple[list[Branch], tuple[TemporaryLimit, ...], list[str]]:
    """The branches with the ratings of the chosen season, what they may carry for a while, and every problem.

    A branch whose own ratings are not numbers has none and gets the default; one that stays without is a problem of
    the caller, who knows why it has none. ``nominal_kv`` is by node.
    """
    rows = _by_branch(branches, options)
    rated: list[Branch] = []
    for branch in branches:
        row = rows.permanent.get(branch.id)
        given = row.max_i_ka if row is not None else None
        if given is None and math.isnan(branch.rating_from_ka):
            given = options.default_rating_ka
        rated.append(branch if given is None else _with_rating(branch, nominal_kv, given))
        if row is not None and row.max_loading_percent is not None:
            rated[-1] = replace(rated[-1], limit_mpct=round(row.max_loading_percent * 1000))
    limits = tuple(
        TemporaryLimit(duration, np.array([_limit(b, rows.temporary[duration].get(b.id)) for b in rated], np.int64))
        for duration in sorted(rows.temporary, reverse=True)
    )
    return rated, limits, rows.problems


def names_of(branch_id: str, name: str) -> tuple[str, ...]:
    """What a ratings file may call a branch: its id, the id with a blank, its name."""
    kind, _, index = branch_id.partition("-")
    return (branch_id, f"{kind} {index}", name)


def rated_names(options: ImportOptions) -> frozenset[str]:
    """What a ratings file calls the branches that it gives a permanent rating in the chosen season."""
    return frozenset(
        row.element
        for row in options.ratings
        if row.max_i_ka is not None and row.duration_s is None and _in_season(row, options)
    )


@dataclass(slots=True)
class _Rows:
    permanent: dict[str, RatingRow]
    temporary: dict[int, dict[str, RatingRow]]
    problems: list[str]


def _by_branch(branches: Sequence[Branch], options: ImportOptions) -> _Rows:
    called: dict[str, set[str]] = {}
    for branch in branches:
        for name in names_of(branch.id, branch.name):
            called.setdefault(name, set()).add(branch.id)
    rows = _Rows({}, {}, [])
    # Rows of the season come last and so replace those that hold in every season.
    for row in sorted(options.ratings, key=lambda row: bool(row.rating_set)):
        ids = called.get(row.element, set())
        if len(ids) != 1:
            what = "several branches have this name" if ids else "not a branch of the network"
            rows.problems.append(f"ratings: {row.element}: {what}")
        elif _in_season(row, options):
            (branch_id,) = ids
            if row.duration_s is None:
                rows.permanent[branch_id] = row
            else:
                rows.temporary.setdefault(row.duration_s, {})[branch_id] = row
    return rows


def _in_season(row: RatingRow, options: ImportOptions) -> bool:
    return row.rating_set in ("", options.season or "")


def _with_rating(branch: Branch, nominal_kv: Mapping[str, float], rating_ka: float) -> Branch:
    """The current is that at the lower voltage; the other end keeps its own proportion, or carries the same power."""
    if math.isinf(rating_ka):
        return replace(branch, rating_from_ka=UNLIMITED_RATING_KA, rating_to_ka=UNLIMITED_RATING_KA)
    if branch.rating_to_ka == UNLIMITED_RATING_KA:  # a winding, rated at its terminal alone
        return replace(branch, rating_from_ka=rating_ka)
    from_kv, to_kv = nominal_kv[branch.from_node], nominal_kv[branch.to_node]
    proportion = branch.rating_to_ka / branch.rating_from_ka
    if math.isnan(proportion):
        proportion = from_kv / to_kv
    if from_kv < to_kv:
        return replace(branch, rating_from_ka=rating_ka, rating_to_ka=rating_ka * proportion)
    return replace(branch, rating_from_ka=rating_ka / proportion, rating_to_ka=rating_ka)


def _limit(branch: Branch, row: RatingRow | None) -> int:
    if row is None:
        return branch.limit_mpct
    percent = 100.0 if row.max_loading_percent is None else row.max_loading_percent
    rated = [x for x in (branch.rating_from_ka, branch.rating_to_ka) if x != UNLIMITED_RATING_KA]
    if row.max_i_ka is not None and rated:
        percent *= row.max_i_ka / max(rated)
    return round(percent * 1000)


def seasons_of(columns: Iterable[str], prefixes: Sequence[str]) -> frozenset[str]:
    """The rating sets that columns such as ``max_i_ka_winter`` name."""
    return frozenset(
        name[len(prefix) + 1 :] for name in columns for prefix in prefixes if name.startswith(f"{prefix}_")
    )
