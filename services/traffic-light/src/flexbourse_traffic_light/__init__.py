"""The state of every zone and period: green, amber, red, unknown."""
