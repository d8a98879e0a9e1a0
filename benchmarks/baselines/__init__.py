"""The same work, as it would be written with something else: what the app is measured against."""
