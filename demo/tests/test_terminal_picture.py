"""The terminal: a live picture where there is one, plain lines where there is none, the same facts in both."""

import io

import pytest
from rich.console import Console
from toy_record import toy_material, toy_record
from village_fixtures import kerber_day, kerber_model, kerber_topology

from flexbourse_demo.driving.fold import MarketFold
from flexbourse_demo.robots import Moment
from flexbourse_demo.robots.base import supplier_cent
from flexbourse_demo.robots.market_view import MarketView
from flexbourse_demo.telling.sentences import closing_sentences, latest, offer_sentence
from flexbourse_demo.telling.terminal import TerminalWatcher, world_table


def shown(*, terminal: bool, width: int = 130) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=width, height=40, color_system=None)
    watcher = TerminalWatcher(console)
    watcher.network(kerber_model())
    watcher.scene(kerber_day(), kerber_topology())
    notes = toy_material().checked
    fold = MarketFold(kerber_day().day, ())
    fold.view, fold.notes = notes.view, notes
    watcher.step(Moment(72, kerber_day().day.start_s + 9 * 3600), fold)
    watcher.close()
    return console.file.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_the_scene_and_the_worst_cable_are_told(terminal):
    told = shown(terminal=terminal)
    assert "57 homes, 6 streets" in told
    assert "Watch Chestnut Lane: 16 homes, 12 of 12 car chargers" in told
    assert "worst cable 3-1" in told
    assert "next gate closes for 11:15" in told


def test_the_live_picture_has_a_letter_for_every_quarter_hour():
    rows = [line for line in shown(terminal=True).splitlines() if line.startswith("Chestnut Lane ")]
    letters = rows[-1].removeprefix("Chestnut Lane ").strip()
    assert len(letters) == 96
    assert set(letters) <= set("GAR?")
    assert "A" in letters


def test_a_narrow_terminal_shows_half_hours_and_the_worse_light_of_each():
    wide = [line for line in shown(terminal=True).splitlines() if line.startswith("Chestnut Lane ")][-1]
    narrow = [line for line in shown(terminal=True, width=90).splitlines() if line.startswith("Chestnut Lane ")][-1]
    letters, halves = wide.split()[-1], narrow.split()[-1]
    assert len(halves) == 48
    worst = ["GAR?"[max("GAR?".index(x) for x in letters[i : i + 2])] for i in range(0, 96, 2)]
    assert list(halves) == worst


def test_refusals_and_relief_come_before_the_largest_trades():
    notes, model = toy_material().checked, kerber_day()
    told = latest(notes.trades, notes.refusals, model, {"line-36": "cable 3-1"}, 4)
    assert len(told) == 4
    assert sum("REFUSED" in sentence for sentence in told) == 2
    assert any("relief" in sentence for sentence in told)


def test_one_offer_has_two_prices_where_the_tariff_differs():
    model, view = kerber_day(), MarketView()
    assert offer_sentence(view, model) == ""
    homes = [model.village.home(home) for home in model.village.crowded.home_ids]
    chargers = [home.node_id for home in homes if home.charger]
    view.nodal_ticks[80] = {model.village.source_node: 0, chargers[0]: -500, chargers[-1]: -4_000}
    told = offer_sentence(view, model)
    price = float(supplier_cent(model)[80])
    assert f"{price + 0.5:.1f} ct" in told
    assert f"{price + 4.0:.1f} ct" in told


def test_the_closing_tells_only_what_happened():
    record, model, trades = toy_record(), kerber_day(), toy_material().checked.trades
    told = list(closing_sentences(record, model, trades))
    assert any("REFUSED" in sentence for sentence in told)
    assert any("AMBER" in sentence for sentence in told)
    assert list(closing_sentences(record, model, [])) == [s for s in told if "the sun of" not in s]


def test_the_table_names_the_three_worlds():
    console = Console(file=io.StringIO(), width=100)
    console.print(world_table(toy_record()))
    told = console.file.getvalue()
    for words in ("no market", "without check", "Flexbourse", "overloaded quarter-hours"):
        assert words in told
