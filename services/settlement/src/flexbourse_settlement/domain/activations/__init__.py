"""What activations, reservations and blocked calls are owed: facts, baselines, delivery, lines."""
