"""Call auctions of the running market."""
