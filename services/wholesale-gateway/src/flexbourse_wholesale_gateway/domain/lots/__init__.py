"""From leftovers of single units to lots of an exchange and back, and the room in the grid that they need."""
