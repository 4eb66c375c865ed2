"""Orders that depend on each other: linked baskets and exclusive groups."""
