"""IEC 62325-451 documents as XML: safe reading, writing in schema order, optional validation."""
