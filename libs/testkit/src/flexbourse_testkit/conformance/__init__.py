"""The cases that every engine of the log must pass, and the two small services that they run."""
