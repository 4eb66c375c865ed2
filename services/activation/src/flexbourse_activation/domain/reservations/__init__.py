"""The right to activate, bought outright or by a call for bids."""
