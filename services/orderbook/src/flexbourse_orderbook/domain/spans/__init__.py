"""Orders over several consecutive periods."""
