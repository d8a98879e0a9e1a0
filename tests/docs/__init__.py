"""What the guides tell a reader to type."""
