"""Pure rules of bids, pools, activations and redispatch; no I/O, no clock."""
