"""Benchmarks: the cost of requests, compared with baselines that do the same work."""
