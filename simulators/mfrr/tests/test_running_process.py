"""The simulator as a process of its own, used as a client uses it, over the folder exchange and over HTTP."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from bsp_documents import BSP, NO2, Received, Series, acknowledge, answer, availability_document, bid_document, uid
from mfrr_market import Market

from flexbourse_mfrr_simulator.transport.folder import FolderExchange

SCENARIO = f"""
[simulator]
start = 2026-03-10T10:00:00Z
[profile]
heartbeats_s = []
[[zones]]
name = "south"
eic = "{NO2}"
[[participants]]
id = "{BSP}"
[[needs]]
zone = "south"
direction = "up"
quantity = 6
from = 2026-03-10T12:00:00Z
to = 2026-03-10T12:30:00Z
[[bids]]
zone = "south"
direction = "up"
quantity = 2
price = 20.0
"""
PATIENCE_S = 60.0
DAY = [
    "ACK-A37", "ACK-B45", "A39", "A43", "B24", "ACK-A41",  # until noon
    "A39", "A43", "B24", "A38", "B45", "A38",  # the second quarter, and the reports of both
]  # fmt: skip


class Client(Protocol):
    """What a BSP and the operator do, over either transport."""

    def send(self, data: bytes) -> None: ...
    def next(self) -> Received: ...
    def command(self, name: str, **content: Any) -> dict[str, Any]: ...


class Folder:
    """A BSP that writes into its outbox and reads its inbox."""

    def __init__(self, root: Path) -> None:
        self.root, self.count = root, 0

    def _write(self, folder: Path, name: str, data: bytes) -> None:
        (folder / f"{name}.part").write_bytes(data)
        (folder / f"{name}.part").rename(folder / name)

    def send(self, data: bytes) -> None:
        self.count += 1
        self._write(self.root / BSP / "outbox", f"{self.count:05d}.xml", data)

    def next(self) -> Received:
        inbox = self.root / BSP / "inbox"
        file = wait(lambda: next((f for f in sorted(inbox.iterdir()) if not f.name.startswith(".")), None))
        received = Received(file.read_bytes(), file.stem.split("_", 1)[1])
        file.unlink()
        return received

    def command(self, name: str, **content: Any) -> dict[str, Any]:
        self.count += 1
        wait(lambda: not list((self.root / BSP / "outbox").glob("*.xml")) or None)
        self._write(
            self.root / "admin" / "commands", f"{self.count}.json", json.dumps({"command": name, **content}).encode()
        )
        answered = self.root / "admin" / "answers" / f"{self.count}.json"
        wait(lambda: answered.exists() or None)
        return dict(json.loads(answered.read_text()))


class Web:
    """A BSP that posts, fetches and confirms."""

    def __init__(self, address: str, context: ssl.SSLContext | None = None, token: str = "") -> None:
        self.address, self.context = address, context
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, data: bytes | None = None) -> tuple[int, bytes, dict[str, str]]:
        request = urllib.request.Request(self.address + path, data=data, method=method, headers=self.headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_S, context=self.context) as response:
            return response.status, response.read(), dict(response.headers)

    def send(self, data: bytes) -> None:
        assert self.call("POST", f"/v1/parties/{BSP}/messages", data)[0] == 202

    def next(self) -> Received:
        status, data, headers = self.call("GET", f"/v1/parties/{BSP}/messages?wait=20")
        assert status == 200
        assert self.call("DELETE", f"/v1/parties/{BSP}/messages/{headers['Message-Id']}")[0] == 204
        return Received(data, headers["Message-Type"])

    def command(self, name: str, **content: Any) -> dict[str, Any]:
        data = None if name == "status" else json.dumps(content).encode()
        return dict(json.loads(self.call("GET" if name == "status" else "POST", f"/admin/{name}", data)[1]))


def wait(ask: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = ask()
        if found is not None:
            return found
        time.sleep(0.01)
    raise TimeoutError


class Running:
    """A process and where it is reached."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        command = [sys.executable, "-m", "flexbourse_mfrr_simulator", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        assert self.process.stdout is not None
        self.where = json.loads(self.process.stdout.readline())

    def end(self) -> int:
        assert self.process.stdout is not None
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(timeout=PATIENCE_S)


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start simulators on the scenario; all are ended after the test."""
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(SCENARIO)
    running: list[Running] = []

    def begin(*arguments: str, **environment: str) -> Running:
        running.append(Running("--scenario", str(scenario), *arguments, **environment))
        return running[-1]

    yield begin
    assert [one.end() for one in running] == [0] * len(running)


@pytest.fixture(params=["folder", "http"])
def connect(request: pytest.FixtureRequest, start: Start, tmp_path: Path, schema_folder: Path) -> Callable[[], Client]:
    """Start a simulator with a driven clock and give a client of its transport."""
    count = 0

    def client() -> Client:
        nonlocal count
        count += 1
        common = ("--clock", "driven", "--schemas", str(schema_folder))
        if request.param == "http":
            return Web(start("--http", "127.0.0.1:0", *common).where["http"])
        root = tmp_path / f"exchange{count}"
        start("--folder", str(root), *common)
        return Folder(root)

    return client


def day(client: Client) -> list[Received]:
    """A BSP's morning: bids, a limit of the grid, an order with its answer, reports."""
    seen = []
    client.send(bid_document(Series("a", minimum="0"), Series("b", minimum="0", start="12:15"), created="10:00"))
    seen.append(client.next())
    client.send(availability_document(("b", "C41", "1"), created="10:00"))
    seen.append(client.next())
    client.command("advance", to="2026-03-10T11:52:30Z")
    order = client.next()
    seen += [order, client.next(), client.next()]
    client.send(acknowledge(order, "11:52:30"))
    client.send(answer(order, "11:52:30"))
    seen.append(client.next())
    client.command("advance", seconds=3600)
    while len(seen) < len(DAY):
        seen.append(client.next())
    return seen


