"""Pure rules of the order book: decisions and the state that they lead to."""
