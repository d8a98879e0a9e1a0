"""The request log, its metrics, and how exceptions are reported."""
