"""Rules of the traffic light: pure, integers only."""
