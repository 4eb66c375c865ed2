"""Scenario files and operator's commands: what they mean, and that all mistakes are named at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bsp_documents import NO2, Series
from mfrr_market import Market

from flexbourse_mfrr_simulator.domain.needs import agreed_capacity
from flexbourse_mfrr_simulator.scenario import load_scenario, make_scenario
from flexbourse_mfrr_simulator.sections import ScenarioError
from flexbourse_mfrr_simulator.simulator import CommandError

README = Path(__file__).parents[1] / "README.md"


def test_the_scenario_of_the_readme_runs() -> None:
    text = README.read_text()
    example = text[text.index("```toml") + 7 :]
    file_text = example[: example.index("```")]
    import tomllib

    content = tomllib.loads(file_text)
    market = Market({**content, "profile": {"heartbeats_s": []}})
    market.until("12:00")
    assert any(record["scheduled_kw"] for record in market.status["mtus"])


def test_json_and_toml_say_the_same(tmp_path: Path) -> None:
    need = {
        "zone": "NO3",
        "direction": "down",
        "quantity": 4,
        "price": 12,
        "tolerance": 2,
        "from": "2026-03-10T12:00:00Z",
    }
    (tmp_path / "a.json").write_text(json.dumps({"needs": [need]}))
    lines = [f"{key} = {value if key == 'from' else json.dumps(value)}" for key, value in need.items()]
    (tmp_path / "a.toml").write_text("[[needs]]\n" + "\n".join(lines))
    at = 1_773_144_000
    first, second = (list(load_scenario(tmp_path / f"a.{kind}").needs(at)) for kind in ("json", "toml"))
    assert first == second
    assert (first[0].price, first[0].tolerance, first[0].direction) == (1200, 2, "A02")
    assert not load_scenario(tmp_path / "a.json").needs(at - 900)


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"needs": [{"zone": "NO2", "direction": "up"}]}, "needs[0]: quantity is missing"),
    ({"needs": [{"zone": "NO2", "direction": "up", "quantity": -1}]}, "below zero"),
    ({"needs": [{"zone": "NO2", "direction": "up", "quantity": True}]}, "is no int"),
    (
        {"needs": [{"zone": "NO2", "direction": "up", "quantity": 1, "from": "2026-03-10T12:00:00"}]},
        "no time with a zone",
    ),
    ({"needs": [{"zone": "elsewhere", "direction": "up", "quantity": 1}]}, "no zone elsewhere"),
    ({"needs": [{"zone": "NO2", "direction": "left", "quantity": 1}]}, "direction is up or down"),
    ({"needs": {}}, "must be a list of tables"),
    ({"prices": {"rule": "nice"}}, "rule is one of"),
    ({"simulator": {"profile": "moon"}}, "profile is one of"),
    ({"simulator": {"id": "10X1001A1001A38X"}}, "no energy identification code"),
    ({"borders": [{"name": "x", "from": "NO2", "to": "NO2"}]}, "between two of the zones"),
    ({"capacities": [{"border": "x", "side": "a"}]}, "no border x"),
    ({"faults": [{"kind": "flood"}]}, "kind is one of"),
    ({"profile": {"gate": 1}}, "gate is not known"),
    ({"weather": []}, "no section"),
]


@pytest.mark.parametrize(("content", "text"), MISTAKES)
def test_a_mistake_is_named(content: dict[str, Any], text: str) -> None:
    with pytest.raises(ScenarioError) as error:
        make_scenario(content)
    assert text in str(error.value)


def test_all_mistakes_are_named_together() -> None:
    with pytest.raises(ScenarioError) as error:
        make_scenario({"needs": [{"zone": "NO2"}, {"quantity": "x"}], "weather": []})
    assert len(error.value.problems) == 6


@pytest.mark.parametrize(
    ("sent", "agreed"), [([5, 3], 3), ([None, 4], 4), ([4], 4), ([], 0), ([None, None], 0), ([0, 9], 0)]
)
def test_capacity_is_the_lowest_that_was_sent(sent: list[int | None], agreed: int) -> None:
    assert agreed_capacity(sent) == agreed


def test_capacities_are_drawn_only_where_none_were_sent() -> None:
    borders = [{"name": "x", "from": "NO2", "to": "NO3"}, {"name": "y", "from": "NO3", "to": "NO2"}]
    content = {"borders": borders, "capacities": [{"border": "y", "side": "NO3", "forward": 5}]}
    drawn = make_scenario({**content, "random": {"capacity_mw": 9}})
    first = [drawn.borders(900 * place) for place in range(50)]
    assert first == [drawn.borders(900 * place) for place in range(50)]
    assert {border.forward for border, _ in first} == set(range(10))
    assert {(border.forward, border.backward) for _, border in first} == {(5, 0)}
    assert {border.forward for border, _ in [make_scenario(content).borders(0)]} == {0}


def test_a_zone_of_a_command_has_its_name_or_its_eic() -> None:
    market = Market(start="11:55")
    for zone in ("NO2", NO2):
        assert "now" in market.simulator.command("direct", {"zone": zone, "direction": "up", "quantity": 1})
    late = {
        "zone": "NO2",
        "direction": "up",
        "quantity": 1,
        "at": "2026-03-10T11:59:00Z",
        "mtu": "2026-03-10T13:00:00Z",
    }
    with pytest.raises(CommandError, match="window"):
        market.simulator.command("direct", late)


def test_time_neither_goes_back_nor_leaps() -> None:
    market = Market()
    with pytest.raises(CommandError, match="does not go back"):
        market.simulator.command("advance", {"seconds": -1})
    with pytest.raises(CommandError, match="at most 7 days"):
        market.simulator.command("advance", {"seconds": 8 * 86_400})


def test_memory_ends_after_two_days() -> None:
    market = Market({"bids": [{"zone": "NO2", "direction": "up", "quantity": 1, "price": 1.0}],
                     "needs": [{"zone": "NO2", "direction": "up", "quantity": 1}]})  # fmt: skip
    market.accept(Series("a"))
    market.until("2026-03-13T00:00")
    state = market.simulator.platform.state
    assert len(state.mtus) <= 2 * 96 + 12
    assert len(state.book.bids) <= 2 * 96 + 12
    assert not state.orders
    assert len(state.events) < 4000
