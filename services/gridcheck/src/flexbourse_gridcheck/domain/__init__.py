"""Rules of gridcheck: pure; integers in every state and event, floats inside a solve alone."""
