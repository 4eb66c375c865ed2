"""What the platform decides: rules of bids, selection, prices, life of orders. No I/O, clock or randomness."""
