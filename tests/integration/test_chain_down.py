"""The chain does not answer when the market run closes: settlement waits, and catches up once it does."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import street
from log_access import EmbeddedLog, decoded, statements
from street import AREA, METERS, OPERATOR, mtu
from street_day import SEED, SETTLING_STEPS, Sending, StreetDay

from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_cli.platform import PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_settlement.verification import verify_file

# The first of the accounts to which a development node gives coins; everybody knows its key.
FUNDED_KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
PATIENCE_S = 3.0
CLOSED_WITHIN_S = 60.0
ASK_INTERVAL_S = 0.1


class Wire:
    """A TCP connection to the chain that can be cut and mended: while it is cut, connections are refused."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        (self.port,) = free_ports(1)
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    def mend(self) -> None:
        """Let connections through."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """End what is open and let nothing more through."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(source, sink), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def wire(anvil_url: str) -> Iterator[Wire]:
    """A connection to a development chain."""
    host, port = anvil_url.removeprefix("http://").split(":")
    found = Wire((host, int(port)))
    found.mend()
    yield found
    found.cut()


def test_settlement_waits_for_the_chain_and_catches_up(tmp_path: Path, wire: Wire) -> None:
    key = tmp_path / "settler.key"
    key.write_text(FUNDED_KEY)
    key.chmod(0o600)
    settings = {"key_seed": SEED, "chain_url": f"http://127.0.0.1:{wire.port}", "settler_key_file": key}
    data_dir = tmp_path / "data"
    platform = start(PlatformOptions(data_dir=data_dir, stepped=True, settings={"settlement": settings}))
    day = StreetDay(platform)
    first_settling = len(day.steps) - SETTLING_STEPS
    try:
        day.run(until=first_settling - 1)
        _refuse_a_price_beyond_all_bounds(day)
        wire.cut()
        closing = day.steps[first_settling - 1]
        number = platform.last_step() + 1
        day.now_ms += 900_000
        for sending in closing.sendings:
            sending.call(day.client(sending.party), "complete")
        with pytest.raises(TimeoutError):
            platform.step(number, day.now_ms, timeout_s=PATIENCE_S)
        _check_that_the_run_is_closed_and_waits(data_dir)
        wire.mend()
        platform.step(number, day.now_ms)
        for _ in range(SETTLING_STEPS):
            day.further()
        assert [batch.state for batch in day.client(METERS).settlement.batches()] == ["FINAL"]
        found = statements(data_dir)
        assert sum(statement["net_micro_euro"] for statement in found.values()) == 0
        for name in found:
            path = data_dir / "statements" / f"{name}.json"
            assert verify_file(path, data_dir=data_dir, chain_url=f"http://127.0.0.1:{wire.port}") == []
    finally:
        day.close()
        platform.stop()


def _refuse_a_price_beyond_all_bounds(day: StreetDay) -> None:
    price = settlement.ImbalancePrice(mtu=mtu(street.NOON_S), price_ticks=2**62)
    sending = Sending(
        METERS,
        "beyond",
        lambda c, i: c.settlement.complete_readings(
            AREA, [mtu(street.NOON_S)], "beyond", imbalance_prices=[price], command_id=i
        ),
    )
    answer = day.further(sending)["beyond"]
    assert [result.rejection.code for result in answer.results] == ["FIELD_OUT_OF_RANGE"]


def _batch_states(data_dir: Path) -> list[str]:
    log = EmbeddedLog(data_dir)
    states = [message.state for _, message in decoded(log, "flex.settlement.batch.event.v1")]  # type: ignore[attr-defined]
    log.close()
    return states


def _check_that_the_run_is_closed_and_waits(data_dir: Path) -> None:
    deadline = time.monotonic() + CLOSED_WITHIN_S
    while (states := _batch_states(data_dir)) != ["CLOSED"]:
        assert time.monotonic() < deadline, states
        time.sleep(ASK_INTERVAL_S)
    assert not (data_dir / "statements").exists() or not any((data_dir / "statements").iterdir())


def test_on_the_clock_a_chain_that_is_down_holds_nobody_else_up(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        settings = {"settlement": {"chain_url": url}}
        platform = start(PlatformOptions(data_dir=tmp_path / "data", settings=settings))
        try:
            with platform.client(OPERATOR) as operator:
                registered = operator.registry.register(street.founding())
                assert len(registered.answer.results) == len(street.founding())
                assert not any(result.HasField("rejection") for result in registered.answer.results)
                imported = operator.grid.import_network(AREA, pandapower_json=street.network_json())
                assert imported.receipt.answer.results[0].id
                assert {shard.state for shard in operator.shards()} == {"running"}
                assert operator.settlement.batches() == []
        finally:
            platform.stop()
