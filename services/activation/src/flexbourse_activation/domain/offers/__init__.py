"""Standing offers, what everybody who buys of them must fulfil, and how they end."""
