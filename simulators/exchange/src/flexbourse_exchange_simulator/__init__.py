"""An energy exchange to test a client against: intraday matching, day-ahead auction, scripted faults."""
