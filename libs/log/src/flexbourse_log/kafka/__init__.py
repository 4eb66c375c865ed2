"""The Kafka engine: each shard's journal and projections in one transaction, exactly-once by fencing."""
