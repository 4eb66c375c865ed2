"""Who may offer what, where, on which market."""
