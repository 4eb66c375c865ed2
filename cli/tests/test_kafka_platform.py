"""The platform on Kafka: a service that dies is named, everything is taken down, and nothing registered is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_core.errors import ConfigurationError

sys.path.insert(0, str(Path(__file__).parent))
from village_day import participant

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
WAIT_S = 120.0


def running_on(folder: Path) -> dict[int, str]:
    """Return processes of a data folder: services say it in their environment, the broker on its command line."""
    found = {}
    listing = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        pid, _, command = line.strip().partition(" ")
        environment = Path(f"/proc/{pid}/environ")
        try:
            settings = environment.read_text(errors="replace") if "-m flexbourse_" in command else ""
        except OSError:
            continue
        if str(folder) in command + settings:
            found[int(pid)] = command
    return found


def begin(folder: Path) -> Platform:
    return start(PlatformOptions(engine="kafka", data_dir=folder, contexts=("registry",), stepped=False))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_a_service_that_dies_is_named_and_the_rest_taken_down(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    platform = begin(folder)
    receipt = platform.client("operator").registry.register([participant("sun-agg", registry.ROLE_AGR)])
    assert not receipt.answer.results[0].HasField("rejection")
    assert platform.trouble() == ""
    with pytest.raises(ConfigurationError, match="in use"):
        begin(folder)
    (victim,) = [pid for pid, command in running_on(folder).items() if "flexbourse_registry" in command]
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + WAIT_S
    while not platform.trouble() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert platform.trouble().startswith("registry ended with -9")
    assert not platform.stop()
    assert running_on(folder) == {}
    again = begin(folder)
    state = again.client("operator").registry.get("participant", "sun-agg", receipt.position)
    again.stop()
    assert state is not None
    assert state.version == 1
    assert running_on(folder) == {}
