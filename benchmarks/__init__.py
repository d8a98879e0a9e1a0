"""What things cost, measured; none of it is a test."""
