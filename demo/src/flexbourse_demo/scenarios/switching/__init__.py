"""A cable is switched out while the market runs."""
