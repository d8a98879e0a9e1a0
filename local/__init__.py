"""Running everything on a laptop; no part of what is deployed."""
