"""Grid-safe forwarding of bids to an operator who does not see the distribution grid: three methods to choose from.

After W. Ananduta, A. Sanjab, L. Marques, Ensuring Grid-Safe Forwarding of Distributed Flexibility in Sequential DSO-TSO
Markets (arXiv 2406.04889), with the exact AC check of `gridmath` in place of their linear network.
"""
