"""Each invariant's checker sees the fault that breaks it; without a fault the same days are sound."""

from __future__ import annotations

from contextlib import suppress

import pytest
from judging import problems
from long_day import live, prepared
from planted_faults import FAULTS, FIRST_SEEDS

# Days that are looked at until a fault is seen; without a fault `test_simulated_days` finds nothing in them.
MOST_SEEDS = 12


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, checker = FAULTS[name]
    sound = prepared()  # before anything is planted
    plant(monkeypatch)
    seen: list[str] = []
    first = FIRST_SEEDS.get(name, 0)
    for seed in range(first, first + MOST_SEEDS):
        platform = sound.platform(seed)
        with suppress(Exception):  # where a service sees it first and crashes, the log so far says it, too
            live(platform)
        seen = problems(platform)
        if any(text.startswith(checker) for text in seen):
            return
    pytest.fail(f"{checker} saw nothing; seen by others: {seen[:3]}")
