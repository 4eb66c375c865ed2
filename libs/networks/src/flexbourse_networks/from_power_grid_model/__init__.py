"""power-grid-model's JSON: its components and branches as a model."""
