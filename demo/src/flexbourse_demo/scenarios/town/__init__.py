"""A town of two streets with an open tie between their ends: its scene, and what plays in it share."""
