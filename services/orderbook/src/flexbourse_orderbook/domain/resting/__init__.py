"""What rests in a book: queues by price and time, and who waits for what."""
