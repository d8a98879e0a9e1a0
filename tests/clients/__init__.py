"""Clients of the API in other languages, and the document that they are generated from."""
