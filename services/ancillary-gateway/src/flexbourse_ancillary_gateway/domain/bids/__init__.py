"""Bids as a platform takes them: what they are, how they hang together, and what would be refused."""
