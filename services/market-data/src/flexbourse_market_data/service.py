"""Market data as an embedded platform hosts it."""

from __future__ import annotations

from flexbourse_log.port import Reader
from flexbourse_market_data.config import CONTEXT, Config
from flexbourse_market_data.view import MarketView


def build(config: Config) -> Reader:  # noqa: ARG001 - the signature of every service
    """Return the reader of the embedded log."""
    return Reader(CONTEXT, (MarketView(),))
