"""Concurrent requests on MiniStack, which has real transactions."""
