"""The registry as a process: wrong settings end it at once with a code and a sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def ended(**settings: str) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("FLEXBOURSE_")}
    return subprocess.run(
        [sys.executable, "-m", "flexbourse_registry"],
        env={**environ, **{f"FLEXBOURSE_REGISTRY_{key}": value for key, value in settings.items()}},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SHARDZ": "3"}, "FLEXBOURSE_REGISTRY_SHARDZ"),
        ({"SHARDS": "0"}, "shards is 0"),
        ({}, "kafka_bootstrap"),
        ({"KAFKA_BOOTSTRAP": "127.0.0.1:1"}, "token_issuer"),
    ],
)
def test_wrong_settings(settings: dict[str, str], named: str) -> None:
    done = ended(**settings)
    assert done.returncode == 2
    assert named in done.stderr.splitlines()[-1]
