"""What a value is, in words, by its JSON schema."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

Json = dict[str, Any]


class Kind(Struct, frozen=True, kw_only=True):
    """What a value is: ``list of`` the shape ``Slot``, ``or null``."""

    before: str = ""
    shape: str | None = None
    after: str = ""


def of(schema: Json) -> Kind:
    """What a schema admits."""
    if "$ref" in schema:
        return Kind(shape=schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        kind = of(schema["anyOf"][0])
        return Kind(before=kind.before, shape=kind.shape, after=f"{kind.after} or null")
    if schema.get("type") == "array":
        kind = of(schema["items"])
        most = f"up to {schema['maxItems']} of " if "maxItems" in schema else ""
        before = f"list of {most}{kind.before}"
        return Kind(before=before, shape=kind.shape, after=kind.after)
    return Kind(before=_words(schema))


def _words(schema: Json) -> str:
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