def test_a_day_over_either_transport(connect: Callable[[], Client]) -> None:
    client = connect()
    seen = day(client)
    assert [one.kind for one in seen] == DAY
    assert seen[0].codes == seen[1].codes == seen[5].codes == ["A01"]
    assert seen[2].texts("TimeSeries/mRID") == [uid("a")]
    assert seen[2].texts("TimeSeries/Period/Point/quantity") == ["4"]
    status = client.command("status")
    assert status["counts"]["invalid"] == 0
    assert status["schema_validation"] is True


def test_two_runs_give_the_same_bytes(connect: Callable[[], Client]) -> None:
    first, second = ([one.data for one in day(connect())] for _ in range(2))
    assert first == second


def test_what_is_not_confirmed_comes_again(start: Start) -> None:
    web = Web(start("--http", "127.0.0.1:0", "--clock", "driven").where["http"])
    path = f"/v1/parties/{BSP}/messages"
    assert web.call("GET", path)[0] == 204
    web.send(bid_document(Series("a")))
    first, again = web.call("GET", path), web.call("GET", path)
    assert first[1] == again[1]
    assert web.call("GET", f"{path}?after={first[2]['Message-Id']}")[0] == 204
    web.next()
    assert web.call("GET", path)[0] == 204


def refused(call: Callable[[], object]) -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        call()
    with error.value:
        return error.value.code


def test_calls_that_are_refused(start: Start) -> None:
    web = Web(start("--http", "127.0.0.1:0", "--clock", "driven").where["http"])
    assert refused(lambda: web.call("GET", "/v1/parties/..%2fadmin/messages")) == 404
    assert refused(lambda: web.call("DELETE", f"/v1/parties/{BSP}/messages/1")) == 404
    assert refused(lambda: web.call("GET", f"/v1/parties/{BSP}/messages?wait=soon")) == 400
    assert refused(lambda: web.command("advance", to="yesterday")) == 400
    assert refused(lambda: web.command("advance", to="2026-03-09T10:00:00Z")) == 400
    assert refused(lambda: web.command("dance")) == 400
    assert refused(lambda: web.call("POST", "/admin/advance", b"[]")) == 400
    assert refused(lambda: web.send(b"x" * (16 * 1024 * 1024 + 2))) == 413
    assert web.command("advance", seconds=1)["now"] == "2026-03-10T10:00:01Z"


def test_a_platform_that_is_down_answers_nobody(start: Start, tmp_path: Path) -> None:
    root = tmp_path / "exchange"
    running = start("--http", "127.0.0.1:0", "--folder", str(root), "--clock", "driven")
    web, folder = Web(running.where["http"]), Folder(root)
    web.command("fault", kind="down", **{"from": "2026-03-10T10:00:00Z", "to": "2026-03-10T10:05:00Z"})
    assert refused(lambda: web.send(bid_document(Series("a")))) == 503
    folder.send(bid_document(Series("a")))
    time.sleep(0.3)
    assert list((root / BSP / "outbox").iterdir())
    web.command("advance", seconds=300)
    assert folder.next().codes == ["A01"]


