"""Kafka by Faust, and Redis."""
