"""The API's document (OpenAPI 3.1), of the same types that read requests and write answers.

Imported when somebody asks for it, so that no other route pays for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.caller import Need
from chalicelib.web import shapes
from chalicelib.web.openapi import around, booking_side, doctors_side
from chalicelib.web.openapi.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chalicelib.web.openapi.parameters import Parameter
    from chalicelib.web.openapi.parts import Answer, Content, Operation

Json = dict[str, Any]

_ABOUT = """\
A doctor opens and withdraws slots of her time; a booking site finds, holds, books, moves and
cancels them.

Bring an access token of the issuer (`Authorization: Bearer ...`), with the scope `slots/read`, or
`slots/book` to hold and book. The page has a session in a cookie instead.

Dates and times of day are those of the doctor's time zone; instants carry its offset. A query
parameter that is empty counts as left out. One that is not here is ignored, and so is a member of a
JSON body that is not here.

Every answer from 400 up is a problem (RFC 9457), which names each slot or field at fault; a browser
(`Accept: text/html`) gets a page with the same status and sentence. A path that is not here is 404,
a method that is not here 405, with `Allow`. A `Content-Type` that an operation does not read is
415, even where no body comes with it. Every answer has `X-Content-Type-Options: nosniff`."""
_VERSION = "0.1.0"
_TAGS = (
    ("The doctor's side", "A day, and saving it; doctors and their settings.", doctors_side),
    ("The booking site's side", "What is bookable, and taking it.", booking_side),
    ("Around them", "The page, its files, health, and this document.", around),
)
OPERATIONS = [one for _, _, side in _TAGS for one in side.OPERATIONS]
_TEXT = {"type": "string"}
_SIGNED_IN = {
    "Token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the issuer (RFC 6750).",
    },
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "Of whoever has signed in at the page. Where the address has a port, the "
        "name ends with it, as in `session-8000`.",
    },
}
_WHO_MAY = {
    Need.READ: "For whoever is signed in.",
    Need.BOOK: "For booking sites with `slots/book`, and admins.",
    Need.MANAGE: "For the doctor, delegates whom she names, and admins.",
    Need.CONFIGURE: "For the doctor, and admins.",
}
_HEADERS = {
    "ETag": ("Of this answer, for `If-None-Match`.", '"1.68048e9e729602d2"'),
    "Vary": ("What the answer depends on besides its URL.", "Accept, HX-Request"),
    "Retry-After": ("In so many seconds.", "1"),
    "WWW-Authenticate": ("How to sign in: bring a bearer token (RFC 6750).", "Bearer"),
    "Allow": ("The methods that there are.", "GET, POST"),
    "Location": ("Where to go from here.", "/slots"),
}


@lru_cache(maxsize=8)
def written(base: str) -> msgspec.Raw:
    """The document as JSON, for an API under that prefix."""
    return msgspec.Raw(msgspec.json.encode(document(base)))


def document(base: str) -> Json:
    """The document, for an API under that prefix."""
    paths: dict[str, Json] = {}
    for tag, _, side in _TAGS:
        for one in side.OPERATIONS:
            paths.setdefault(one.path, {})[one.method.lower()] = {"tags": [tag], **_operation(one)}
    schemas, of_parameters = _schemas(OPERATIONS)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MediLink Slots",
            "version": _VERSION,
            "description": _ABOUT,
        },
        "servers": [{"url": base or "/"}],
        "tags": [{"name": name, "description": says} for name, says, _ in _TAGS],
        "paths": paths,
        "components": {
            "securitySchemes": _SIGNED_IN,
            "schemas": schemas,
            "parameters": {
                name: _parameter(parameter, of_parameters[name])
                for name, parameter in PARAMETERS.items()
            },
            "headers": {name: _header(name, required=True) for name in _HEADERS},
            "responses": {name: _answer(answer) for name, answer in around.SHARED.items()},
        },
    }


def _schemas(operations: Sequence[Operation]) -> tuple[Json, Json]:
    """Those of every shape by its name, and those of the parameters."""
    of_bodies = {
        content.shape
        for one in operations
        for content in (*one.body.values(), *_contents(one))
        if content.shape
    }
    told = sorted(of_bodies, key=lambda shape: shape.__name__)
    described = [*(one.shape for one in PARAMETERS.values()), *told, shapes.Problem]
    # SlotToSave stands in no type: a save reads its slots one by one.
    found, schemas = msgspec.json.schema_components(
        [*described, shapes.SlotToSave], ref_template=shapes.REFERENCE
    )
    return dict(sorted(schemas.items())), dict(zip(PARAMETERS, found, strict=False))


def _contents(operation: Operation) -> Iterator[Content]:
    for answer in operation.answers.values():
        if not isinstance(answer, str):
            yield from answer.content.values()


def _operation(one: Operation) -> Json:
    told: Json = {"operationId": one.name, "summary": one.summary}
    who_may = _WHO_MAY.get(one.need, "")
    if one.says or who_may:
        told["description"] = f"{one.says} {who_may}".strip()
    told["security"] = [{name: []} for name in _SIGNED_IN] if who_may else []
    if one.parameters:
        told["parameters"] = [_reference("parameters", name) for name in one.parameters]
    if one.body:
        told["requestBody"] = {"required": True, "content": _content(one.body)}
    told["responses"] = {
        str(status): _reference("responses", answer) if isinstance(answer, str) else _answer(answer)
        for status, answer in sorted(one.answers.items())
    }
    return told


def _parameter(parameter: Parameter, schema: Json) -> Json:
    told = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": parameter.says,
        "schema": schema,
        "example": parameter.example,
    }
    if parameter.where == "query" and not parameter.required:
        told["allowEmptyValue"] = True  # the same as to leave it out
    return told


def _answer(answer: Answer) -> Json:
    told: Json = {"description": answer.says}
    headers = {name: _reference("headers", name) for name in answer.headers}
    headers |= {name: _header(name, required=False) for name in answer.some_headers}
    if headers:
        told["headers"] = headers
    if answer.content:
        told["content"] = _content(answer.content)
    if answer.links:
        told["links"] = {
            name: {"operationId": name, "parameters": dict(parameters)}
            for name, parameters in answer.links.items()
        }
    return told


def _header(name: str, *, required: bool) -> Json:
    says, example = _HEADERS[name]
    return {"description": says, "required": required, "schema": _TEXT, "example": example}


def _content(content: Mapping[str, Content]) -> Json:
    return {media_type: _media_type(one) for media_type, one in content.items()}


def _media_type(content: Content) -> Json:
    told: Json = {"schema": _schema(content.shape)}
    if content.examples:
        told["examples"] = {
            summary.replace(" ", "-"): {"summary": summary, "value": value}
            for summary, value in content.examples.items()
        }
    return told


def _schema(shape: type | None) -> Json:
    if shape is None:
        return _TEXT
    if shape is dict:
        return {"type": "object"}
    return _reference("schemas", shape.__name__)


def _reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
