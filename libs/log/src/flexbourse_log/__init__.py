"""The log port and its two engines: embedded (SQLite) and Apache Kafka."""
