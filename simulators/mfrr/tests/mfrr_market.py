"""A simulator in memory with a driven clock, and a BSP beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bsp_documents import BSP, Received, Series, bid_document, utc

from flexbourse_mfrr_simulator.clock import DrivenClock
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.scenario import make_scenario
from flexbourse_mfrr_simulator.simulator import Simulator, counted_ids

START = "10:00"
BEATS: dict[str, Any] = {"profile": {}}


class Market:
    """The tests' day from ten o'clock UTC on; without heartbeats, unless a test asks for them."""

    def __init__(self, content: dict[str, Any] | None = None, schemas: Path | None = None, start: str = START) -> None:
        scenario = make_scenario({"participants": [{"id": BSP}], "profile": {"heartbeats_s": []}, **(content or {})})
        self.clock = DrivenClock(int(utc(start).timestamp()))
        self.simulator = Simulator(scenario, self.clock, Schemas(schemas), counted_ids(0))

    def send(self, data: bytes, party: str = BSP) -> list[Received]:
        """Send a document and return what comes back at once."""
        self.simulator.submit(party, data)
        return self.read(party)

    def bid(self, *series: Series, **named: Any) -> Received:
        """Send bids and return the acknowledgement."""
        received = self.send(bid_document(*series, **named))
        assert [one.name for one in received] == ["Acknowledgement_MarketDocument"]
        return received[0]

    def accept(self, *series: Series, **named: Any) -> None:
        """Send bids that must be taken."""
        received = self.bid(*series, **named)
        assert received.codes == ["A01"], received.reasons

    def read(self, party: str = BSP) -> list[Received]:
        """Return and confirm what waits."""
        found = []
        while message := self.simulator.mailbox.next(party):
            found.append(Received(message.data, message.kind))
            self.simulator.mailbox.confirm(party, message.id)
        return found

    def until(self, time: str) -> list[Received]:
        """Let time pass and return what arrived."""
        self.simulator.command("advance", {"to": utc(time).isoformat()})
        return self.read()

    @property
    def status(self) -> dict[str, Any]:
        """Return the operator's view."""
        return self.simulator.command("status", {})


def need(quantity: int, **named: Any) -> dict[str, Any]:
    """Return a scenario with one need up in NO2 at noon."""
    entry = {"zone": "NO2", "direction": "up", "quantity": quantity, "from": "2026-03-10T12:00:00Z",
             "to": "2026-03-10T12:15:00Z", **named}  # fmt: skip
    return {"needs": [entry]}
