"""Pools: members trade at one price, the rest comes from upstream or stays on the island."""
