"""The shards of one service that this process owns: workers come and go as the group shares the shards out."""

from __future__ import annotations

import threading
import time

from flexbourse_log.engine import STOP_TIMEOUT_S, EngineOptions, Phase
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.kafka.lead import Lead
from flexbourse_log.kafka.session import ShardPlace
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.worker import ShardWorker
from flexbourse_log.port import Service

SETTLED = frozenset({Phase.RUNNING, Phase.HALTED})
ENDED = frozenset({Phase.CRASHED, Phase.STOPPED})


class Owner:
    """Starts and stops the workers of one service: by the group's word, or of all its shards (`alone`)."""

    def __init__(
        self, service: Service, settings: KafkaSettings, options: EngineOptions, appender: Appender, *, alone: bool
    ) -> None:
        self._service = service
        self._settings = settings
        self._options = options
        self._appender = appender
        self._alone = alone
        self._context = options.catalogue.by_name[service.context]
        self._workers: dict[int, ShardWorker] = {}
        self._lock = threading.Lock()
        self._assigned = threading.Event()
        self.changed = threading.Condition()
        self._lead = None if alone else Lead(settings, service.context, self._context.control.name, self._own)

    def start(self) -> None:
        """Join the group, or take all shards."""
        if self._lead is not None:
            self._lead.start()
            return
        count = self._options.catalogue.shards(self._service.context, self._options.area_shards)
        self._own(frozenset(range(count)))

    def wait_until_settled(self, timeout_s: float) -> None:
        """Wait until every shard of this process has recovered; raises TimeoutError naming those that have not."""
        deadline = time.monotonic() + timeout_s
        with self.changed:
            while open_shards := self._unsettled():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{self._service.context}: not recovered in time: {', '.join(open_shards)}")
                self.changed.wait(min(left, 1.0))

    def _unsettled(self) -> list[str]:
        if not self._assigned.is_set():
            return ["no shards were assigned yet"]
        workers = self.workers()
        return [f"shard {shard}" for shard, worker in workers.items() if worker.phase not in SETTLED | ENDED]

    def workers(self) -> dict[int, ShardWorker]:
        """Return the workers by shard."""
        with self._lock:
            return dict(sorted(self._workers.items()))

    def signal_stop(self) -> None:
        """Ask all workers to finish; returns at once."""
        for worker in self.workers().values():
            worker.signal_stop()

    def stop(self, timeout_s: float) -> bool:
        """Leave the group and wait for the workers; tells whether all left in time."""
        self.signal_stop()
        deadline = time.monotonic() + timeout_s
        in_time = True
        for worker in self.workers().values():
            in_time = worker.join(max(0.1, deadline - time.monotonic())) and in_time
        if self._lead is not None:
            self._lead.stop(max(0.1, deadline - time.monotonic()))
        return in_time

    def _own(self, shards: frozenset[int]) -> None:
        with self._lock:
            gone = {shard: self._workers.pop(shard) for shard in list(self._workers) if shard not in shards}
            new = {shard: self._worker(shard) for shard in sorted(shards) if shard not in self._workers}
            self._workers.update(new)
        for worker in gone.values():
            worker.signal_stop()
        for worker in gone.values():
            worker.join(STOP_TIMEOUT_S)
        for worker in new.values():
            worker.start()
        self._assigned.set()
        self._notify()

    def _worker(self, shard: int) -> ShardWorker:
        place = ShardPlace(self._context, shard, self._service, self._settings, self._options)
        return ShardWorker(place, self._appender, changed=self._notify, insist=not self._alone)

    def _notify(self) -> None:
        with self.changed:
            self.changed.notify_all()
