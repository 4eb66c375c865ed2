"""What is typed as a number and is none, is too large or too fine ends a command with what it must look like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli import units
from flexbourse_cli.commands import capacity, mfrr
from flexbourse_cli.main import cli

WINDOW = ("--from", "2026-01-15T18:00", "--until", "2026-01-15T18:15")
SET = ("capacity", "set", "--feeder", "street", *WINDOW)
OFFER = ("mfrr", "offer", "o", "--unit", "u", *WINDOW)


@pytest.fixture(autouse=True)
def client(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform with one area, which can only be asked for it."""
    area = registry.Entity(area=registry.GridArea(area_id="street", time_zone="Europe/Berlin"))
    areas = SimpleNamespace(list=lambda _kind: [registry.EntityState(entity=area)])

    @contextmanager
    def connect(*_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(registry=areas)

    for module in (capacity, mfrr):
        monkeypatch.setattr(module, "connect", connect)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*SET, "--injection-kw", "1e999999"), "'1e999999' is no number: at most 1000000000000"),
        ((*SET, "--injection-kw", "two"), "'two' is no number"),
        ((*SET, "--min-pu", "0.9500001"), "0.9500001 is finer than 1/1000000"),
        ((*OFFER, "--kw", "1e999999", "--price", "1"), "'1e999999' is no power in kW, such as 2.5: at most"),
        ((*OFFER, "--kw", "1", "--price", "1e30"), "'1e30' is no price in EUR/MWh, such as 141.2: at most"),
        ((*OFFER, "--kw", "1", "--price", "0.001"), "0.001 EUR/MWh lies between two ticks"),
    ],
)
def test_it_is_said_and_nothing_is_sent(words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_what_is_counted_is_exact() -> None:
    assert units.counted("0.95", 1_000_000, "number") == 950_000
    assert units.counted("-1e-6", 1_000_000, "number") == -1
