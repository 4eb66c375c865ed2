"""What gridcheck talks to outside itself."""
