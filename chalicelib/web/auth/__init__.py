"""Authentication: bearer tokens, login sessions and the OpenID Connect provider."""
