"""Shape of a scenario's sections: which keys each knows, of which type, and which it must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

from flexbourse_mfrr_simulator.domain.profile import Profile

TIME: Final = "time"
_ORDER = {"zone": str, "direction": str, "quantity": int}
_SPAN = {"from": TIME, "to": TIME}

# Per section: required keys, optional keys. Sections in SINGLE are one table, the others lists of tables.
SECTIONS: Final[Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]]] = {
    "simulator": ({}, {"id": str, "scheme": str, "domain": str, "area": str, "profile": str, "start": TIME,
                       "seed": int}),
    "profile": ({}, {field.name: list if field.name == "heartbeats_s" else bool if field.name == "uuid_required"
                     else int for field in fields(Profile) if field.name != "name"}),
    "prices": ({}, {"rule": str, "point": str, "direct": str, "counter_activation": bool}),
    "random": ({}, {"need_mw": int, "need_chance": float, "capacity_mw": int, "bids": int, "bid_mw": int,
                    "price": float, "price_spread": float, "indivisible": float}),
    "zones": ({"name": str, "eic": str}, {}),
    "borders": ({"name": str, "from": str, "to": str}, {}),
    "capacities": ({"border": str, "side": str}, {**_SPAN, "forward": int, "backward": int}),
    "participants": ({"id": str}, {"scheme": str, "transport": str, "token": str}),
    "needs": (_ORDER, {**_SPAN, "price": float, "tolerance": int}),
    "bids": ({**_ORDER, "price": float}, {**_SPAN, "minimum": int, "product": str}),
    "direct": ({**_ORDER, "at": TIME}, {"mtu": TIME}),
    "deactivate": ({"party": str, "at": TIME, "end": TIME}, {"order": str}),
    "redispatch": ({**_ORDER, **_SPAN, "announced": TIME, "offers_until": TIME, "ordered": TIME},
                   {"name": str, "business_type": str}),
    "faults": ({"kind": str}, {**_SPAN, "party": str, "count": int, "delay_s": int, "text": str}),
}  # fmt: skip
SINGLE: Final = frozenset({"simulator", "profile", "prices", "random"})


class ScenarioError(Exception):
    """A scenario or an operator's command that cannot be used; `problems` says everything that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def checked(name: str, section: Any, problems: list[str]) -> list[dict[str, Any]]:
    """Return a section's entries with times as seconds; what is wrong is added to `problems`."""
    if section is None:
        return []
    entries = [section] if name in SINGLE else section
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.append(f"{name} must be {'a table' if name in SINGLE else 'a list of tables'}")
        return []
    return [_entry(f"{name}[{place}]" if name not in SINGLE else name, name, entry, problems)
            for place, entry in enumerate(entries)]  # fmt: skip


def _entry(where: str, name: str, entry: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    required, optional = SECTIONS[name]
    problems += [f"{where}: {key} is missing" for key in required.keys() - entry.keys()]
    taken = {}
    for key, value in entry.items():
        kind = required.get(key, optional.get(key))
        if kind is None:
            problems.append(f"{where}: {key} is not known")
            continue
        try:
            taken[key] = _value(kind, value)
        except (TypeError, ValueError) as error:
            problems.append(f"{where}: {key}: {error}")
    return taken


def _value(kind: Any, value: Any) -> Any:
    if kind is TIME:
        return seconds(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    if kind is int and value < 0:
        raise ValueError(f"{value} is below zero")
    return value


def seconds(value: Any) -> int:
    """Return a time as seconds since 1970 UTC; a ValueError says what is wrong with it."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError(f"{value!r} is no time with a zone, such as 2026-03-28T22:00:00Z")
    return int(moment.astimezone(UTC).timestamp())
