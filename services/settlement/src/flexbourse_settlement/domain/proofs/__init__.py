"""Leaves, batches, statements, and how anybody verifies them."""
