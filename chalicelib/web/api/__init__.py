"""JSON: schemas, parsing, validation, serializers and problem details."""
