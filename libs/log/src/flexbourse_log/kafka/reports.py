"""What a shard's owner tells every process: the last step it has done, effects included, and whether it is halted.

A report repeats the marker of a step on the shard's own control topic, with headers beside it. Shards ignore a marker
that comes again, and any marker in the live mode, so the report needs no topic of its own.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass

from flexbourse.log.v1 import log_pb2
from flexbourse_log.batch import Outgoing
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.port import CE_SOURCE, CE_TYPE, WRITER, OverloadedError, Position, Record
from flexbourse_log.writing import STEP_TYPE, step_marker
from flexbourse_messages.topic import Context

OWNER = "owner/"
HALTED = "halted"
REPEAT_S = 3_600.0
"""A report comes again after this, so that the topic's retention never takes the last one."""


@dataclass(frozen=True)
class Report:
    """A shard's condition; `halted` is empty while it runs."""

    step: int
    halted: str


def report_record(context: Context, shard: int, report: Report) -> Outgoing:
    """Return the record of a report."""
    found = step_marker(context.control.name, shard, report.step, 0)
    headers = {**found.headers, CE_SOURCE: f"{context.name}/{shard}", WRITER: f"{OWNER}{context.name}/{shard}"}
    if report.halted:
        headers[HALTED] = report.halted
    return Outgoing(found.topic, found.partition, found.key, found.value, headers)


def read_report(record: Record) -> Report | None:
    """Return what a record of a control topic reports, None where it is anything else."""
    if record.headers.get(CE_TYPE) != STEP_TYPE or not record.headers.get(WRITER, "").startswith(OWNER):
        return None
    return Report(log_pb2.Step.FromString(record.value).step, record.headers.get(HALTED, ""))


class Reporter:
    """Reports one shard whenever there is news; what the broker did not take is reported again."""

    def __init__(self, appender: Appender, context: Context, shard: int) -> None:
        self._appender = appender
        self._context = context
        self._shard = shard
        self._told: Report | None = None
        self._told_s = 0.0
        self._sent: Future[Position] | None = None

    def forget(self) -> None:
        """Report anew: the shard was recovered."""
        self._told = None

    def tell(self, report: Report) -> None:
        """Report, if it is news; does not wait. Raises BrokerAwayError where the client cannot even take it."""
        failed = self._sent is not None and self._sent.done() and self._sent.exception() is not None
        if report == self._told and not failed and time.monotonic() - self._told_s < REPEAT_S:
            return
        try:
            self._sent = self._appender.append(report_record(self._context, self._shard, report))
        except OverloadedError:
            return
        self._told, self._told_s = report, time.monotonic()
