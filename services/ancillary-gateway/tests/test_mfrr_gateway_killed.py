"""The process killed with SIGKILL at named places and at any instant, and started again: nothing lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from gateway_builders import PARTIES, START_S, ZONE
from mfrr_process import STEPS, TIMES_S, UNITS_W

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_messages.catalogue import ANCILLARY_GATEWAY
from flexbourse_testkit.killed_process import KilledProcess, journal

TIMEOUT_S = 180
NEED_MW = 1


def text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Platform:
    """The simulated platform, which lives on while the gateway dies."""

    def __init__(self, folder: Path) -> None:
        lines = [
            "[simulator]", f"start = {text(TIMES_S[0] - 60)}", "[profile]", "heartbeats_s = [720]",
            "[[zones]]", 'name = "south"', f'eic = "{ZONE}"',
            "[[participants]]", f'id = "{PARTIES.bidder.value}"',
            "[[needs]]", 'zone = "south"', 'direction = "up"', f"quantity = {NEED_MW}",
            f"from = {text(START_S)}", f"to = {text(START_S + 900)}",
        ]  # fmt: skip
        (folder / "scenario.toml").write_text("\n".join(lines))
        command = [
            sys.executable, "-m", "flexbourse_mfrr_simulator", "--scenario", str(folder / "scenario.toml"), "--http",
            "127.0.0.1:0", "--clock", "driven",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["http"]

    def before(self, step: int) -> None:
        second = TIMES_S[step - 1]
        content = json.dumps({"to": text(second)}).encode()
        request = urllib.request.Request(f"{self.url}/admin/advance", data=content, method="POST")
        urllib.request.urlopen(request, timeout=TIMEOUT_S).close()

    def status(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/admin/status", timeout=TIMEOUT_S) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(TIMEOUT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Platform]:
    started = Platform(tmp_path)
    yield started
    started.stop()


class TestMfrrGatewayKilled(KilledProcess):
    """The process of `mfrr_process`."""

    script = Path(__file__).parent / "mfrr_process.py"
    steps = STEPS
    effects = 20  # documents and messages, in all
    short = (
        ("inside-effect:1", "inside-effect:2"),  # the bids have gone, their outcome is not told
        ("inside-effect:6", "after-commit:9", "inside-effect:3"),
        ("before-commit:14", "inside-effect:8", "after-produce:12"),
    )

    def check(self, folder: Path, outside: Platform, found: dict[str, Any]) -> None:
        """Bids, activation, headroom and results tell of the same W; every document stands once at the platform."""
        events = journal(folder, ANCILLARY_GATEWAY, pb.AncillaryEvent)
        bids = [bid for event in events if event.HasField("bids_sent") for bid in event.bids_sent.bids]
        assert max(Counter(bid.bid_id for bid in bids).values()) == 1
        assert sum(bid.quantity_w for bid in bids) == sum(UNITS_W)
        claims = {name: watts for name, watts in found["claimed"].items() if name.startswith("claim/")}
        assert sum(claims.values()) == sum(UNITS_W)
        called_w = sum(watts for name, watts in found["claimed"].items() if name.startswith("mfrr-call-"))
        assert called_w == found["held"]["accepted"] == NEED_MW * 1_000_000
        assert set(found["held"]) == {"accepted"}, "room was not given back"
        orders = [event.order_taken.order.order_id for event in events if event.HasField("order_taken")]
        assert len(orders) == len(set(orders)) == 1
        results = [event.result_found.result for event in events if event.HasField("result_found")]
        assert [(own.version, own.final) for own in results] == [(1, False), (2, True)]
        assert {sum(share.quantity_w for share in own.shares) for own in results} == {NEED_MW * 1_000_000}
        told = [order for order in outside.status()["orders"] if order["id"] == orders[0]]
        (order,) = told
        assert sum(line["kw"] for line in order["bids"].values()) == NEED_MW * 1_000
        assert order["state"] != "unanswered"
