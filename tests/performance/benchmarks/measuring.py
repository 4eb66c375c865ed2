"""What every benchmark needs: turns that share the noise, percentiles, a row of the page, and the profile of a run."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from cProfile import Profile
from pathlib import Path
from pstats import Stats
from typing import TypeVar

from flexbourse_testkit.late_collection import collector_asleep

PROFILE_ROWS = 14  # of the modules that take most; the rest is one row
OWN = "/src/flexbourse_"
SIGNIFICANT = 3
Result = TypeVar("Result")


def best_in_turns(repeats: int, *actions: Callable[[], tuple[float, Result]]) -> list[tuple[float, Result]]:
    """Return of each action its shortest time and what it returned then; actions take turns, so that noise is shared.

    An action returns the seconds it measured itself, so that what it has to prepare does not count.
    """
    best: list[tuple[float, Result] | None] = [None] * len(actions)
    for _ in range(repeats):
        for place, action in enumerate(actions):
            with collector_asleep():  # what is measured and its reference are to meet the same
                found = action()
            former = best[place]
            if former is None or found[0] < former[0]:
                best[place] = found
    return [found for found in best if found is not None]


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the value of ordered ones at or below which that part of all lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def show(
    name: str,
    what: str,
    ratio: float,
    aim: str,
    reference: str,
    figures: Mapping[str, float | str],
    profile: Sequence[tuple[str, float]] = (),
    explained_by: str = "",
) -> None:
    """Print one row of the page; an aim such as `≥ 0.8` is compared with the ratio there.

    A row that may miss its aim has a profile, or names the row whose profile explains it.
    """
    row = {
        "name": name,
        "what": what,
        "ratio": float(f"{ratio:.{SIGNIFICANT}g}"),
        "aim": aim,
        "figures": dict(figures),
        "reference": reference,
    }
    if profile:
        row["profile"] = [[where, round(share, 4)] for where, share in profile]
    if explained_by:
        row["explained_by"] = explained_by
    print(json.dumps(row), flush=True)


def profile_of(action: Callable[[], object]) -> list[tuple[str, float]]:
    """Return each module's share of the time of an action, most first; a call into C counts for who makes it.

    The profiler makes small functions look dearer than they are: shares say where to look, not how long it takes.
    """
    profile = Profile(time.perf_counter)
    profile.runcall(action)
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in Stats(profile).stats.items():  # type: ignore[attr-defined]
        if not file.startswith(("~", "<")):
            spent[module_of(file)] += own
        else:
            for (caller, _, _), found in callers.items():
                spent[module_of(caller)] += found[2]
    total = spent.total() or 1.0
    most = [(where, seconds / total) for where, seconds in spent.most_common(PROFILE_ROWS)]
    return [*most, ("everything else", max(0.0, 1.0 - sum(share for _, share in most)))]


def module_of(file: str) -> str:
    """Return the module of a file in few words."""
    if OWN in file:
        return "flexbourse_" + file.split(OWN, 1)[1].removesuffix(".py").replace("/", ".")
    return "library " + Path(file).parent.name if "/" in file else "library"


def timed(action: Callable[[], Result]) -> tuple[float, Result]:
    """Return the processor's seconds of an action and what it returned: whoever else wants a core does not count."""
    begun = time.process_time()
    result = action()
    return time.process_time() - begun, result
