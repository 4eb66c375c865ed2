"""What the grid says of an area: effects, lights, values at the interface, rules of coordination."""
