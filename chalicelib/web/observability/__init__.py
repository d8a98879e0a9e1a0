"""The request log with its metrics and exceptions."""
