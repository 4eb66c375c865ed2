"""Ports for servers on this machine: each another, free, and none that a client's connection may take meanwhile."""

from __future__ import annotations

import socket

import pytest

from flexbourse_log.kafka import free_ports as ports
from flexbourse_log.kafka.free_ports import free_ports


def test_each_another_below_those_of_outgoing_connections() -> None:
    found = free_ports(20)
    assert len(set(found)) == 20
    assert all(ports.FIRST <= port < ports.LAST for port in found)
    assert ports.LAST < 32_768


def test_no_port_is_given_twice_while_its_server_is_not_up_yet() -> None:
    found = [port for _ in range(2_000) for port in free_ports(2)]
    assert len(set(found)) == len(found)


def test_a_port_that_somebody_holds_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        monkeypatch.setattr(ports, "FIRST", taken.getsockname()[1])
        monkeypatch.setattr(ports, "LAST", taken.getsockname()[1] + 1)
        with pytest.raises(OSError, match="no 1 free ports"):
            free_ports(1)
