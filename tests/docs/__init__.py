"""The commands in the documentation."""
