"""One order of ours on an exchange: its life, what is reported of it, and what is decided about it."""
