"""The tables of steps in the documentation are those of the code, and every headroom request is one it allows."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest

from flexbourse_activation.domain.claims.headroom import HEADROOM_LIFE, HeadroomState, HeadroomStep
from flexbourse_activation.domain.life import ACTIVATION_LIFE, ActivationState, ActivationStep

DOCUMENT = Path(__file__).parents[3] / "docs" / "life-of-an-activation.md"
TABLES: list[tuple[int, Any, type[IntEnum], type[IntEnum]]] = [
    (0, ACTIVATION_LIFE, ActivationState, ActivationStep),
    (1, HEADROOM_LIFE, HeadroomState, HeadroomStep),
]


def documented(number: int) -> list[tuple[str, str, str]]:
    """Return the rows of one of the document's tables of steps."""
    part = DOCUMENT.read_text().split("| from | step | to |\n|---|---|---|\n")[number + 1]
    rows = part.split("\n\n")[0].splitlines()
    return [(cells[1].strip(), cells[2].strip(), cells[3].strip()) for row in rows for cells in [row.split("|")]]


@pytest.mark.parametrize(("number", "table", "states", "steps"), TABLES)
def test_the_document_shows_the_table_of_the_code(
    number: int, table: Any, states: type[IntEnum], steps: type[IntEnum]
) -> None:
    allowed = [
        (state.name, step.name, table.next(state, step).name)
        for state in states
        for step in steps
        if table.allows(state, step)
    ]
    assert documented(number) == allowed
