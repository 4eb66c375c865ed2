"""From the auction at the opening to a trade that is taken back."""
