"""Ratings by season and for a limited time: a CSV file beside the network, row by row.

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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flexbourse_networks.imported import NetworkProblems

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
