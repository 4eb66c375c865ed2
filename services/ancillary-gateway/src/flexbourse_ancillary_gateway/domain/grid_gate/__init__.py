"""The grid gate, twice: room is held before a bid is forwarded, and confirmed before its activation is answered."""
