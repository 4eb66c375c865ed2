"""The page: thirteen sections in one file, styles, script and data inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from html import escape
from importlib.resources import files

from flexbourse_demo.report import grid_sections, market_sections, money_sections, proof_sections
from flexbourse_demo.telling.record import DayRecord

Section = tuple[str, str, Callable[[DayRecord], str]]

SECTIONS: tuple[Section, ...] = (
    ("day", "The day", grid_sections.headline),
    ("map", "Map", grid_sections.street_map),
    ("lights", "Lights", grid_sections.lights),
    ("cable", "The cable", grid_sections.crowded_cable),
    ("home", "One home", market_sections.home_day),
    ("refused", "Refused", market_sections.refusals),
    ("prices", "Two prices", market_sections.two_prices),
    ("market", "Market", market_sections.market),
    ("relief", "Relief", money_sections.relief),
    ("gains", "Who gained", money_sections.gains),
    ("proof", "Proof", proof_sections.proof),
    ("trust", "How sure", proof_sections.trust),
    ("words", "Ten words", proof_sections.closing),
)


def render_report(day: DayRecord) -> str:
    """Return the whole report as one HTML document that loads nothing.

    Args:
        day: the recorded day; the report is a function of it alone.
    """
    links = "".join(
        f'<a href="#part-{key}"><b>{number}</b>{escape(title)}</a>'
        for number, (key, title, _) in enumerate(SECTIONS, 1)
    )
    body = "".join(f'<section id="part-{key}">{build(day)}</section>' for key, _, build in SECTIONS)
    title = f"Flexbourse: one day in a village, {day.facts.date}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{resource('style.css')}</style></head><body>"
        f'<nav aria-label="Sections"><div>{links}</div></nav><main>{body}</main>'
        f'<script type="application/json" id="day-data">{_map_data(day)}</script>'
        f"<script>{resource('map.js')}</script></body></html>\n"
    )


def _map_data(day: DayRecord) -> str:
    """Return what the map's script draws, as JSON that cannot end the element it stands in."""
    data = {
        "clocks": day.clocks,
        "places": day.map.places,
        "branches": [asdict(branch) for branch in day.map.branches],
        "homes": [{"name": home.name, "place": home.place, "devices": home.devices} for home in day.map.homes],
        "streets": day.map.streets,
        "worlds": [
            {
                "name": world.name,
                "worst_percent": world.worst_percent,
                "worst_period": world.worst_period,
                "loading_permille": world.loading_permille,
                "decivolt": world.decivolt,
                "home_w": world.home_w,
            }
            for world in day.worlds
        ],
    }
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def resource(name: str) -> str:
    """Return the text of a file beside this module."""
    return files("flexbourse_demo.report").joinpath(name).read_text(encoding="utf-8")
