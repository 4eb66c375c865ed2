"""Activation: what operators order of units, never the same kilowatt twice."""
