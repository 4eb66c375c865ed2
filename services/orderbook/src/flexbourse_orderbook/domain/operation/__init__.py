"""What the market operator does: halts, cancels on behalf, takes trades back."""
