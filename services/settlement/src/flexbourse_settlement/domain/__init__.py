"""Settlement as rules: positions, refunds, ledger, batches, proofs. Pure: integers in, integers out."""
