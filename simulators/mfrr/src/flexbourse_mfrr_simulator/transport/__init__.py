"""How documents travel: a folder exchange and an HTTP mailbox over the same store."""
