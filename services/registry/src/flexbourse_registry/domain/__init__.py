"""Rules of the registry: pure, standard library and flexbourse_core only."""
