"""Rules of the exchange: no I/O, no clock, nothing drawn; time comes in as milliseconds since 1970."""
