"""The simulated mFRR platform as a process of its own, its clock driven by the test; and a gateway that talks to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mfrr_region import BSP, NOON_S
from street_day import SEED

from flexbourse_cli.platform import PlatformOptions
from flexbourse_testkit.reference_data import reference_data

BIDDER, TSO, ZONE = "9999909919920", "10X1001A1001A38Y", "10YNO-2--------T"
PATIENCE_S = 60.0


def time_text(second: int) -> str:
    """Return a second as the simulator reads it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class SimulatedPlatform:
    """The simulator's process, and its operator's commands."""

    def __init__(self, folder: Path, start_s: int, needs: list[tuple[int, int]], more: str = "") -> None:
        """Start it; `needs` are MW from a second on for a quarter-hour."""
        folder.mkdir(parents=True, exist_ok=True)
        asked = "".join(
            f'[[needs]]\nzone = "south"\ndirection = "up"\nquantity = {quantity}\nfrom = {time_text(at_s)}\n'
            f"to = {time_text(at_s + 900)}\n"
            for quantity, at_s in needs
        )
        scenario = (
            f"[simulator]\nstart = {time_text(start_s)}\n[profile]\nheartbeats_s = [720]\n"
            f'[[zones]]\nname = "south"\neic = "{ZONE}"\n[[participants]]\nid = "{BIDDER}"\n{asked}{more}'
        )
        (folder / "scenario.toml").write_text(scenario)
        command = [
            sys.executable, "-m", "flexbourse_mfrr_simulator", "--scenario", str(folder / "scenario.toml"), "--http",
            "127.0.0.1:0", "--clock", "driven",
        ]  # fmt: skip
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FLEXBOURSE_MFRR")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["http"]

    def advance(self, second: int) -> None:
        """Move its clock."""
        self._post("advance", {"to": time_text(second)})

    def status(self) -> dict[str, Any]:
        """Return what its operator sees."""
        with urllib.request.urlopen(f"{self.url}/admin/status", timeout=PATIENCE_S) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def _post(self, what: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(f"{self.url}/admin/{what}", data=json.dumps(body).encode(), method="POST")
        urllib.request.urlopen(request, timeout=PATIENCE_S).close()

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


def gateway_settings(url: str, **changes: Any) -> dict[str, Any]:
    """Return the gateway's settings for a platform at an address."""
    plain = {
        "platform_url": url, "party": BSP, "bidder": BIDDER, "bidder_scheme": "A10", "tso": TSO,
        "control_area": "10YNO-0--------C", "market_area": "10Y1001A1001A91G", "zone": ZONE,
        "dso": "10X1001A1001A264", "rules": "QH-45", "schema_dir": reference_data("entsoe") / "xsd",
    }  # fmt: skip
    return {**plain, **changes}


def options(data_dir: Path, url: str, **more: Any) -> PlatformOptions:
    """Return how the region's platform starts: stepped, with a gateway that is connected."""
    settings = {"settlement": {"key_seed": SEED}, "ancillary-gateway": gateway_settings(url)}
    return PlatformOptions(data_dir=data_dir, stepped=True, settings=settings, **more)


GATE_S = NOON_S - 2_700
CLAIMED_S = GATE_S - 1_200
