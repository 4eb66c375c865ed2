"""MATPOWER cases: the tables of their files, and the model that they are."""
