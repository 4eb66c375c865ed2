"""A platform in stepped mode as its participants drive it: clients, steps, and what the platform refused of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flexbourse.common.v1 import common_pb2
from flexbourse_client.client import Client
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_messages.catalogue import CONTEXTS

JOURNALS = {context.name: context.journal.name for context in CONTEXTS}


class SetupError(Exception):
    """The platform refused what the day needs."""


class Stage:
    """Steps on one platform. A step that the platform has done before is not sent again."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._now_ms = 0
        self._clients: dict[str, Client] = {}
        self._done = platform.last_step()

    def client(self, party: str) -> Client:
        """Return the client of a party; its time is the market's."""
        if party not in self._clients:
            self._clients[party] = self._platform.client(
                party, now_ms=lambda: self._now_ms, new_id=lambda: f"unnamed-{self._now_ms}"
            )
        return self._clients[party]

    def step(self, number: int, at_s: int, send: Callable[[str], Iterable[common_pb2.CommandReceipt]]) -> bool:
        """Send commands and close a step, unless the platform has done it before; return whether it was sent.

        Args:
            number: of the step, its name is given to `send` as the head of all command ids.
            at_s: market time of the step.
            send: sends the commands and yields their receipts; a refusal of any of their entries is an error.
        """
        self._now_ms = at_s * 1000
        if number <= self._done:
            return False
        receipts = list(send(f"s{number}"))
        self._platform.step(number, self._now_ms)
        self._check([receipt.command_id for receipt in receipts])
        return True

    @property
    def operator_id(self) -> str:
        """Return who runs the market."""
        return self._platform.operator_id

    def position(self, context: str, party: str) -> common_pb2.LogPosition:
        """Return the newest position of a context's journal: queries wait until they reflect it."""
        shard = self.client(party).shards(context)[0]
        offset = max(0, shard.journal_offset)
        return common_pb2.LogPosition(topic=JOURNALS[context], partition=shard.shard, offset=offset)

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients.values():
            client.close()

    def _check(self, command_ids: list[str]) -> None:
        """Raise where an entry of a command was refused or has no answer."""
        if not command_ids:
            return
        for party in self._clients.values():
            answers = party.answers(command_ids)
            for receipt in answers.values():
                for result in receipt.answer.results:
                    if result.HasField("rejection"):
                        refusal = result.rejection
                        raise SetupError(f"{receipt.command_id}: {refusal.code} {refusal.element}: {refusal.rule}")
