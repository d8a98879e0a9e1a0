"""Who sends a request: bearer tokens, login sessions and the OIDC provider."""
