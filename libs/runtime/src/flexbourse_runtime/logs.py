"""Logs: structlog, one JSON object per line, readable lines on a terminal; correlation ids come from context variables.

Libraries that use the standard `logging` come out in the same form. Never logged: payloads, tokens, secrets.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

CORRELATION_ID = "correlation_id"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
    structlog.processors.StackInfoRenderer(),
]


def configure(service: str, level: str = "info", stream: TextIO | None = None) -> None:
    """Set up the logs of this process; call it once, before anything else logs."""
    target = sys.stderr if stream is None else stream
    pretty = target.isatty()
    final: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(timestamp_key="ts")]
        if pretty
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )

    def name_service(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        return event

    shared = [*_SHARED, name_service]
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVELS[level])
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; its events are short, their facts are keyword arguments."""
    return structlog.stdlib.get_logger(name)


def bind_correlation(correlation_id: str) -> None:
    """Put a correlation id on every log line of the current task."""
    structlog.contextvars.bind_contextvars(**{CORRELATION_ID: correlation_id})


def unbind_correlation() -> None:
    """Take the correlation id of the current task away."""
    structlog.contextvars.unbind_contextvars(CORRELATION_ID)
