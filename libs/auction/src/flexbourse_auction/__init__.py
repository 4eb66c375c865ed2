"""Call auctions as pure functions: orders in, prices and acceptance out."""
