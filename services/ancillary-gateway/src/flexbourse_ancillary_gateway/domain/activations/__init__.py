"""Orders of the platform: what they may ask, the answer within two minutes, their life to the end of delivery."""
