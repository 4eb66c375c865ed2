"""The platform driven through the day: what the driver sets up, sends, observes and keeps."""
