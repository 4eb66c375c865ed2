"""`flexbourse book replay` as a person runs it: figures, events, and a line that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.main import cli

CROSSING = "order_id,participant,side,price_ticks,quantity_w\na,p,sell,10,500\nb,q,buy,12,700\nc,q,sell,20,100\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(CROSSING)
    return path


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["book", "replay", *map(str, arguments)])


@pytest.mark.parametrize("engine", ["fast", "naive"])
def test_figures_and_events(file: Path, tmp_path: Path, engine: str) -> None:
    out = tmp_path / "events.ndjson"
    done = call(file, "--no-grid", "--engine", engine, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["commands"], found["traded_w"], found["resting"]) == (3, 500, 2)
    assert found["events"] == {"accepted": 3, "traded": 1}
    events = [json.loads(line) for line in out.read_text().splitlines()]
    trade = next(event for event in events if event["event"] == "traded")
    assert (trade["taker"], trade["maker"], trade["price_ticks"], trade["quantity_w"]) == ("b", "a", 10, 500)


def test_both_engines_come_to_the_same_state(file: Path) -> None:
    hashes = {json.loads(call(file, "--no-grid", "--engine", name, "--json").stdout)["state_hash"]
              for name in ("fast", "naive")}  # fmt: skip
    assert len(hashes) == 1


def test_a_person_reads_counts_rate_times_and_hash(file: Path) -> None:
    done = call(file, "--no-grid")
    assert done.exit_code == 0, done.output
    for said in ("commands", "500 W traded, 2 orders rest", "commands a second", "p99.9", "state "):
        assert said in done.stdout


def test_the_grid_of_a_network_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,participant,side,quantity_w,node\na,p,sell,9000000,bus-5\nb,q,buy,9000000,bus-80\n")
    done = call(path, "--json")
    assert done.exit_code == 0, done.output
    assert 0 < json.loads(done.stdout)["traded_w"] < 9_000_000


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,price_ticks\na,1\nb,one\n")
    done = call(path, "--no-grid")
    assert done.exit_code == 1
    assert "line 3: price_ticks is a whole number from" in done.output


def test_the_naive_engine_knows_no_grid(file: Path) -> None:
    done = call(file, "--engine", "naive")
    assert done.exit_code == 2
    assert "--no-grid" in done.output


def test_a_network_and_none_contradict_each_other(file: Path) -> None:
    done = call(file, "--no-grid", "--network", "cigre-lv")
    assert (done.exit_code, "no network is looked at" in done.output) == (2, True)
    assert call(file, "--network", "nosuch").exit_code == 2


def test_a_profile_names_functions(file: Path) -> None:
    done = call(file, "--no-grid", "--profile")
    assert done.exit_code == 0, done.output
    assert "admission.py" in done.output


def test_files_that_cannot_be_read_or_written_are_named(file: Path, tmp_path: Path) -> None:
    missing, nowhere = tmp_path / "missing.csv", tmp_path / "no" / "events.ndjson"
    for arguments, named in (((missing,), missing), ((file, "--out", nowhere), nowhere)):
        done = call(*arguments, "--no-grid")
        assert (done.exit_code, done.stderr.strip()) == (2, f"error: {named}: No such file or directory")
    full = Path("/dev/full")
    if full.exists():
        done = call(file, "--no-grid", "--out", full)
        assert (done.exit_code, done.stderr.strip()) == (2, "error: /dev/full: No space left on device")


def test_the_file_that_is_read_is_not_written_over(file: Path, tmp_path: Path) -> None:
    other_name = tmp_path / "events.ndjson"
    other_name.symlink_to(file)
    for out in (file, other_name):
        done = call(file, "--no-grid", "--out", out)
        assert (done.exit_code, "its lines would be lost" in done.stderr) == (2, True)
        assert file.read_text() == CROSSING


def test_a_file_without_commands_says_so(tmp_path: Path) -> None:
    for name, text in (("a.csv", ""), ("b.csv", "order_id,side\n"), ("c.ndjson", "")):
        (tmp_path / name).write_text(text)
        done = call(tmp_path / name, "--no-grid")
        assert (done.exit_code, done.stderr.strip()) == (1, f"error: {tmp_path / name}: holds no command")
