"""The platform inside another program, its clock driven there: the same steps and documents give the same bytes."""

from __future__ import annotations

import re
import tomllib
import urllib.request
from pathlib import Path

import pytest
from bsp_documents import BSP, NO2, Series, bid_document

from flexbourse_mfrr_simulator.in_process import DrivenPlatform
from flexbourse_mfrr_simulator.scenario import make_scenario
from flexbourse_mfrr_simulator.sections import ScenarioError, seconds
from flexbourse_mfrr_simulator.simulator import CommandError

SCENARIO = f"""
[simulator]
start = 2026-03-10T10:00:00Z
seed = 7
[[zones]]
name = "south"
eic = "{NO2}"
[[participants]]
id = "{BSP}"
[random]
need_mw = 30
need_chance = 0.9
bids = 4
"""
START_S = seconds("2026-03-10T10:00:00Z")
README = Path(__file__).parents[1] / "README.md"


def called(address: str, path: str, data: bytes | None = None, method: str = "GET") -> tuple[bytes, str]:
    request = urllib.request.Request(f"{address}{path}", data=data, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read(), response.headers.get("Message-Id", "")


def a_day() -> list[bytes]:
    """Bid for noon, answer nothing, and keep whatever comes in steps of five minutes."""
    found = []
    mailbox = f"/v1/parties/{BSP}/messages"
    with DrivenPlatform(make_scenario(tomllib.loads(SCENARIO))) as platform:
        called(platform.address, mailbox, bid_document(Series("mine", price="1.00")), "POST")
        for step in range(1, 37):
            platform.drive(START_S + step * 300)
            while True:
                data, name = called(platform.address, mailbox)
                if not name:
                    break
                found.append(data)
                called(platform.address, f"{mailbox}/{name}", method="DELETE")
        found.append(called(platform.address, "/admin/status")[0])
    return found


def test_two_runs_give_the_same_bytes_whatever_the_machine_does() -> None:
    first = a_day()
    assert first == a_day()
    assert len(first) > 10, "acknowledgement, heartbeats, orders, lists"


def test_the_clock_goes_forward_only_and_begins_somewhere() -> None:
    scenario = make_scenario(tomllib.loads(SCENARIO))
    with DrivenPlatform(scenario) as platform, pytest.raises(CommandError):
        platform.drive(START_S - 1)
    with pytest.raises(ScenarioError, match="start"):
        DrivenPlatform(make_scenario({}))


def test_an_address_that_is_taken_is_said_so() -> None:
    scenario = make_scenario(tomllib.loads(SCENARIO))
    with DrivenPlatform(scenario) as platform:
        port = int(platform.address.rpartition(":")[2])
        with pytest.raises(OSError, match="address"), DrivenPlatform(scenario, port=port):
            pass


def test_the_example_of_the_readme_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
    exec(compile(example, str(README), "exec"), {})
