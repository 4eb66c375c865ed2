"""The day before any market: who lives where, the weather, loads and forecasts, and what they do to the grid."""
