"""The rules alone: no table, no network, no clock."""
