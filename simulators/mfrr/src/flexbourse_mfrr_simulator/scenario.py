"""Scenario files (TOML or JSON): who the platform is, what the TSOs and other BSPs bring, what goes wrong."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from flexbourse_mfrr_simulator.domain.bids import DOWN, KW_PER_MW, UP, Bid
from flexbourse_mfrr_simulator.domain.clearing import Border
from flexbourse_mfrr_simulator.domain.faults import KINDS, Fault
from flexbourse_mfrr_simulator.domain.identifiers import is_eic
from flexbourse_mfrr_simulator.domain.messages import Code, Interval
from flexbourse_mfrr_simulator.domain.needs import Deactivation, DirectNeed, Need, RedispatchCall, agreed_capacity
from flexbourse_mfrr_simulator.domain.pricing import POINTS, RULES
from flexbourse_mfrr_simulator.domain.profile import MTU_S, PROFILES, Profile
from flexbourse_mfrr_simulator.domain.state import Settings
from flexbourse_mfrr_simulator.sections import SECTIONS, ScenarioError, checked

MAX_ENTRIES: Final = 10_000
FOREVER: Final = 1 << 40
OTHER_PARTY: Final = "OTHER-BSPS"
DIRECT_PRICES: Final = ("scheduled", "bid", "best")


@dataclass(frozen=True, slots=True)
class Participant:
    """A BSP that is known from the start; with a token its HTTP calls must carry it."""

    id: str
    scheme: str = "A10"
    transport: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Timed:
    """An entry that holds from a time to a time, with its values."""

    interval: Interval
    values: Mapping[str, Any]

    def holds(self, mtu: int) -> bool:
        """Tell whether it holds for an MTU."""
        return self.interval.start <= mtu < self.interval.end


@dataclass(slots=True)
class Scenario:
    """A scenario; it is also what the platform asks for needs, borders and other BSPs' bids of an MTU."""

    settings: Settings
    zones: Mapping[str, Code]
    start: int | None = None
    seed: int = 0
    participants: tuple[Participant, ...] = ()
    timed_needs: tuple[Timed, ...] = ()
    timed_bids: tuple[Timed, ...] = ()
    capacities: tuple[Timed, ...] = ()
    border_names: tuple[tuple[str, str, str], ...] = ()
    draws: Mapping[str, Any] = field(default_factory=dict)
    direct_needs: tuple[DirectNeed, ...] = ()
    deactivations: tuple[Deactivation, ...] = ()
    redispatches: tuple[RedispatchCall, ...] = ()
    faults: tuple[Fault, ...] = ()

    def needs(self, mtu: int) -> Sequence[Need]:
        """Return the needs of an MTU: those written, and one drawn per zone."""
        written = [_need(entry.values) for entry in self.timed_needs if entry.holds(mtu)]
        return [*written, *self._drawn_needs(mtu)]

    def borders(self, mtu: int) -> Sequence[Border]:
        """Return the borders; of each direction the lower of what its two sides sent counts, none sent: nothing.

        Capacities of a border that the scenario says nothing of are drawn, where it draws any.
        """
        return [
            Border(name, start, end, self._capacity(name, "forward", mtu), self._capacity(name, "backward", mtu))
            for name, start, end in self.border_names
        ]

    def other_bids(self, mtu: int) -> Sequence[Bid]:
        """Return the bids of BSPs that are not connected, written and drawn."""
        written = [entry.values for entry in self.timed_bids if entry.holds(mtu)]
        entries = [*written, *self._drawn_bids(mtu)]
        return [_bid(values, mtu, place) for place, values in enumerate(entries)]

    def _capacity(self, name: str, way: str, mtu: int) -> int:
        sent = [entry for entry in self.capacities if entry.values["border"] == name]
        if not sent:
            return self._random(mtu, f"capacity {name} {way}").randint(0, self.draws.get("capacity_mw", 0))
        return agreed_capacity(entry.values.get(way) for entry in sent if entry.holds(mtu))

    def _random(self, mtu: int, what: str) -> random.Random:
        return random.Random(f"{self.seed} {mtu} {what}")  # each MTU draws for itself, in whatever order they come

    def _drawn_needs(self, mtu: int) -> list[Need]:
        most, chance = self.draws.get("need_mw", 0), self.draws.get("need_chance", 0.0)
        drawn = []
        for zone in self.settings.zones:
            draw = self._random(mtu, f"need {zone.value}")
            if most and draw.random() < chance:
                drawn.append(Need(zone.value, draw.choice((UP, DOWN)), draw.randint(1, most)))
        return drawn

    def _drawn_bids(self, mtu: int) -> list[dict[str, Any]]:
        drawn = []
        for zone in self.settings.zones:
            draw = self._random(mtu, f"bids {zone.value}")
            middle, spread = self.draws.get("price", 50.0), self.draws.get("price_spread", 40.0)
            for direction in (UP, DOWN) * self.draws.get("bids", 0):
                away = draw.uniform(0.5, spread)
                price = round(middle + away if direction == UP else middle - away, 2)
                quantity = draw.randint(1, self.draws.get("bid_mw", 20))
                whole = draw.random() < self.draws.get("indivisible", 0.2)
                drawn.append({"zone": zone.value, "direction": direction, "quantity": quantity, "price": price,
                              "minimum": quantity if whole else 0})  # fmt: skip
        return drawn


