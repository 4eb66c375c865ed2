"""Gateway to a mFRR platform: documents of IEC 62325, bids, activations, and the grid gate in front of them."""
