"""The embedded engine: every service in one process on a durable local log (SQLite, WAL)."""

from flexbourse_log.embedded.engine import EmbeddedEngine
from flexbourse_log.embedded.reader import LogReader, open_reader
from flexbourse_log.embedded.replaying import replay_folder

__all__ = ["EmbeddedEngine", "LogReader", "open_reader", "replay_folder"]
