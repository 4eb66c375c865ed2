"""What is done for a day-ahead auction: offers until 11:30, headroom, one submission, awards and corrections."""
