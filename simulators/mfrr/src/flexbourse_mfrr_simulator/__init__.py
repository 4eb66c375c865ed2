"""A platform for manual frequency restoration reserves (mFRR) to test a client against; it speaks IEC 62325-451."""
