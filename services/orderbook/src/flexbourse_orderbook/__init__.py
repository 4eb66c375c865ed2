"""Continuous matching with an exact grid check in every match."""
