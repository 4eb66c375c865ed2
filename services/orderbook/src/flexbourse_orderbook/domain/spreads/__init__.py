"""Paired orders over two locations, of which an operator pays the difference."""
