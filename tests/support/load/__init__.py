"""Clients of the load test: patients, doctors and their scenario."""
