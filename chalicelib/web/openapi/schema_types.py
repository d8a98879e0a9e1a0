"""What a value is, in words, by its JSON schema."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

Json = dict[str, Any]


class TypeLabel(Struct, frozen=True, kw_only=True):
    """What a value is: ``list of`` the shape ``Slot``, ``or null``."""

    prefix: str = ""
    schema_name: str | None = None
    suffix: str = ""


def describe(schema: Json) -> TypeLabel:
    """What a schema admits."""
    if "$ref" in schema:
        return TypeLabel(schema_name=schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        kind = describe(schema["anyOf"][0])
        return TypeLabel(
            prefix=kind.prefix, schema_name=kind.schema_name, suffix=f"{kind.suffix} or null"
        )
    if schema.get("type") == "array":
        kind = describe(schema["items"])
        most = f"up to {schema['maxItems']} of " if "maxItems" in schema else ""
        before = f"list of {most}{kind.prefix}"
        return TypeLabel(prefix=before, schema_name=kind.schema_name, suffix=kind.suffix)
    return TypeLabel(prefix=_describe_type(schema))


def _describe_type(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(schema["enum"])
    words = [schema["type"]]
    if "format" in schema:
        words.append(schema["format"])
    if "minimum" in schema and "maximum" in schema:
        words.append(f"{schema['minimum']} to {schema['maximum']}")
    if "maxLength" in schema:
        words.append(f"up to {schema['maxLength']} characters")
    if schema.get("default") not in (None, []):
        words.append(f"by default {schema['default']}")
    return ", ".join(words)
