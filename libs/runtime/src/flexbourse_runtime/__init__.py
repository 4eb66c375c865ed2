"""The process shell of a service: configuration, logs, metrics, health, gRPC, identity."""
