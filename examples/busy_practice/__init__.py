"""Fills a local server with a busy practice, through its API."""
