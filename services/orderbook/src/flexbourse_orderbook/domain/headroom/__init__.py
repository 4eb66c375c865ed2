"""Room in the grid that others hold: reserved, confirmed, called, given up; and what was sold outside."""
