"""Market data: read models folded from public records, on Kafka and on the embedded log by the same projectors."""