def load_scenario(file: Path | None) -> Scenario:
    """Read a scenario; without a file the default one: a Nordic platform of two zones without needs.

    Raises:
        ScenarioError: everything that is wrong with it, at once.
    """
    content: dict[str, Any] = {}
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
            content = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
        except (OSError, ValueError) as error:
            raise ScenarioError([f"{file}: {error}"]) from error
    return make_scenario(content)


def make_scenario(content: Mapping[str, Any]) -> Scenario:
    """Turn the content of a scenario file into a scenario."""
    problems: list[str] = []
    sections = {name: checked(name, content.get(name), problems) for name in SECTIONS}
    problems += [f"{name} is no section of a scenario" for name in content.keys() - SECTIONS.keys()]
    problems += [f"{name} has more than {MAX_ENTRIES} entries" for name, e in sections.items() if len(e) > MAX_ENTRIES]
    if problems:
        raise ScenarioError(problems)
    zones = {zone["name"]: Code(zone["eic"]) for zone in sections["zones"]} or dict(_DEFAULT_ZONES)
    settings = _settings(sections, zones, problems)
    for name in ("needs", "bids", "direct", "redispatch"):
        _place(sections[name], zones, name, problems)
    borders = _borders(sections["borders"], zones, problems)
    named = {name for name, _, _ in borders}
    problems += [f"capacities: no border {e['border']}" for e in sections["capacities"] if e["border"] not in named]
    problems += [f"faults: kind is one of {', '.join(KINDS)}" for e in sections["faults"] if e["kind"] not in KINDS]
    if problems:
        raise ScenarioError(problems)
    main = sections["simulator"][0] if sections["simulator"] else {}
    return Scenario(
        settings=settings, zones=zones, start=main.get("start"), seed=main.get("seed", 0), border_names=tuple(borders),
        participants=tuple(Participant(**entry) for entry in sections["participants"]),
        timed_needs=_timed(sections["needs"]), timed_bids=_timed(sections["bids"]),
        capacities=_timed(sections["capacities"]), draws=sections["random"][0] if sections["random"] else {},
        direct_needs=tuple(direct_need(entry) for entry in sections["direct"]),
        deactivations=tuple(Deactivation(**entry) for entry in sections["deactivate"]),
        redispatches=tuple(redispatch_call(entry) for entry in sections["redispatch"]),
        faults=tuple(fault(entry) for entry in sections["faults"]),
    )  # fmt: skip


_DEFAULT_ZONES = {"NO2": Code("10YNO-2--------T"), "NO3": Code("10YNO-3--------J")}
_DIRECTIONS = {"up": UP, "down": DOWN}


def _settings(sections: Mapping[str, list[dict[str, Any]]], zones: Mapping[str, Code], problems: list[str]) -> Settings:
    main = sections["simulator"][0] if sections["simulator"] else {}
    prices = sections["prices"][0] if sections["prices"] else {}
    profile = PROFILES.get(main.get("profile", "nordic"))
    if profile is None:
        problems.append(f"simulator: profile is one of {', '.join(PROFILES)}")
    for name, allowed in (("rule", RULES), ("point", POINTS), ("direct", DIRECT_PRICES)):
        if prices.get(name, allowed[0]) not in allowed:
            problems.append(f"prices: {name} is one of {', '.join(allowed)}")
    codes = [Code(main.get("id", "10X1001A1001A38Y"), main.get("scheme", "A01"))]
    codes += [Code(main.get("domain", "10YNO-0--------C")), Code(main.get("area", "10Y1001A1001A91G")), *zones.values()]
    problems += [
        f"{code.value} is no energy identification code"
        for code in codes if code.scheme == "A01" and not is_eic(code.value)
    ]  # fmt: skip
    return Settings(
        platform=codes[0], domain=codes[1], area=codes[2], zones=tuple(zones.values()),
        profile=_changed(profile or PROFILES["nordic"], sections["profile"]),
        price_rule=prices.get("rule", RULES[0]), price_point=prices.get("point", POINTS[0]),
        direct_price=prices.get("direct", "best"), counter_activation=prices.get("counter_activation", True),
    )  # fmt: skip


