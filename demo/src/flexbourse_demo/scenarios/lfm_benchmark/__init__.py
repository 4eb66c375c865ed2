"""A published benchmark case of local flexibility markets, its relief bought on this market."""
