"""What stands against an offer: claims, the headroom they hold, and how they shrink."""
