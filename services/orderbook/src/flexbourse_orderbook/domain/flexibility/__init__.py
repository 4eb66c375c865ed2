"""Operators' requests: what relieves an element, what is called of it, and several periods as one."""
