"""Baselines: the same API built with other tools, to compare the app with."""
