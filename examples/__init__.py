"""Programs that use the API from outside, to be read and copied."""
