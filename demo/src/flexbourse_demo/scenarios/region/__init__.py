"""The surplus of four villages goes on to an exchange and a balancing platform."""
