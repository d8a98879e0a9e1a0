"""DynamoDB: one table with all keys, conditions and the translation of errors."""
