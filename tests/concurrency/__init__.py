"""Many at once, against real DynamoDB semantics."""
