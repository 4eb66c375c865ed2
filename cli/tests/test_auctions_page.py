"""docs/auctions.md: every example is run and must print what the page shows; the picture is what is drawn today."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from flexbourse_cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "auctions.md").read_text()
EXAMPLE = re.compile(
    r"```csv\n(.*?)```\n```text\n\$ flexbourse book auction orders\.csv([^\n]*)\n(.*?)\n```", re.DOTALL
)
EXAMPLES = EXAMPLE.findall(PAGE)
ROWS = re.search(r"`rows\.csv`:\n\n((?:    .*\n)+)", PAGE)


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) == PAGE.count("```csv") == 7


@pytest.mark.parametrize(("csv", "options", "shown"), EXAMPLES)
def test_an_example_prints_what_the_page_shows(
    csv: str, options: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_text(csv)
    assert ROWS is not None
    Path("rows.csv").write_text(ROWS[1].replace("    ", ""))
    done = CliRunner().invoke(cli, ["book", "auction", "orders.csv", *options.split()], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert [line.rstrip() for line in done.stdout.strip("\n").split("\n")] == shown.split("\n")


def test_every_column_of_the_file_is_on_the_page() -> None:
    from flexbourse_cli.auction_file import COLUMNS, ROW_COLUMNS

    table = PAGE.split("## The file")[1]
    assert [name for name in (*COLUMNS, *ROW_COLUMNS) if f"`{name}`" not in table] == []


def test_the_picture_is_what_is_drawn_today() -> None:
    drawn = runpy.run_path(str(ROOT / "tools" / "draw_auction_curves.py"))["picture"]()
    assert drawn == (ROOT / "docs" / "auctions.svg").read_text()
