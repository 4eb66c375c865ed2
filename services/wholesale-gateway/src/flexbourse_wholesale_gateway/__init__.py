"""Orders forwarded to an energy exchange, kept inside the limits of the distribution grid."""
