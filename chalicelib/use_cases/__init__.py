"""Use cases: each loads data, applies the rules of the domain, and saves the result."""
