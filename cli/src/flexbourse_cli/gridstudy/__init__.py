"""Grid studies from files: reading networks, tables and parameters, and saying what was found."""
