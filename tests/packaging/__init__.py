"""The zip that AWS Lambda is given."""
