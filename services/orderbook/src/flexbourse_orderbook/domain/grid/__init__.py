"""The grid as the book sees it: limits, lights, the gate that every match passes, and what a new topology asks for."""
