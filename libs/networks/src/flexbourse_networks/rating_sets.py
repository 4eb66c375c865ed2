"""Ratings by season and for a limited time: a CSV file beside the network, applied to its branches.

Columns ``element,rating_set,max_i_ka,max_loading_percent,duration_s``. ``element`` is a branch of the model by its id
(``line-3``, also written ``line 3``) or its name; of a transformer the current is that at its lower voltage. An empty
``rating_set`` holds in every season. Without ``duration_s`` a row replaces the rating or the limit of the network;
with it the row is what the element may carry for that long, and leaves the model as it is.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from flexbourse_gridmath.model import UNLIMITED_RATING_KA, Branch
from flexbourse_networks.imported import NetworkProblems, TemporaryLimit

if TYPE_CHECKING:
    from flexbourse_networks.options import ImportOptions

COLUMNS = ("element", "rating_set", "max_i_ka", "max_loading_percent", "duration_s")
MAX_ROWS = 50_000
MAX_DURATION_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One row of a ratings file; ``duration_s`` None: permanent."""

    element: str
    rating_set: str
    max_i_ka: float | None
    max_loading_percent: float | None
    duration_s: int | None


def read_ratings(text: str) -> tuple[RatingRow, ...]:
    """The rows of a ratings file; raises :class:`NetworkProblems` naming every bad row."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise NetworkProblems([f"ratings: the columns must be {','.join(COLUMNS)} (got {reader.fieldnames})"])
    rows: list[RatingRow] = []
    problems: list[str] = []
    for number, raw in enumerate(reader, start=2):
        if number > MAX_ROWS + 1:
            problems.append(f"ratings: more than {MAX_ROWS} rows")
            break
        wrong = list(_row_problems(raw))
        problems += [f"ratings row {number}: {text}" for text in wrong]
        if not wrong:
            rows.append(_row(raw))
    keys = Counter((row.element, row.rating_set, row.duration_s) for row in rows)
    problems += [f"ratings: {key[0]}: {count} rows for the same set" for key, count in keys.items() if count > 1]
    if problems:
        raise NetworkProblems(problems)
    return tuple(rows)


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


def _row_problems(raw: Mapping[str, str | None]) -> Iterator[str]:
    if not (raw["element"] or "").strip():
        yield "element is missing"
    if not any((raw[column] or "").strip() for column in ("max_i_ka", "max_loading_percent")):
        yield "neither max_i_ka nor max_loading_percent"
    for column in ("max_i_ka", "max_loading_percent"):
        text = (raw[column] or "").strip()
        if text and not (_number(text) or 0) > 0:
            yield f"{column} must be a positive number ({text[:32]})"
    text = (raw["duration_s"] or "").strip()
    if text and not (text.isdigit() and 0 < int(text) <= MAX_DURATION_S):
        yield f"duration_s must be 1 to {MAX_DURATION_S} ({text[:32]})"
    if None in raw:
        yield "too many fields"


def _row(raw: Mapping[str, str | None]) -> RatingRow:
    texts = [(raw[column] or "").strip() for column in COLUMNS]
    return RatingRow(
        texts[0], texts[1], _number(texts[2]), _number(texts[3]), int(texts[4]) if texts[4] else None
    )  # fmt: skip


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def seasons_of(columns: Iterable[str], prefixes: Sequence[str]) -> frozenset[str]:
    """The rating sets that columns such as ``max_i_ka_winter`` name."""
    return frozenset(
        name[len(prefix) + 1 :] for name in columns for prefix in prefixes if name.startswith(f"{prefix}_")
    )
