"""The API reference: a view model of the OpenAPI document, rendered as an HTML page.

Its links are relative, so that it works below any URL prefix.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct, structs

from chalicelib.web.api.problem_details import PROBLEM_JSON
from chalicelib.web.http.request import FORM
from chalicelib.web.status_codes import reason_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]


class TypeLabel(Struct, frozen=True, kw_only=True):
    """The type of a value in words, such as ``list of`` the schema ``Slot``, ``or null``."""

    prefix: str = ""
    schema_name: str | None = None
    suffix: str = ""


class FieldDoc(Struct, frozen=True, kw_only=True):
    """A field of a schema, or a parameter with its ``location``."""

    name: str
    location: str = ""
    type_label: TypeLabel
    required: bool
    description: str
    example: str = ""


class ExampleDoc(Struct, frozen=True, kw_only=True):
    """An example body as text."""

    summary: str
    text: str


class BodyDoc(Struct, frozen=True, kw_only=True):
    """A body of one media type."""

    media_type: str
    type_label: TypeLabel
    examples: list[ExampleDoc]


class ResponseDoc(Struct, frozen=True, kw_only=True):
    """A response; ``headers`` leaves out ``Vary``, which the page mentions once."""

    status: str
    description: str
    headers: list[str]
    bodies: list[BodyDoc]


class OperationDoc(Struct, frozen=True, kw_only=True):
    """An operation; ``name`` is also its anchor.

    ``common_errors`` are the statuses of the responses that the page describes once, by anchor.
    """

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[FieldDoc]
    bodies: list[BodyDoc]
    responses: list[ResponseDoc]
    common_errors: dict[str, str]


class TagDoc(Struct, frozen=True, kw_only=True):
    """A tag with its operations."""

    name: str
    description: str
    operations: list[OperationDoc]


class SchemaDoc(Struct, frozen=True, kw_only=True):
    """A JSON object; ``name`` is also its anchor."""

    name: str
    description: str
    fields: list[FieldDoc]


class ReferencePage(Struct, frozen=True, kw_only=True):
    """The view model of the page; ``common_responses`` are by their anchors."""

    title: str
    paragraphs: list[str]
    tags: list[TagDoc]
    common_responses: dict[str, ResponseDoc]
    schemas: list[SchemaDoc]


def render(page: ReferencePage) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("reference.html").render(page=page)


def build_reference_page(document: Json) -> ReferencePage:
    """Build the view model of an OpenAPI document."""
    components = document["components"]
    return ReferencePage(
        title=document["info"]["title"],
        paragraphs=document["info"]["description"].split("\n\n"),
        tags=[
            TagDoc(
                name=tag["name"],
                description=tag["description"],
                operations=list(_operations(document, tag["name"])),
            )
            for tag in document["tags"]
        ],
        common_responses={
            name: _response(_example_status(spec), spec)
            for name, spec in components["responses"].items()
            if "content" in spec
        },
        schemas=[
            SchemaDoc(
                name=name, description=schema.get("description", ""), fields=list(_fields(schema))
            )
            for name, schema in components["schemas"].items()
        ],
    )


def _operations(document: Json, tag: str) -> Iterator[OperationDoc]:
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            if tag in spec["tags"]:
                yield _operation(document, method, path, spec)


def _operation(document: Json, method: str, path: str, spec: Json) -> OperationDoc:
    return OperationDoc(
        name=spec["operationId"],
        method=method.upper(),
        path=path,
        summary=spec["summary"],
        description=spec.get("description", ""),
        parameters=[
            _parameter(_resolve_ref(document, parameter["$ref"]))
            for parameter in spec.get("parameters", [])
        ],
        bodies=_bodies(spec.get("requestBody", {})),
        responses=[
            _response(status, _resolve(document, response))
            for status, response in spec["responses"].items()
            if not _is_common(document, response)
        ],
        common_errors={
            response["$ref"].rpartition("/")[2]: _describe_status(status)
            for status, response in spec["responses"].items()
            if _is_common(document, response)
        },
    )


def _is_common(document: Json, response: Json) -> bool:
    """Return whether the page describes the response once, for all operations."""
    return "$ref" in response and "content" in _resolve(document, response)


def _resolve(document: Json, response: Json) -> Json:
    return _resolve_ref(document, response["$ref"]) if "$ref" in response else response


def _resolve_ref(document: Json, reference: str) -> Json:
    found = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _parameter(spec: Json) -> FieldDoc:
    return FieldDoc(
        name=spec["name"],
        location=spec["in"],
        type_label=describe(spec["schema"]),
        required=spec["required"],
        description=spec["description"],
        example=str(spec["example"]),
    )


def _fields(schema: Json) -> Iterator[FieldDoc]:
    for name, spec in schema["properties"].items():
        yield FieldDoc(
            name=name,
            type_label=describe(spec),
            required=name in schema.get("required", ()),
            description=spec.get("description", ""),
        )


def _response(status: str, spec: Json) -> ResponseDoc:
    return ResponseDoc(
        status=_describe_status(status),
        description=spec["description"],
        headers=[name for name in spec.get("headers", ()) if name != "Vary"],
        bodies=_bodies(spec),
    )


def _describe_status(status: str) -> str:
    if status == "default":
        return "any other error"
    return f"{status} {reason_phrase(int(status))}"


def _example_status(spec: Json) -> str:
    """Return the status of a problem from its example."""
    (example,) = spec["content"][PROBLEM_JSON]["examples"].values()
    return str(example["value"]["status"])


def _bodies(spec: Json) -> list[BodyDoc]:
    return [
        BodyDoc(
            media_type=media_type,
            type_label=describe(content["schema"]),
            examples=[
                ExampleDoc(
                    summary=example["summary"], text=_format_example(media_type, example["value"])
                )
                for example in content.get("examples", {}).values()
            ],
        )
        for media_type, content in spec.get("content", {}).items()
    ]


def _format_example(media_type: str, value: Mapping[str, Any]) -> str:
    if media_type == FORM:
        return urlencode(value, doseq=True)
    return json.dumps(value, indent=2, ensure_ascii=False)


def describe(schema: Json) -> TypeLabel:
    """Describe the type of a JSON schema in words."""
    if "$ref" in schema:
        return TypeLabel(schema_name=schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        first, other = schema["anyOf"]
        label, other_label = describe(first), describe(other)
        suffix = f"{label.suffix} or {other_label.prefix or other_label.schema_name}"
        return structs.replace(label, suffix=suffix)
    if schema.get("type") == "array":
        label = describe(schema["items"])
        maximum = f"up to {schema['maxItems']} of " if "maxItems" in schema else ""
        return structs.replace(label, prefix=f"list of {maximum}{label.prefix}")
    return TypeLabel(prefix=_describe_scalar(schema))


def _describe_scalar(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kinds = schema["type"]
    words = [kinds if isinstance(kinds, str) else " or ".join(kinds)]
    if "format" in schema:
        words.append(schema["format"])
    if "minimum" in schema and "maximum" in schema:
        words.append(f"{schema['minimum']} to {schema['maximum']}")
    if "maxLength" in schema:
        words.append(f"up to {schema['maxLength']} characters")
    if schema.get("default") not in (None, []):
        words.append(f"by default {schema['default']}")
    return ", ".join(words)
