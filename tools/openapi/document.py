"""The OpenAPI 3.1 document, generated from the routes and the schemas of their JSON.

A route defines its method, path, permission, parameters, schemas and statuses (``RouteDoc``). Its
docstring is the summary and the description. ``operations`` adds what the app does not need at run
time: descriptions of responses, examples and links.
"""

from __future__ import annotations

import inspect
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.permissions import Permission
from chalicelib.web.api import schemas
from chalicelib.web.api.problem_details import PROBLEM_JSON
from chalicelib.web.fhir.media_types import FHIR_JSON
from chalicelib.web.http.request import JSON
from chalicelib.web.routes import ROUTERS
from chalicelib.web.routing import BOOKING_SITES, DOCTORS, FHIR, SERVICE
from tools.openapi.headers import HEADERS, OPTIONAL_HEADER, header
from tools.openapi.info import INFO
from tools.openapi.operations import OPERATIONS
from tools.openapi.parameters import PARAMETERS, PATH_PARAMETERS
from tools.openapi.portable import make_portable, move_to_future
from tools.openapi.responses import COMMON_RESPONSES
from tools.openapi.webhook_section import build_webhook_schemas, build_webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.web.routing import ResponseContent, Route
    from tools.openapi.parameters import Parameter
    from tools.openapi.responses import Examples, ResponseDetails

Json = dict[str, Any]

ROUTES = [route for router in ROUTERS for route in router.routes]
_TAGS = {
    DOCTORS: "A doctor's day, and the doctors with their settings.",
    BOOKING_SITES: "Find bookable slots, and hold and book them.",
    FHIR: "The same slots as FHIR R4 resources, read only. Errors are an OperationOutcome.",
    SERVICE: "Sign-in, static files, health, and this documentation.",
}
_STRING_SCHEMA = {"type": "string"}
_SECURITY_SCHEMES = {
    "Token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token from the identity provider (RFC 6750).",
    },
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "The session cookie of a signed-in user. If the address has a port, the "
        "cookie's name ends with it, as in `session-8000`.",
    },
}
_PERMISSION_NOTES = {
    Permission.PUBLIC: "Open to everyone.",
    Permission.READ: "Any signed-in caller.",
    Permission.HOLD: "Booking sites with `slots/book`, and admins.",
    Permission.BOOK: "Booking sites with `slots/book`; the doctor, their delegates, and admins.",
    Permission.MANAGE: "The doctor, their delegates, and admins.",
    Permission.CONFIGURE: "The doctor, and admins.",
    Permission.SUBSCRIBE: "Booking sites with `slots/book`, and admins.",
    Permission.ACCOUNT: "People who are signed in on the page.",
    Permission.ADMINISTER: "Admins.",
}
_FROM_GATEWAY = 429
_COMMON_NAMES = {
    304: "NotModified",
    401: "Unauthorized",
    403: "Forbidden",
    413: "BodyTooLarge",
    415: "UnsupportedMediaType",
    429: "TooManyRequests",
    500: "ServerError",
    503: "Unavailable",
}


