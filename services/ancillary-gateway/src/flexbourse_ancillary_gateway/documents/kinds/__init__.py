"""Kinds of documents, field by field as the standard has them."""
