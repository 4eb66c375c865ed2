"""The running simulator: platform, clock, schemas and mailbox, for whatever transport carries the documents."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from flexbourse_mfrr_simulator.clock import Clock, DrivenClock
from flexbourse_mfrr_simulator.documents.elements import DocumentError, parse, second
from flexbourse_mfrr_simulator.documents.reading import read, salvage
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.documents.writing import spoilt, write
from flexbourse_mfrr_simulator.domain.needs import Deactivation
from flexbourse_mfrr_simulator.domain.platform import MAX_STEP_S, Platform
from flexbourse_mfrr_simulator.domain.state import Outgoing, PlatformError
from flexbourse_mfrr_simulator.mailbox import Mailbox
from flexbourse_mfrr_simulator.scenario import Scenario, command_entry, direct_need, fault, redispatch_call
from flexbourse_mfrr_simulator.sections import ScenarioError, seconds
from flexbourse_mfrr_simulator.status import status

NAMES: Final = uuid.UUID("5b0a8a9e-5f8e-5c55-9f2d-0f3c2c0f6a10")
PARTY_LENGTH: Final = 16
_log = logging.getLogger("flexbourse_mfrr_simulator")


class CommandError(Exception):
    """An operator's command that cannot be carried out; `problems` says why."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def counted_ids(seed: int) -> Callable[[], str]:
    """Return a source of UUIDs that a seed decides."""
    count = 0

    def new_id() -> str:
        nonlocal count
        count += 1
        return str(uuid.uuid5(NAMES, f"{seed} {count}"))

    return new_id


def random_id() -> str:
    """Return a UUID that never comes again."""
    return str(uuid.uuid4())


class Simulator:
    """One platform in operation. All calls come from one thread."""

    def __init__(self, scenario: Scenario, clock: Clock, schemas: Schemas, new_id: Callable[[], str]) -> None:
        self.scenario, self.clock, self.schemas = scenario, clock, schemas
        self.mailbox = Mailbox()
        self.platform = Platform(scenario.settings, scenario, new_id, clock.now())
        self.counts = {
            "accepted": 0,
            "refused": 0,
            "noted": 0,
            "objected": 0,
            "dropped": 0,
            "unreadable": 0,
            "sent": 0,
            "invalid": 0,
        }
        for participant in scenario.participants:
            self.platform.enrol(participant.id, participant.scheme)
        for entry in scenario.faults:
            self.platform.add_fault(entry)
        for need in scenario.direct_needs:
            self.platform.add_direct_need(need)
        for wish in scenario.deactivations:
            self.platform.add_deactivation(wish)
        for call in scenario.redispatches:
            self.platform.add_redispatch(call)

    def submit(self, party: str, data: bytes, title: str = "") -> None:
        """Take a document from a party; the answer goes to its mailbox."""
        self.tick()
        title = "".join(letter for letter in title if letter.isprintable())
        try:
            document = read(data, self.schemas)
        except DocumentError as error:
            self.counts["unreadable"] += 1
            self.platform.refuse(party, error.problems, salvage(data), title)
        else:
            self.counts[self.platform.receive(party, document, title)] += 1
        self._deliver()

    def tick(self) -> None:
        """Let the platform catch up with the clock."""
        now = self.clock.now()
        while now > self.platform.now:  # in steps, should the machine have slept for long
            self.platform.advance(min(now, self.platform.now + MAX_STEP_S))
            self._deliver()

    def command(self, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out an operator's command and return what came of it.

        Raises:
            CommandError: there is no such command, or it cannot be carried out.
        """
        commands: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "status": lambda _: status(self.platform, self.mailbox, self.counts, self.schemas),
            "advance": self._advance,
            "fault": lambda given: self._add("faults", given),
            "direct": lambda given: self._add("direct", given),
            "deactivate": lambda given: self._add("deactivate", given),
            "redispatch": lambda given: self._add("redispatch", given),
        }
        if name not in commands:
            raise CommandError([f"no command {name}; there are {', '.join(commands)}"])
        self.tick()
        try:
            return commands[name](content)
        except ScenarioError as error:
            raise CommandError(error.problems) from error
        except PlatformError as error:
            raise CommandError([str(error)]) from error

    def _advance(self, content: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(self.clock, DrivenClock):
            raise CommandError(["the clock is the machine's; start with a driven clock to step it"])
        try:
            given = content.get("seconds", 0)
            to = seconds(content["to"]) if "to" in content else self.clock.now() + int(given)
        except (TypeError, ValueError) as error:
            raise CommandError([str(error)]) from error
        before = self.counts["sent"]
        self.platform.advance(to)
        self.clock.set(to)
        self._deliver()
        return {"now": second(to), "sent": self.counts["sent"] - before}

    def _add(self, section: str, content: Mapping[str, Any]) -> dict[str, Any]:
        now = second(self.platform.now)
        defaults = {"at": now} if section in ("direct", "deactivate") else {}
        entry = command_entry(section, defaults | dict(content), self.scenario)
        add: dict[str, Callable[[Any], None]] = {
            "faults": lambda e: self.platform.add_fault(fault(e)),
            "direct": lambda e: self.platform.add_direct_need(direct_need(e)),
            "deactivate": lambda e: self.platform.add_deactivation(Deactivation(**e)),
            "redispatch": lambda e: self.platform.add_redispatch(redispatch_call(e)),
        }
        add[section](entry)
        before = self.counts["sent"]
        self.platform.advance(self.platform.now)
        self._deliver()
        return {"now": now, "sent": self.counts["sent"] - before}

    def _deliver(self) -> None:
        for outgoing in self.platform.take():
            self.mailbox.put(outgoing.party, outgoing.kind, outgoing.at, self._written(outgoing))
            self.counts["sent"] += 1

    def _written(self, outgoing: Outgoing) -> bytes:
        data = write(outgoing.document)
        if outgoing.spoilt:
            return spoilt(data)
        if self.schemas.is_on:
            root = parse(data)
            problems = self.schemas.problems(root, root.tag[1:].partition("}")[0])
            if problems:  # what came in by free fields can be too long or unknown to the code lists
                self.counts["invalid"] += 1
                _log.error("%s to %s breaks its schema: %s", outgoing.kind, outgoing.party, problems[0])
        return data


def is_party_name(name: str) -> bool:
    """Tell whether a name can be a party: what an identifier holds, and no path."""
    return 0 < len(name) <= PARTY_LENGTH and name.isascii() and all(c.isalnum() or c in "-_" for c in name)
