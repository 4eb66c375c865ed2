"""The whole process killed with SIGKILL at named places and started again: one settlement, the same statements."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flexbourse_log.killpoints import VARIABLE
from flexbourse_settlement.adapters.opening import open_chain
from flexbourse_settlement.adapters.signer import Signer, load_or_create_key
from flexbourse_settlement.verification import verify_file

SCRIPT = Path(__file__).parent / "settlement_process.py"
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
TIMEOUT_S = 120
EFFECTS = 7  # contract, accounts and batch, each signed and sent; then the files
TRANSACTIONS = 3
SHORT = (
    ("inside-effect:2", "inside-effect:3"),  # sent, not told; then signed, not told
    ("inside-effect:6", "inside-effect:1"),  # the batch is settled, nobody knows
    ("inside-effect:7", "after-produce:9", "after-commit:4"),
)
PLAN = [*SHORT, *((f"inside-effect:{n}", f"before-commit:{5 * n}") for n in range(1, EFFECTS + 1))] if LONG else SHORT


def run(folder: Path, kill: str = "") -> dict[str, str] | None:
    """Run the process to its end, or until it is killed: then None."""
    environ = {**os.environ, VARIABLE: kill} if kill else dict(os.environ)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder)], env=environ, capture_output=True, timeout=TIMEOUT_S, check=False
    )
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    found = run(tmp_path_factory.mktemp("undisturbed"))
    assert found is not None
    return found["statements"]


@pytest.mark.parametrize("kills", PLAN, ids="+".join)
def test_killed_and_started_again_settles_once(kills: tuple[str, ...], tmp_path: Path, undisturbed: str) -> None:
    killed = [run(tmp_path, kill) is None for kill in kills]
    assert killed[0], "the first kill did not hit"
    found = run(tmp_path)
    assert found is not None
    assert found["statements"] == undisturbed
    for path in sorted((tmp_path / "statements").glob("*.json")):
        assert verify_file(path, data_dir=tmp_path) == []
    chain = open_chain(f"embedded://{tmp_path / 'chain.db'}", read_only=True)
    settler = Signer(load_or_create_key(tmp_path / "keys/settler.key")).address
    assert chain.nonce(settler) == TRANSACTIONS
    chain.close()
