"""What can go wrong between a shard and the broker, and which of three treatments it gets.

    LogFaultError
    ├── BrokerAwayError   the outcome is unknown or nothing happened: throw memory away, connect and recover again
    └── FencedError       another owner has taken the shard: stop, change nothing

Whatever else a client reports (authorisation, unknown topic, a record too large) is a bug or a wrong deployment and
ends the process.
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
        KafkaError._UNKNOWN_TOPIC,
        KafkaError._UNKNOWN_PARTITION,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
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
