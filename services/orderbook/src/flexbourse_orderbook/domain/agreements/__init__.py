"""Trades agreed on off the book: bilateral and community trades through the same gate."""
