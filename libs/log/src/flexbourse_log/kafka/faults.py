"""What can go wrong between a shard and the broker, and which of three treatments it gets.

    LogFaultError
    ├── BrokerAwayError   the outcome is unknown or nothing happened: throw memory away, connect and recover again
    ├── FencedError       another owner has taken the shard: stop, change nothing
    └── LeavingError      the process was asked to stop in the middle of a recovery

What cannot get better by itself (no right, wrong login, a record too large) is a bug or a wrong deployment and ends the
process. An unknown topic is not among it: a broker that starts again may not know its topics for a moment.
"""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException

from flexbourse_core.errors import TransientError


class LogFaultError(Exception):
    """An I/O fault of the log."""


class BrokerAwayError(LogFaultError, TransientError):
    """The broker cannot be reached, or did not answer in time."""


class FencedError(LogFaultError):
    """Another owner holds the transactional id now."""


class LeavingError(LogFaultError):
    """The shard was asked to stop while it recovered."""


CLIENT_FAULTS = (KafkaException, SystemError)
"""The client (2.16.1) raises a fatal error from within the poll that also hands out delivery reports; the
interpreter then reports a SystemError whose cause is the fatal error."""

ECHOES = frozenset({KafkaError._FATAL, KafkaError._PURGE_INFLIGHT, KafkaError._PURGE_QUEUE})
"""What a client that has ended says of all that it still holds or is given. Why it ended is another error."""

FENCED = frozenset(
    {
        KafkaError._FENCED,
        KafkaError.PRODUCER_FENCED,
        KafkaError.INVALID_PRODUCER_EPOCH,
    }
)
PERMANENT = frozenset(
    {
        KafkaError._AUTHENTICATION,
        KafkaError._INVALID_ARG,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
)


def reason(error: KafkaException | KafkaError | SystemError) -> KafkaError | None:
    """Return what the client said; None where the interpreter wrapped nothing of it.

    A fatal error raised while the client hands out delivery reports comes wrapped once for each report.
    """
    found: BaseException | KafkaError | None = error
    while isinstance(found, SystemError):
        found = found.__cause__
    if isinstance(found, KafkaException):
        return found.args[0]  # type: ignore[no-any-return]
    return found if isinstance(found, KafkaError) else None


def fault(error: KafkaException | KafkaError | SystemError, doing: str) -> Exception:
    """Return the fault to raise for a client's error met while `doing` something."""
    inner = reason(error)
    if inner is None:
        return BrokerAwayError(f"{doing}: {error}")
    if inner.code() in FENCED:
        return FencedError(f"{doing}: {inner.str()}")
    if inner.code() in PERMANENT:
        return KafkaException(inner)
    return BrokerAwayError(f"{doing}: {inner.str()}")
