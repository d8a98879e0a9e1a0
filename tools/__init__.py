"""Development tools: they build what is committed, and are not part of the deployed app."""