def render(document: Json) -> str:
    """Return the document as indented JSON, so that diffs of the committed file are readable."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def build_document() -> Json:
    """Build the document of an app without a URL prefix."""
    paths: dict[str, Json] = {}
    for route in sorted(ROUTES, key=lambda route: list(_TAGS).index(route.doc.tag)):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    shared_schemas, parameter_schemas = _schemas()
    document = {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "webhooks": build_webhooks(),
        "components": {
            "securitySchemes": _SECURITY_SCHEMES,
            "schemas": shared_schemas | build_webhook_schemas(),
            "parameters": {
                name: _parameter(parameter, parameter_schemas[name])
                for name, parameter in PARAMETERS.items()
            },
            "headers": {
                name: header(name, required=True) for name in HEADERS if name != OPTIONAL_HEADER
            },
            "responses": {
                name: _error_or_empty(details) for name, details in COMMON_RESPONSES.items()
            },
        },
    }
    result: Json = move_to_future(make_portable(document))
    return result


def _schemas() -> tuple[Json, Json]:
    """Return the schemas of all bodies by name, and those of the parameters."""
    bodies = {schema for route in ROUTES for schema in _body_schemas(route)}
    types = [
        *(parameter.schema for parameter in PARAMETERS.values()),
        *sorted(bodies, key=lambda schema: schema.__name__),
        schemas.Problem,
        # No other schema refers to it, because the slots of a save are decoded one by one.
        schemas.SlotChangeRequest,
    ]
    type_schemas, components = msgspec.json.schema_components(
        types, ref_template=schemas.REF_TEMPLATE
    )
    return dict(sorted(components.items())), dict(zip(PARAMETERS, type_schemas, strict=False))


def _body_schemas(route: Route) -> Iterator[type]:
    for content in (route.doc.body, *route.doc.responses.values()):
        for schema in content.values():
            alternatives = schema if isinstance(schema, tuple) else (schema,)
            yield from (each for each in alternatives if each not in (None, dict))


def _operation(route: Route) -> Json:
    summary, description = _split_docstring(route)
    note = _PERMISSION_NOTES[route.permission]
    operation: Json = {
        "tags": [route.doc.tag],
        "operationId": route.view.__name__,
        "summary": summary,
        "description": f"{description} {note}".strip(),
    }
    is_public = route.permission is Permission.PUBLIC
    operation["security"] = [] if is_public else [{name: []} for name in _SECURITY_SCHEMES]
    if parameters := [*_path_parameters(route), *route.doc.parameters]:
        operation["parameters"] = [_reference("parameters", name) for name in parameters]
    if any(route.doc.body.values()):
        examples = OPERATIONS[route.view.__name__].body
        operation["requestBody"] = {"required": True, "content": _content(route.doc.body, examples)}
    operation["responses"] = {
        str(status): _operation_response(route, status) for status in sorted(_statuses(route))
    } | {"default": _reference("responses", "Error")}
    return operation


def _split_docstring(route: Route) -> tuple[str, str]:
    """Return the summary line without its full stop, and the rest on one line."""
    summary, _, rest = (inspect.getdoc(route.view) or "").partition("\n")
    return summary.removesuffix("."), " ".join(rest.split())


def _path_parameters(route: Route) -> list[str]:
    segments = [
        f"{before}/{segment}"
        for before, segment in pairwise(route.path.split("/"))
        if segment.startswith("{")
    ]
    return [
        PATH_PARAMETERS.get(f"{route.method} {each}", PATH_PARAMETERS[each]) for each in segments
    ]


def _statuses(route: Route) -> set[int]:
    """Return the statuses of a route, including those that its other metadata implies."""
    statuses = {*route.doc.responses, *route.doc.errors, 429, 500}
    if route.permission is not Permission.PUBLIC:
        statuses |= {401, 403, 503}
    if route.doc.body:
        statuses |= {413, 415}
    if _is_conditional(route):
        statuses.add(304)
    return statuses


def _is_conditional(route: Route) -> bool:
    return "IfNoneMatch" in route.doc.parameters


def _operation_response(route: Route, status: int) -> Json:
    details = OPERATIONS[route.view.__name__].responses.get(status)
    if route.doc.tag == FHIR and status not in {*route.doc.responses, _FROM_GATEWAY}:
        return _outcome_or_empty(details or COMMON_RESPONSES[_common_name(route, status)])
    if details is None:
        return _reference("responses", _common_name(route, status))
    if status not in route.doc.responses:
        return _error_or_empty(details)
    content = _content(
        route.doc.responses[status],
        dict.fromkeys((JSON, FHIR_JSON, PROBLEM_JSON), details.examples),
    )
    return _response(details, content, _success_headers(route, status))


def _common_name(route: Route, status: int) -> str:
    if status == 404:  # noqa: PLR2004  which resource is missing depends on the path
        return "SlotNotFound" if "{slot_id}" in route.path else "DoctorNotFound"
    return _COMMON_NAMES[status]


def _success_headers(route: Route, status: int) -> tuple[str, ...]:
    if status == 303:  # noqa: PLR2004  a redirect
        return ("Location",)
    return ("ETag", "Vary") if _is_conditional(route) else ("Vary",)


def _error_or_empty(details: ResponseDetails) -> Json:
    content = _content({PROBLEM_JSON: schemas.Problem}, {PROBLEM_JSON: details.examples})
    return _response(details, content if details.examples else {}, (*details.headers, "Vary"))


def _outcome_or_empty(details: ResponseDetails) -> Json:
    """Return an error of the FHIR facade, without the examples that others have."""
    content = _content({FHIR_JSON: dict}, {}) if details.examples else {}
    return _response(details, content, (*details.headers, "Vary"))


def _response(details: ResponseDetails, content: Json, headers: tuple[str, ...]) -> Json:
    references = {name: _reference("headers", name) for name in headers}
    references |= {name: header(name, required=False) for name in details.optional_headers}
    response: Json = {"description": details.description, "headers": references}
    if content:
        response["content"] = content
    if details.links:
        response["links"] = {
            name: {"operationId": name, "parameters": dict(parameters)}
            for name, parameters in details.links.items()
        }
    return response


def _parameter(parameter: Parameter, schema: Json) -> Json:
    result = {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema,
        "example": parameter.example,
    }
    if parameter.location == "query" and not parameter.required:
        result["allowEmptyValue"] = True  # an empty parameter counts as missing
    return result


def _content(content: ResponseContent, examples: Mapping[str, Examples]) -> Json:
    return {
        media_type: _media_type(schema, examples.get(media_type, {}))
        for media_type, schema in content.items()
    }


def _media_type(schema: type | tuple[type, ...] | None, examples: Examples) -> Json:
    by_key = {
        summary.replace(" ", "-"): {"summary": summary, "value": value}
        for summary, value in examples.items()
    }
    return {"schema": _schema(schema), **({"examples": by_key} if by_key else {})}


def _schema(schema: type | tuple[type, ...] | None) -> Json:
    if schema is None:
        return _STRING_SCHEMA
    if isinstance(schema, tuple):
        return {"anyOf": [_schema(each) for each in schema]}
    return {"type": "object"} if schema is dict else _reference("schemas", schema.__name__)


def _reference(section: str, name: str) -> Json:
    return {"$ref": f"#/components/{section}/{name}"}
