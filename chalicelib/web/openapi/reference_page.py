"""The API's document, laid out for people to read."""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct, structs

from chalicelib.web import openapi
from chalicelib.web.api.problem_details import PROBLEM_JSON
from chalicelib.web.http.request import FORM
from chalicelib.web.openapi import schema_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]


class FieldDoc(Struct, frozen=True, kw_only=True):
    """A parameter, with ``where`` it stands, or a field of a shape."""

    name: str
    location: str = ""
    type_label: schema_types.TypeLabel
    required: bool
    description: str
    example: str = ""


class ExampleDoc(Struct, frozen=True, kw_only=True):
    """A body as it is sent."""

    summary: str
    text: str


class BodyDoc(Struct, frozen=True, kw_only=True):
    """One way to write a body."""

    media_type: str
    type_label: schema_types.TypeLabel
    examples: list[ExampleDoc]


class ResponseDoc(Struct, frozen=True, kw_only=True):
    """``status`` with its phrase; ``shared`` is the anchor of one that is told once for all."""

    status: str
    description: str
    headers: list[str]
    bodies: list[BodyDoc]
    shared_id: str | None = None


class OperationDoc(Struct, frozen=True, kw_only=True):
    """``name`` is also its anchor."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[FieldDoc]
    bodies: list[BodyDoc]
    responses: list[ResponseDoc]


class TagDoc(Struct, frozen=True, kw_only=True):
    """The operations of one side."""

    name: str
    description: str
    operations: list[OperationDoc]


class SchemaDoc(Struct, frozen=True, kw_only=True):
    """A JSON object; ``name`` is also its anchor."""

    name: str
    description: str
    fields: list[FieldDoc]


class ReferencePage(Struct, frozen=True, kw_only=True):
    """All of it; ``about`` are paragraphs, ``shared`` answers go by their anchors."""

    base: str
    title: str
    paragraphs: list[str]
    tags: list[TagDoc]
    shared_responses: dict[str, ResponseDoc]
    schemas: list[SchemaDoc]


@lru_cache(maxsize=8)
def build_reference_page(base: str) -> ReferencePage:
    """The reference of an API under that prefix."""
    document = openapi.build_document(base)
    return ReferencePage(
        base=base,
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
        shared_responses={
            name: _response(_example_status(told), told)
            for name, told in document["components"]["responses"].items()
            if "content" in told
        },
        schemas=[
            SchemaDoc(
                name=name, description=schema.get("description", ""), fields=list(_fields(schema))
            )
            for name, schema in document["components"]["schemas"].items()
        ],
    )


def _operations(document: Json, tag: str) -> Iterator[OperationDoc]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            if tag in told["tags"]:
                yield OperationDoc(
                    name=told["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=told["summary"],
                    description=told.get("description", ""),
                    parameters=[
                        _parameter(_resolve_ref(document, one))
                        for one in told.get("parameters", [])
                    ],
                    bodies=_bodies(told.get("requestBody", {})),
                    responses=[
                        _shared_response(status, answer["$ref"], document)
                        if "$ref" in answer
                        else _response(status, answer)
                        for status, answer in told["responses"].items()
                    ],
                )


def _resolve_ref(document: Json, spec: Json) -> Json:
    """What a reference refers to; anything else is itself."""
    if "$ref" not in spec:
        return spec
    found = document
    for step in spec["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _parameter(spec: Json) -> FieldDoc:
    return FieldDoc(
        name=spec["name"],
        location=spec["in"],
        type_label=schema_types.describe(spec["schema"]),
        required=spec["required"],
        description=spec["description"],
        example=str(spec["example"]),
    )


def _fields(schema: Json) -> Iterator[FieldDoc]:
    for name, told in schema["properties"].items():
        says = told.get("description", "")
        required = name in schema.get("required", ())
        yield FieldDoc(
            name=name, type_label=schema_types.describe(told), required=required, description=says
        )


def _response(status: str, spec: Json) -> ResponseDoc:
    return ResponseDoc(
        status=f"{status} {HTTPStatus(int(status)).phrase}",
        description=spec["description"],
        headers=list(spec.get("headers", ())),
        bodies=_bodies(spec),
    )


def _shared_response(status: str, reference: str, document: Json) -> ResponseDoc:
    """Without the bodies, which are told once for all."""
    answer = _response(status, _resolve_ref(document, {"$ref": reference}))
    name = reference.rpartition("/")[2] if answer.bodies else None
    return structs.replace(answer, bodies=[], shared_id=name)


def _example_status(spec: Json) -> str:
    """That of a problem, from its example."""
    (example,) = spec["content"][PROBLEM_JSON]["examples"].values()
    return str(example["value"]["status"])


def _bodies(spec: Json) -> list[BodyDoc]:
    return [
        BodyDoc(
            media_type=media_type,
            type_label=schema_types.describe(content["schema"]),
            examples=[
                ExampleDoc(summary=one["summary"], text=_format_example(media_type, one["value"]))
                for one in content.get("examples", {}).values()
            ],
        )
        for media_type, content in spec.get("content", {}).items()
    ]


def _format_example(media_type: str, value: Mapping[str, Any]) -> str:
    if media_type == FORM:
        return urlencode(value, doseq=True)
    return json.dumps(value, indent=2, ensure_ascii=False)
