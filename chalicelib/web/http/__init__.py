"""HTTP: requests, responses, negotiation, cookies, security headers and static files."""
