"""The command line against a platform in its own process: what it prints, and with which code it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.main import cli
from flexbourse_cli.services import CONTEXTS

PARTICIPANTS = "participant_id,name,roles,active\nsun-agg,Sun Ltd,AGR,true\ngrid-co,Grid Co,DSO,true\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def test_algebra_uses_one_thread_unless_the_environment_says_otherwise() -> None:
    program = """
import os, sys
from flexbourse_cli.main import main
assert "numpy" not in sys.modules  # it reads the environment once
sys.argv = ["flexbourse", "--version"]
try:
    main()
except SystemExit:
    print(os.environ["OPENBLAS_NUM_THREADS"])
"""
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for given, expected in (({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")):
        command = [sys.executable, "-c", program]
        ended = subprocess.run(command, env=others | given, capture_output=True, text=True, check=True)
        assert ended.stdout.split()[-1] == expected


class Up:
    """`flexbourse up --json` in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        command = [sys.executable, "-m", "flexbourse_cli.main", "up", "--json", "--data", "data"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home)
        self.announced: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        text = ""
        for line in self.process.stdout:
            text += line
            if line == "}\n":
                found: dict[str, Any] = json.loads(text)
                return found
        assert self.process.stderr is not None
        raise AssertionError(f"not up: {text}{self.process.stderr.read()}")

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(60)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code

    def file(self, name: str, text: str) -> str:
        path = self.home / name
        path.write_text(text)
        return str(path)

    def __call__(self, *arguments: str) -> Result:
        """Run a command in this process, against that platform."""
        return run(*arguments, "--data", str(self.home / "data"))


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = Up(tmp_path_factory.mktemp("home"))
    yield running
    if running.process.poll() is None:
        assert running.end(signal.SIGTERM) in (0, 1)  # 1: an effect was cut off


def test_up_says_where_it_listens(up: Up) -> None:
    assert up.announced["engine"] == "embedded"
    assert set(up.announced) == {"engine", "grpc", "http", "issuer", "data", "seconds"}


def test_import_is_repeatable(up: Up) -> None:
    file = up.file("participants.csv", PARTICIPANTS)
    for changed in (2, 0):
        done = up("registry", "import", file)
        assert (done.exit_code, done.stdout) == (0, f"2 accepted, {changed} changed, 0 errors\n")
    shown = up("registry", "show", "participant", "sun-agg", "--json")
    assert json.loads(shown.stdout)[0]["version"] == "1"


def test_broken_rows_are_listed_all_at_once(up: Up) -> None:
    file = up.file("broken.csv", "participant_id,name,roles,active\nSun,A,AGR,true\nwind,B,XYZ,perhaps\n")
    done = up("registry", "import", file, "--kind", "participant", "--json")
    assert done.exit_code == 1
    errors = [(entry["row"], entry["column"]) for entry in json.loads(done.stdout)["errors"]]
    assert errors == [(2, "participant_id"), (3, "roles"), (3, "active")]
    table = up("registry", "import", file, "--kind", "participant")
    assert table.exit_code == 1
    assert "participant_id" in table.stdout
    assert "0 accepted, 0 changed, 3 errors" in table.stdout


def test_a_party_logs_in_with_its_own_credentials(up: Up) -> None:
    done = up("registry", "show", "participant", "--party", "sun-agg")
    assert done.exit_code == 4
    assert "registry enrol sun-agg" in done.stderr
    assert up("registry", "enrol", "sun-agg").exit_code == 0
    assert up("registry", "show", "participant", "--party", "sun-agg").exit_code == 0
    file = up.file("participants.csv", PARTICIPANTS)
    refused = up("registry", "import", file, "--party", "sun-agg", "--json")
    assert refused.exit_code == 1
    assert {error["code"] for error in json.loads(refused.stdout)["errors"]} == {"NOT_OWNER"}


def test_shard_status_and_orders_to_shards(up: Up) -> None:
    shards = json.loads(up("shard", "status", "--json").stdout)
    assert {shard["context"] for shard in shards} == set(CONTEXTS)
    assert {shard["state"] for shard in shards} == {"running"}
    assert up("shard", "resume", "registry/0", "--reason", "none").exit_code == 1
    assert up("shard", "resume", "registry", "--reason", "none").exit_code == 2
    assert up("shard", "resume", "registry/0", "--reason", "none", "--party", "sun-agg").exit_code == 4


def test_usage_errors(up: Up) -> None:
    assert up("order", "list").exit_code == 2
    assert run("nonsense").exit_code == 2
    assert up("registry", "import", "missing.csv").exit_code == 2


def test_help_names_every_command_and_imports_nothing_slow() -> None:
    done = run("--help")
    assert done.exit_code == 0
    for name in ("up", "demo", "order", "book", "light", "registry", "verify", "shard", "replay", "doctor"):
        assert f"\n  {name} " in done.stdout
    slow = "import sys, flexbourse_cli.main; print({'grpc', 'pandapower', 'web3', 'rich'} & set(sys.modules))"
    seen = subprocess.run([sys.executable, "-c", slow], capture_output=True, text=True, timeout=240, check=True)
    assert seen.stdout == "set()\n"


def test_doctor_reports_the_platform(up: Up) -> None:
    done = up("doctor", "--json")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert findings["platform"]["good"], findings["platform"]
    credentials = up.home / "data" / "credentials" / "operator.json"
    credentials.chmod(0o644)
    worse = up("doctor", "--json")
    credentials.chmod(0o600)
    assert worse.exit_code == 1
    assert any(f["name"] == "credentials" and "chmod 600" in f["fix"] for f in json.loads(worse.stdout)["findings"])


def test_a_second_platform_on_the_same_folder_is_refused(up: Up) -> None:
    done = up("up")
    assert done.exit_code == 2
    assert "in use" in done.stderr
    assert up("shard", "status").exit_code == 0


def test_what_was_registered_survives_kill_nine(tmp_path: Path) -> None:
    first = Up(tmp_path)
    assert first("registry", "import", first.file("participants.csv", PARTICIPANTS)).exit_code == 0
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    unreachable = first("registry", "show", "participant", "sun-agg", "--json")
    assert unreachable.exit_code == 3
    assert "ISSUER_UNREACHABLE" in json.loads(unreachable.stdout)["error"]
    second = Up(tmp_path)
    assert "sun-agg" in second("registry", "show", "participant", "sun-agg").stdout
    assert second.end(signal.SIGINT) in (0, 1)
    after = second("registry", "show", "participant", "sun-agg")
    assert after.exit_code == 3
    assert "no platform runs" in after.stderr
