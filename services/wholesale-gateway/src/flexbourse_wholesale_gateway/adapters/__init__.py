"""Exchanges as the gateway sees them: the port, and the interface of OKTE."""
