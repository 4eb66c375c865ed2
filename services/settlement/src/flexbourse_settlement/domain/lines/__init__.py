"""Lines of the ledger, by what they are for."""