def _changed(profile: Profile, entries: list[dict[str, Any]]) -> Profile:
    changes = dict(entries[0]) if entries else {}
    if "heartbeats_s" in changes:
        changes["heartbeats_s"] = tuple(changes["heartbeats_s"])
    return replace(profile, **changes)


def _place(entries: list[dict[str, Any]], zones: Mapping[str, Code], name: str, problems: list[str]) -> None:
    """Replace names of zones and directions by their codes."""
    for entry in entries:
        zone = zones.get(entry["zone"])
        if zone is None:
            problems.append(f"{name}: no zone {entry['zone']}")
        elif entry["direction"] not in _DIRECTIONS:
            problems.append(f"{name}: direction is up or down")
        else:
            entry["zone"], entry["direction"] = zone.value, _DIRECTIONS[entry["direction"]]


def _borders(
    entries: list[dict[str, Any]], zones: Mapping[str, Code], problems: list[str]
) -> list[tuple[str, str, str]]:
    borders = []
    for entry in entries:
        if entry["from"] in zones and entry["to"] in zones and entry["from"] != entry["to"]:
            borders.append((entry["name"], zones[entry["from"]].value, zones[entry["to"]].value))
        else:
            problems.append(f"borders: {entry['name']} must lie between two of the zones")
    return borders


def _timed(entries: list[dict[str, Any]]) -> tuple[Timed, ...]:
    return tuple(Timed(Interval(e.get("from", 0), e.get("to", FOREVER)), e) for e in entries)


def _cents(price: float | None) -> int | None:
    return None if price is None else round(price * 100)


def _need(values: Mapping[str, Any]) -> Need:
    return Need(values["zone"], values["direction"], values["quantity"], _cents(values.get("price")),
                values.get("tolerance", 0))  # fmt: skip


def _bid(values: Mapping[str, Any], mtu: int, place: int) -> Bid:
    zone = values["zone"]
    return Bid(
        mrid=f"other {mtu} {place}", party=OTHER_PARTY, document="scenario", zone=zone, direction=values["direction"],
        mtu=mtu, quantity_kw=values["quantity"] * KW_PER_MW, minimum_kw=values.get("minimum", 0) * KW_PER_MW,
        price=_cents(values["price"]) or 0, product=values.get("product", "A07"), status="A06", sequence=0,
        provider=Code(OTHER_PARTY, "A10"), acquiring=Code(zone), resource=None,
    )  # fmt: skip


def direct_need(entry: Mapping[str, Any]) -> DirectNeed:
    """Return a direct need; without an MTU it is for the one whose window the time lies in."""
    mtu = entry.get("mtu", (entry["at"] + MTU_S // 2) // MTU_S * MTU_S)
    return DirectNeed(entry["zone"], entry["direction"], entry["quantity"], entry["at"], mtu)


def redispatch_call(entry: Mapping[str, Any]) -> RedispatchCall:
    """Return a call for redispatch."""
    return RedispatchCall(
        name=entry.get("name", "redispatch"), zone=entry["zone"], direction=entry["direction"],
        quantity=entry["quantity"], interval=Interval(entry["from"], entry["to"]), announced=entry["announced"],
        offers_until=entry["offers_until"], ordered=entry["ordered"], business_type=entry.get("business_type", "A85"),
    )  # fmt: skip


def fault(entry: Mapping[str, Any]) -> Fault:
    """Return a scripted fault."""
    return Fault(
        entry["kind"], entry.get("from", 0), entry.get("to", FOREVER), entry.get("party", ""), entry.get("count", 1),
        entry.get("delay_s", 0), entry.get("text", "refused by a scripted fault"),
    )  # fmt: skip


def command_entry(section: str, content: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """Check an operator's command as the entry of a section; zones by their name in the scenario, or by their EIC.

    Raises:
        ScenarioError: everything that is wrong with it.
    """
    problems: list[str] = []
    entries = checked(section, [dict(content)], problems)
    if problems:
        raise ScenarioError(problems)
    if "zone" in entries[0]:
        known = {zone.value: zone for zone in scenario.zones.values()} | dict(scenario.zones)
        _place(entries, known, section, problems)
    if section == "faults" and entries[0]["kind"] not in KINDS:
        problems.append(f"faults: kind is one of {', '.join(KINDS)}")
    if problems:
        raise ScenarioError(problems)
    return entries[0]
