"""Ids: patterns of what users name, and ids that are functions of what they name."""

from __future__ import annotations

import re

PARTICIPANT_ID = re.compile(r"[a-z0-9-]{1,40}")
OBJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
MAX_COMMAND_ID = 64
COMMAND_ID = re.compile(rf"[A-Za-z0-9._:-]{{1,{MAX_COMMAND_ID}}}")


def is_participant_id(text: str) -> bool:
    """Tell whether a text can name a participant: it becomes part of topic names."""
    return PARTICIPANT_ID.fullmatch(text) is not None


def is_object_id(text: str) -> bool:
    """Tell whether a text can name a unit, metering point, node, market or area."""
    return OBJECT_ID.fullmatch(text) is not None


def is_command_id(text: str) -> bool:
    """Tell whether a text can be the id of a command or a client's order."""
    if text.isascii() and text.isalnum():  # as most are, and every order has one
        return len(text) <= MAX_COMMAND_ID
    return COMMAND_ID.fullmatch(text) is not None
