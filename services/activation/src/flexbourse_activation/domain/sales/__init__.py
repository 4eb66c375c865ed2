"""What is sold is claimed: trades of the local market, and what units sell on an exchange outside."""
