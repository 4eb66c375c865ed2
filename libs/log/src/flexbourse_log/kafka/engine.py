"""The Kafka engine: the services of this process, each owned shard a worker; other processes may own the others."""

from __future__ import annotations

import time
from collections.abc import Sequence

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.engine import STEP_TIMEOUT_S, STOP_TIMEOUT_S, EngineOptions, ShardStatus
from flexbourse_log.figures import FIGURES_TIMEOUT_S, ShardFigures
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.kafka.commands import KafkaCommands
from flexbourse_log.kafka.ends import EndsOf
from flexbourse_log.kafka.faults import BrokerAwayError
from flexbourse_log.kafka.feed import KafkaViewFeed
from flexbourse_log.kafka.owner import Owner
from flexbourse_log.kafka.settings import CLOSE_TIMEOUT_S, RECOVERY_TIMEOUT_S, START_TIMEOUT_S, KafkaSettings
from flexbourse_log.kafka.steps import StepDriver
from flexbourse_log.kafka.watch import ShardWatch
from flexbourse_log.port import Service, View


class KafkaEngine:
    """Runs services on a broker whose topics exist (`TopicAdmin.create`).

    Without services it is a client of the log: it drives steps and appends commands for shards of other processes.
    With `alone`, this process takes every shard of its services instead of sharing them with its group.
    """

    def __init__(
        self,
        services: Sequence[Service],
        options: EngineOptions,
        settings: KafkaSettings,
        *,
        alone: bool = False,
    ) -> None:
        if settings.area_shards != options.area_shards:
            raise ConfigurationError(f"area shards: {settings.area_shards} on Kafka, {options.area_shards} asked for")
        self._options = options
        self._settings = settings
        self._services = {service.context: service for service in services}
        self._appender = Appender(settings)
        self._owners = {
            service.context: Owner(service, settings, options, self._appender, alone=alone) for service in services
        }
        self._watch = ShardWatch(settings, options, options.catalogue.contexts)
        self._steps = StepDriver(self._appender, self._watch, options.catalogue.contexts, self._halted)
        self._ports: dict[str, KafkaCommands] = {}
        self._feeds: list[KafkaViewFeed] = []

    def start(self) -> None:
        """Recover the shards that fall to this process and run; returns when they have recovered.

        Raises:
            BrokerAwayError: no broker within `START_TIMEOUT_S`, or no recovery within `RECOVERY_TIMEOUT_S`.
                Later absences are waited for.
        """
        self._check_broker()
        deadline = time.monotonic() + RECOVERY_TIMEOUT_S
        self._appender.start()
        self._watch.start()
        for owner in self._owners.values():
            owner.start()
        try:
            for owner in self._owners.values():
                owner.wait_until_settled(deadline - time.monotonic())
            self._watch.wait_until_caught_up(deadline - time.monotonic())
        except TimeoutError as error:
            raise BrokerAwayError(str(error)) from error

    def _check_broker(self) -> None:
        ends = EndsOf(self._settings)
        try:
            ends.wait_for_broker(START_TIMEOUT_S)
        finally:
            ends.close()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """Finish the batches in work, commit and leave; tells whether that was in time."""
        deadline = time.monotonic() + timeout_s
        for owner in self._owners.values():
            owner.signal_stop()
        in_time = True
        for owner in self._owners.values():
            in_time = owner.stop(max(0.1, deadline - time.monotonic())) and in_time
        for feed in self._feeds:
            feed.close()
        for port in self._ports.values():
            port.stop(CLOSE_TIMEOUT_S)
        self._watch.stop(CLOSE_TIMEOUT_S)
        self._appender.stop(CLOSE_TIMEOUT_S)
        return in_time

    def commands(self, context: str) -> KafkaCommands:
        """Return the way to a context's command topics; the first call finds where its answers begin."""
        port = self._ports.get(context)
        if port is None:
            known = self._options.catalogue.by_name[context]
            port = KafkaCommands(known, self._settings, self._options, self._appender, self._halted)
            port.start()
            self._ports[context] = port
        return port

    def feed(self, context: str, views: Sequence[View] | None = None) -> KafkaViewFeed:
        """Start folding views on the running asyncio loop."""
        feed = KafkaViewFeed(self._settings, self._options, self._services[context].views if views is None else views)
        self._feeds.append(feed)
        return feed

    def step(self, step: int, at_ms: int, timeout_s: float = STEP_TIMEOUT_S) -> None:
        """Close a step and return when every shard of the deployment and its effects have done it."""
        if not self._options.stepped:
            raise ValueError("the engine runs on its clock; steps need the stepped mode")
        self._steps.step(step, at_ms, timeout_s)

    def last_step(self) -> int:
        """Return the last step that every shard of the deployment has done."""
        return self._steps.last_step()

    def status(self) -> Sequence[ShardStatus]:
        """Return the state of every shard that this process owns."""
        return [worker.status() for owner in self._owners.values() for worker in owner.workers().values()]

    def figures(self) -> Sequence[ShardFigures]:
        """Return what services show of every shard that this process owns, left out where it does not come to rest."""
        deadline = time.monotonic() + FIGURES_TIMEOUT_S
        workers = [worker for owner in self._owners.values() for worker in owner.workers().values()]
        found = [worker.figures(max(0.0, deadline - time.monotonic())) for worker in workers]
        return [figures for figures in found if figures is not None]

    def state_hash(self, context: str, shard: int) -> str:
        """Return the hash of an owned shard's program state; KeyError where another process owns it."""
        return self._owners[context].workers()[shard].state_hash()

    def snapshot(self, context: str, shard: int) -> None:
        """Make a snapshot of an owned shard now and return when it is written; raises BrokerAwayError."""
        self._owners[context].workers()[shard].snapshot()

    def _halted(self, context: str, shard: int) -> str:
        """Return why a shard is halted, empty where it is not: a shard of our own says so itself, reports come later.

        A halt is journaled and outlives its owner: until the next one has recovered, the last report holds.
        """
        owner = self._owners.get(context)
        worker = owner.workers().get(shard) if owner is not None else None
        known = worker.halted if worker is not None else None
        return self._watch.halted.get((context, shard), "") if known is None else known
