"""Phases of a book: which follows which, what each allows, and what changes them."""
