"""The four families of things that go wrong, never mixed.

- `flexbourse_core.rejection.Rejection` is a value: a rule said no; it is published with its numbers.
- `TransientError`: I/O failed and may work later; retried with a bound.
- `InvalidMessageError`: bytes that cannot be understood; dead letters at the edge, a halt inside.
- `ConfigurationError`: the operator must change something before the process can start.
- `InvariantError`: a bug; never caught, the process ends and recovers by folding its journal.
"""

from __future__ import annotations


class TransientError(Exception):
    """I/O failed; the same call may work later."""


class InvalidMessageError(Exception):
    """A record that cannot be decoded, or whose shape breaks the contract."""


class ConfigurationError(Exception):
    """A setting is missing, unknown or out of range; names the setting, the rule and the value."""


class InvariantError(AssertionError):
    """Something that cannot be is; a bug of ours."""
