"""What an order passes before it enters the book: rights, limits, money."""
