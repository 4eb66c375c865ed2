"""The day-ahead auction as values: curves and blocks, awards split back, and where each of them stands."""