def test_a_tokens_owner_alone_is_served(start: Start, tmp_path: Path) -> None:
    scenario = tmp_path / "tokens.toml"
    scenario.write_text(SCENARIO.replace(f'id = "{BSP}"\n', f'id = "{BSP}"\ntoken = "mine"\n'))
    running = start("--scenario", str(scenario), "--http", "127.0.0.1:0", "--clock", "driven",
                    FLEXBOURSE_MFRR_SIMULATOR_ADMIN_TOKEN="theirs")  # fmt: skip
    address = running.where["http"]
    assert refused(lambda: Web(address).send(bid_document(Series("a")))) == 401
    assert refused(lambda: Web(address, token="theirs").send(bid_document(Series("a")))) == 401
    assert refused(lambda: Web(address, token="mine").command("advance", seconds=1)) == 401
    Web(address, token="mine").send(bid_document(Series("a")))
    assert Web(address, token="theirs").command("advance", seconds=1)


def test_https_with_certificates_of_both_sides(start: Start, tmp_path: Path) -> None:
    names = {"key": tmp_path / "key.pem", "certificate": tmp_path / "certificate.pem"}
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(names["key"]),
         "-out", str(names["certificate"])], check=True, capture_output=True,
    )  # fmt: skip
    running = start(
        "--http", "127.0.0.1:0", "--clock", "driven", "--tls-certificate", str(names["certificate"]),
        "--tls-key", str(names["key"]), "--tls-client-ca", str(names["certificate"]),
    )  # fmt: skip
    context = ssl.create_default_context(cafile=str(names["certificate"]))
    with pytest.raises((ssl.SSLError, urllib.error.URLError, ConnectionError)):
        Web(running.where["http"], context).call("GET", "/ready")
    context.load_cert_chain(names["certificate"], names["key"])
    web = Web(running.where["http"], context)
    assert running.where["http"].startswith("https://")
    web.send(bid_document(Series("a")))
    assert web.next().codes == ["A01"]


def test_a_real_clock_runs_as_fast_as_asked(start: Start) -> None:
    web = Web(start("--http", "127.0.0.1:0", "--speed", "3600").where["http"])
    web.send(bid_document(Series("a", minimum="0")))
    assert web.next().codes == ["A01"]
    assert web.next().kind == "A39"
    assert refused(lambda: web.command("advance", seconds=1)) == 400


def test_a_scenario_that_cannot_be_used_says_all_that_is_wrong(tmp_path: Path) -> None:
    scenario = tmp_path / "bad.toml"
    scenario.write_text('[[needs]]\nzone = "west"\ndirection = "left"\nquantity = "many"\n[tempo]\nx = 1\n')
    outcome = subprocess.run(
        [sys.executable, "-m", "flexbourse_mfrr_simulator", "--scenario", str(scenario)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 2
    assert "quantity: 'many' is no int" in outcome.stderr
    assert "tempo is no section" in outcome.stderr


def test_files_that_are_not_finished_or_not_a_partys_are_left_alone(start: Start, tmp_path: Path) -> None:
    root = tmp_path / "exchange"
    start("--folder", str(root), "--clock", "driven")
    folder, outbox = Folder(root), root / BSP / "outbox"
    for name in (".hidden.xml", "half.xml.part", "half.tmp"):
        (outbox / name).write_bytes(b"half a document")
    (outbox / "link.xml").symlink_to("/etc/hostname")
    folder.send(bid_document(Series("a")))
    assert folder.next().codes == ["A01"]
    assert len(list(outbox.iterdir())) == 4


def test_files_are_taken_in_the_order_of_writing_whatever_their_names(tmp_path: Path) -> None:
    simulator = Market().simulator
    folder = FolderExchange(tmp_path, simulator)
    for age, (name, quantity) in enumerate((("z", "5"), ("m", "6"), ("a", "7"))):
        file = tmp_path / BSP / "outbox" / f"{name}.xml"
        file.write_bytes(bid_document(Series("one", quantity=quantity)))
        os.utime(file, ns=(1_000_000_000 + age, 1_000_000_000 + age))
    folder.turn()
    (bid,) = simulator.platform.state.book.bids.values()
    assert bid.quantity_kw == 7000
    inbox = sorted((tmp_path / BSP / "inbox").iterdir())
    titles = [Received(file.read_bytes()).text("received_MarketDocument.title") for file in inbox]
    assert titles == ["z.xml", "m.xml", "a.xml"]
