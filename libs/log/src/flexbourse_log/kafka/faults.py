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


def fault(error: KafkaException | KafkaError | SystemError, doing: str) -> Exception:
    """Return the fault to raise for a client's error met while `doing` something."""
    if isinstance(error, SystemError):
        # A fatal error raised while the client hands out delivery reports comes wrapped by the interpreter.
        if isinstance(error.__cause__, KafkaException):
            return fault(error.__cause__, doing)
        return BrokerAwayError(f"{doing}: {error}")
    inner = error if isinstance(error, KafkaError) else error.args[0]
    if inner.code() in FENCED:
        return FencedError(f"{doing}: {inner.str()}")
    if inner.code() in PERMANENT:
        return error if isinstance(error, KafkaException) else KafkaException(error)
    return BrokerAwayError(f"{doing}: {inner.str()}")
