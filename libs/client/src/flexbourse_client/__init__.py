"""What an aggregator installs: submit, cancel, watch, verify."""
