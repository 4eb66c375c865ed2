"""Documents of ours on their way to the platform, again until a receipt comes."""
