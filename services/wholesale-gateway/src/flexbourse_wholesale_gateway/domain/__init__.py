"""The rules of the gateway: pure, without clock, randomness, input or output."""
