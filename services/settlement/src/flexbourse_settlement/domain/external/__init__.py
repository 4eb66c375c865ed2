"""Results from outside, version by version: taken, settled, noted on the chain."""
