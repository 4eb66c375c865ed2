"""Continuous matching of flexibility requests and offers under network constraints, as published by Prat and others."""
