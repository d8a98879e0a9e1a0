"""The API's document, laid out for people to read."""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct, structs

from chalicelib.web import forms, kinds, openapi, problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]


class Value(Struct, frozen=True, kw_only=True):
    """A parameter, with ``where`` it stands, or a field of a shape."""

    name: str
    where: str = ""
    kind: kinds.Kind
    required: bool
    says: str
    example: str = ""


class Example(Struct, frozen=True, kw_only=True):
    """A body as it is sent."""

    summary: str
    text: str


class Body(Struct, frozen=True, kw_only=True):
    """One way to write a body."""

    media_type: str
    kind: kinds.Kind
    examples: list[Example]


class Answer(Struct, frozen=True, kw_only=True):
    """``status`` with its phrase; ``shared`` is the anchor of one that is told once for all."""

    status: str
    says: str
    headers: list[str]
    bodies: list[Body]
    shared: str | None = None


class Operation(Struct, frozen=True, kw_only=True):
    """``name`` is also its anchor."""

    name: str
    method: str
    path: str
    summary: str
    says: str
    parameters: list[Value]
    bodies: list[Body]
    answers: list[Answer]


class Group(Struct, frozen=True, kw_only=True):
    """The operations of one side."""

    name: str
    says: str
    operations: list[Operation]


class Shape(Struct, frozen=True, kw_only=True):
    """A JSON object; ``name`` is also its anchor."""

    name: str
    says: str
    fields: list[Value]


class Page(Struct, frozen=True, kw_only=True):
    """All of it; ``about`` are paragraphs, ``shared`` answers go by their anchors."""

    base: str
    title: str
    about: list[str]
    groups: list[Group]
    shared: dict[str, Answer]
    shapes: list[Shape]


@lru_cache(maxsize=8)
def page(base: str) -> Page:
    """The reference of an API under that prefix."""
    document = openapi.document(base)
    return Page(
        base=base,
        title=document["info"]["title"],
        about=document["info"]["description"].split("\n\n"),
        groups=[
            Group(
                name=tag["name"],
                says=tag["description"],
                operations=list(_operations(document, tag["name"])),
            )
            for tag in document["tags"]
        ],
        shared={
            name: _answer(_status_told_in(told), told)
            for name, told in document["components"]["responses"].items()
            if "content" in told
        },
        shapes=[
            Shape(name=name, says=schema.get("description", ""), fields=list(_fields(schema)))
            for name, schema in document["components"]["schemas"].items()
        ],
    )


def _operations(document: Json, tag: str) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            if tag in told["tags"]:
                yield Operation(
                    name=told["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=told["summary"],
                    says=told.get("description", ""),
                    parameters=[
                        _parameter(_found(document, one)) for one in told.get("parameters", [])
                    ],
                    bodies=_bodies(told.get("requestBody", {})),
                    answers=[
                        _shared(status, answer["$ref"], document)
                        if "$ref" in answer
                        else _answer(status, answer)
                        for status, answer in told["responses"].items()
                    ],
                )


def _found(document: Json, told: Json) -> Json:
    """What a reference refers to; anything else is itself."""
    if "$ref" not in told:
        return told
    found = document
    for step in told["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _parameter(told: Json) -> Value:
    return Value(
        name=told["name"],
        where=told["in"],
        kind=kinds.of(told["schema"]),
        required=told["required"],
        says=told["description"],
        example=str(told["example"]),
    )


def _fields(schema: Json) -> Iterator[Value]:
    for name, told in schema["properties"].items():
        says = told.get("description", "")
        required = name in schema.get("required", ())
        yield Value(name=name, kind=kinds.of(told), required=required, says=says)


def _answer(status: str, told: Json) -> Answer:
    return Answer(
        status=f"{status} {HTTPStatus(int(status)).phrase}",
        says=told["description"],
        headers=list(told.get("headers", ())),
        bodies=_bodies(told),
    )


def _shared(status: str, reference: str, document: Json) -> Answer:
    """Without the bodies, which are told once for all."""
    answer = _answer(status, _found(document, {"$ref": reference}))
    name = reference.rpartition("/")[2] if answer.bodies else None
    return structs.replace(answer, bodies=[], shared=name)


def _status_told_in(told: Json) -> str:
    """That of a problem, from its example."""
    (example,) = told["content"][problems.JSON]["examples"].values()
    return str(example["value"]["status"])


def _bodies(told: Json) -> list[Body]:
    return [
        Body(
            media_type=media_type,
            kind=kinds.of(content["schema"]),
            examples=[
                Example(summary=one["summary"], text=_text(media_type, one["value"]))
                for one in content.get("examples", {}).values()
            ],
        )
        for media_type, content in told.get("content", {}).items()
    ]


def _text(media_type: str, value: Mapping[str, Any]) -> str:
    if media_type == forms.FORM:
        return urlencode(value, doseq=True)
    return json.dumps(value, indent=2, ensure_ascii=False)
