"""The page in a real browser, against a running server."""
