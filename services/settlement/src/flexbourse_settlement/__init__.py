"""Delivery, amounts, ledger, netted batches on a chain, proofs."""
