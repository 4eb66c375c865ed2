"""The compiled contracts: read from the JSON files that are committed beside this package."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Artefact:
    """One compiled contract: interface and the code that deploys it."""

    abi: list[dict[str, Any]]
    bytecode: str


@cache
def settlement_ledger() -> Artefact:
    """Return the ledger of netted batches."""
    text = files("flexbourse_settlement").joinpath("contracts/SettlementLedger.json").read_text(encoding="utf-8")
    compiled = json.loads(text)
    return Artefact(abi=compiled["abi"], bytecode=compiled["bytecode"])
