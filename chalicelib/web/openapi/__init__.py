"""The API's document (OpenAPI 3.1), of the same types that read requests and write answers.

Imported when somebody asks for it, so that no other route pays for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.permissions import Permission
from chalicelib.web.api import schemas as shapes
from chalicelib.web.openapi import booking_operations, doctor_operations, meta_operations
from chalicelib.web.openapi.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chalicelib.web.openapi.operation import Content, Operation, ResponseSpec
    from chalicelib.web.openapi.parameters import Parameter

Json = dict[str, Any]

_DESCRIPTION = """\
A doctor opens and closes slots; a booking site finds, holds, books, moves and
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
    ("The doctor's side", "A day, and saving it; doctors and their settings.", doctor_operations),
    ("The booking site's side", "What is bookable, and taking it.", booking_operations),
    ("Around them", "The page, its files, health, and this document.", meta_operations),
)
OPERATIONS = [one for _, _, side in _TAGS for one in side.OPERATIONS]
_STRING_SCHEMA = {"type": "string"}
_SECURITY_SCHEMES = {
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
_PERMISSION_NOTES = {
    Permission.READ: "For whoever is signed in.",
    Permission.BOOK: "For booking sites with `slots/book`, and admins.",
    Permission.MANAGE: "For the doctor, delegates whom she names, and admins.",
    Permission.CONFIGURE: "For the doctor, and admins.",
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
def render(base: str) -> msgspec.Raw:
    """The document as JSON, for an API under that prefix."""
    return msgspec.Raw(msgspec.json.encode(build_document(base)))


def build_document(base: str) -> Json:
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
            "description": _DESCRIPTION,
        },
        "servers": [{"url": base or "/"}],
        "tags": [{"name": name, "description": says} for name, says, _ in _TAGS],
        "paths": paths,
        "components": {
            "securitySchemes": _SECURITY_SCHEMES,
            "schemas": schemas,
            "parameters": {
                name: _parameter(parameter, of_parameters[name])
                for name, parameter in PARAMETERS.items()
            },
            "headers": {name: _header(name, required=True) for name in _HEADERS},
            "responses": {
                name: _response(answer) for name, answer in meta_operations.SHARED_RESPONSES.items()
            },
        },
    }


def _schemas(operations: Sequence[Operation]) -> tuple[Json, Json]:
    """Those of every shape by its name, and those of the parameters."""
    of_bodies = {
        content.schema
        for one in operations
        for content in (*one.body.values(), *_contents(one))
        if content.schema
    }
    told = sorted(of_bodies, key=lambda shape: shape.__name__)
    described = [*(one.schema for one in PARAMETERS.values()), *told, shapes.Problem]
    # SlotChangeRequest stands in no type: a save reads its slots one by one.
    found, schemas = msgspec.json.schema_components(
        [*described, shapes.SlotChangeRequest], ref_template=shapes.REF_TEMPLATE
    )
    return dict(sorted(schemas.items())), dict(zip(PARAMETERS, found, strict=False))


def _contents(operation: Operation) -> Iterator[Content]:
    for answer in operation.responses.values():
        if not isinstance(answer, str):
            yield from answer.content.values()


def _operation(operation: Operation) -> Json:
    told: Json = {"operationId": operation.name, "summary": operation.summary}
    who_may = _PERMISSION_NOTES.get(operation.permission, "")
    if operation.description or who_may:
        told["description"] = f"{operation.description} {who_may}".strip()
    told["security"] = [{name: []} for name in _SECURITY_SCHEMES] if who_may else []
    if operation.parameters:
        told["parameters"] = [_reference("parameters", name) for name in operation.parameters]
    if operation.body:
        told["requestBody"] = {"required": True, "content": _content(operation.body)}
    told["responses"] = {
        str(status): _reference("responses", answer)
        if isinstance(answer, str)
        else _response(answer)
        for status, answer in sorted(operation.responses.items())
    }
    return told


def _parameter(parameter: Parameter, schema: Json) -> Json:
    told = {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema,
        "example": parameter.example,
    }
    if parameter.location == "query" and not parameter.required:
        told["allowEmptyValue"] = True  # the same as to leave it out
    return told


def _response(response: ResponseSpec) -> Json:
    told: Json = {"description": response.description}
    headers = {name: _reference("headers", name) for name in response.headers}
    headers |= {name: _header(name, required=False) for name in response.optional_headers}
    if headers:
        told["headers"] = headers
    if response.content:
        told["content"] = _content(response.content)
    if response.links:
        told["links"] = {
            name: {"operationId": name, "parameters": dict(parameters)}
            for name, parameters in response.links.items()
        }
    return told


def _header(name: str, *, required: bool) -> Json:
    says, example = _HEADERS[name]
    return {"description": says, "required": required, "schema": _STRING_SCHEMA, "example": example}


def _content(content: Mapping[str, Content]) -> Json:
    return {media_type: _media_type(one) for media_type, one in content.items()}


def _media_type(content: Content) -> Json:
    told: Json = {"schema": _schema(content.schema)}
    if content.examples:
        told["examples"] = {
            summary.replace(" ", "-"): {"summary": summary, "value": value}
            for summary, value in content.examples.items()
        }
    return told


def _schema(schema: type | None) -> Json:
    if schema is None:
        return _STRING_SCHEMA
    if schema is dict:
        return {"type": "object"}
    return _reference("schemas", schema.__name__)


def _reference(section: str, name: str) -> Json:
    return {"$ref": f"#/components/{section}/{name}"}
