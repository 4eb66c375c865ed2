"""`flexbourse demo` on a small village: what it promises, on both engines, after kills, and to whoever checks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from all_checkers import CHECKERS
from click.testing import CliRunner
from demo_runs import DemoRun, run, run_until_killed
from log_access import EmbeddedLog, Log
from small_village import write_network

from flexbourse_cli.main import cli

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
KILLED_AT = (9, 60, 122)  # as the books open, in the afternoon, while it settles
KILLED_ON_KAFKA_AT = (9, 60) if LONG else ()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small village as a file."""
    return write_network(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module")
def demo(network: Path, tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """An undisturbed day on the embedded engine."""
    return run(network, tmp_path_factory.mktemp("demo") / "data")


def test_the_figures_hold_what_was_promised(demo: DemoRun) -> None:
    figures = demo.figures
    assert figures["orders"] > 1_000
    assert figures["trades"] > 100
    assert figures["energy_kwh"] > 0
    assert figures["refusals"]["GRID_LIMIT_EXCEEDED"] > 0
    assert set(figures["light_minutes"]) <= {"GREEN", "AMBER", "RED", "UNKNOWN"}
    assert figures["light_minutes"]["AMBER"] > 0
    assert figures["audit"]["checked"] > 0
    assert (figures["audit"]["disagreements"], figures["audit"]["violations"]) == (0, 0)
    assert figures["settlement"]["batches"] >= 1
    assert figures["settlement"]["gas"] > 0
    assert len(figures["settlement"]["root"]) == 64
    assert figures["settlement"]["balance_check"] == 0
    assert {name: len(digest) for name, digest in figures["digests"].items()} == {"trades": 64, "statements": 64}


def test_the_market_that_looks_at_the_grid_overloads_nothing(demo: DemoRun) -> None:
    worlds = {world["name"]: world for world in demo.figures["worlds"]}
    assert worlds["no local market"]["overloaded_quarters"] > 0
    assert worlds["Flexbourse"]["overloaded_quarters"] == 0


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_checker_finds_nothing_in_the_demo(demo: DemoRun, checker: Callable[[Log], list[str]]) -> None:
    log = EmbeddedLog(demo.data_dir)
    assert checker(log) == []
    log.close()


def verify(path: Path, data_dir: Path) -> tuple[int, dict[str, Any]]:
    """Run `flexbourse verify`."""
    found = CliRunner().invoke(cli, ["verify", str(path), "--data", str(data_dir), "--json"])
    return found.exit_code, json.loads(found.output)


def test_every_statement_verifies_and_all_add_up_to_zero(demo: DemoRun) -> None:
    paths = sorted((demo.data_dir / "statements").glob("*.json"))
    assert len(paths) > 5
    assert [verify(path, demo.data_dir)[0] for path in paths] == [0] * len(paths)
    assert sum(json.loads(path.read_text())["net_micro_euro"] for path in paths) == 0


def test_one_number_changed_is_named_by_verify(demo: DemoRun, tmp_path: Path) -> None:
    source = max((demo.data_dir / "statements").glob("*.json"), key=lambda path: path.stat().st_size)
    statement = json.loads(source.read_text())
    leaves = [leaf for group in statement["batches"][0]["metering_points"] for leaf in group["leaves"]]
    leaf = next(leaf for leaf in leaves if leaf["fields"]["kind"] == "position")
    leaf["fields"]["metered_w"] += 1
    changed = tmp_path / source.name
    changed.write_text(json.dumps(statement))
    exit_code, found = verify(changed, demo.data_dir)
    assert exit_code == 1
    assert found["ok"] is False
    assert (leaf["fields"]["leaf_id"], "metered_w") in {
        (difference["leaf_id"], difference["field"]) for difference in found["differences"]
    }


def test_the_report_is_one_file_that_asks_nobody(demo: DemoRun) -> None:
    report = (demo.data_dir / "report" / "report.html").read_text()
    assert "<svg" in report
    assert 'src="http' not in report
    assert "@import" not in report


def test_three_kills_and_resumes_give_the_same_digests(
    demo: DemoRun, network: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data_dir = tmp_path_factory.mktemp("killed") / "data"
    reached = [run_until_killed(network, data_dir, step, "--resume") for step in KILLED_AT]
    resumed = run(network, data_dir, "--resume")
    assert sorted(reached) == reached
    assert resumed.figures["digests"] == demo.figures["digests"]
    assert resumed.figures["settlement"]["balance_check"] == 0


@pytest.mark.kafka
def test_the_digests_on_kafka_are_the_same(
    demo: DemoRun, network: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data_dir = tmp_path_factory.mktemp("kafka-demo") / "data"
    for step in KILLED_ON_KAFKA_AT:
        run_until_killed(network, data_dir, step, "--engine", "kafka", "--resume")
    other = run(network, data_dir, "--engine", "kafka", "--resume")
    assert other.figures["engine"] == "kafka"
    assert other.figures["digests"] == demo.figures["digests"]
    for name in ("orders", "trades", "energy_kwh", "refusals", "light_minutes", "audit"):
        assert other.figures[name] == demo.figures[name], name
