"""Builders, strategies, conformance suites and real servers for tests."""
