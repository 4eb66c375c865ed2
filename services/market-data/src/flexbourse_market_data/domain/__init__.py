"""Projectors: pure functions from what is known and one record to what is known then."""
