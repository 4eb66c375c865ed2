"""Auctions of network capacity: requests, clearing with the exact grid check, use, and what happens to what is not."""
