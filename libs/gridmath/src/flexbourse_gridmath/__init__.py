"""Pure numerics: compiled topology, exact check, largest quantity, tariff potential."""
