"""The outside world: mailboxes of the platform, and a place for what could not be delivered or read."""
