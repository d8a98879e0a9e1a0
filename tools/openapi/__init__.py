"""Build the OpenAPI document and the API reference page into ``static/``."""
