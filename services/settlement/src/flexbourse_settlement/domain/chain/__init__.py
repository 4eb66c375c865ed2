"""What settlement wants of the chain, in a form that needs no chain to be written down."""
