"""A file of commands through the book's pure core, with nothing else running: for studies and benchmarks.

A second engine, written from the rules alone, decides the same files: what the two say of a line must be equal.
"""
