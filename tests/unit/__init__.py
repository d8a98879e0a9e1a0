"""Tests without a table and without network, mostly of the domain."""
