"""The flexbourse command and the embedded composition root."""
