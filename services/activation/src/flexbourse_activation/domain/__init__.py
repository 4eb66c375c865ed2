"""Pure rules of the activation service."""
