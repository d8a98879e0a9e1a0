"""The OpenAPI document: it is valid and complete."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from chalice.app import Request
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.web.api import schemas
from chalicelib.web.http import static_files
from chalicelib.web.http.request import FORM
from chalicelib.web.pages.day_form import parse_save_form
from tools.openapi import reference_page
from tools.openapi.__main__ import STATIC, main, render_files
from tools.openapi.document import ROUTES, build_document
from tools.openapi.operations import OPERATIONS as OPERATION_DETAILS

if TYPE_CHECKING:
    from collections.abc import Iterator


PROJECT = Path(__file__).parents[2]
DOCUMENT = build_document()
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def iterate_values(value: Any, pointer: str = "#") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  JSON
    """Yield every value of the document with its JSON pointer."""
    yield pointer, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from iterate_values(inner, f"{pointer}/{name}")
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from iterate_values(inner, f"{pointer}/{index}")


def examples() -> Iterator[tuple[str, dict[str, Any], object]]:
    """Yield every example with its pointer and its schema."""
    for at, value in iterate_values(DOCUMENT):
        if not isinstance(value, dict) or at.endswith("/value"):
            continue
        if "schema" in value:
            named = [("example", value["example"])] if "example" in value else []
            named += [
                (name, example["value"]) for name, example in value.get("examples", {}).items()
            ]
            yield from ((f"{at}/{name}", value["schema"], example) for name, example in named)
        elif isinstance(value.get("examples"), list):
            for index, example in enumerate(value["examples"]):
                yield f"{at}/{index}", value, example


def resolve_reference(reference: str) -> Any:  # noqa: ANN401  JSON
    value = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        value = value[step]
    return value


def test_document_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


@pytest.mark.parametrize(
    ("schema", "example"), [pytest.param(*example, id=at) for at, *example in examples()]
)
def test_examples_match_their_schemas(schema: dict[str, Any], example: object) -> None:
    schema_with_components = {"components": DOCUMENT["components"], **schema}
    checker = OAS31Validator.FORMAT_CHECKER

    assert [
        e.message
        for e in OAS31Validator(schema_with_components, format_checker=checker).iter_errors(example)
    ] == []


@pytest.mark.parametrize(
    "operation", [pytest.param(operation, id=name) for name, operation in OPERATIONS]
)
def test_every_operation_body_has_example(operation: dict[str, Any]) -> None:
    responses = [
        resolve_reference(a["$ref"]) if "$ref" in a else a for a in operation["responses"].values()
    ]
    bodies = [operation.get("requestBody", {}), *responses]
    with_schema = [
        content
        for body in bodies
        for content in body.get("content", {}).values()
        if "$ref" in content["schema"]
    ]

    assert [content for content in with_schema if not content.get("examples")] == []


@pytest.mark.parametrize(
    "operation", [pytest.param(operation, id=name) for name, operation in OPERATIONS]
)
def test_errors_are_problems_and_temporary_ones_have_retry_after(operation: dict[str, Any]) -> None:
    is_fhir = operation["tags"] == ["FHIR"]
    for status, reference in operation["responses"].items():
        response = resolve_reference(reference["$ref"]) if "$ref" in reference else reference
        if status == "default" or int(status) >= 400:
            (media_type,) = response["content"]
            # API Gateway sends 429, and what no operation lists.
            is_outcome = is_fhir and status not in ("429", "default")
            assert media_type == f"application/{'fhir' if is_outcome else 'problem'}+json"
        assert ("Retry-After" in response.get("headers", {})) == (status in {"429", "503"})


def test_links_name_operations_and_their_parameters() -> None:
    parameters = {
        operation["operationId"]: {
            resolve_reference(reference["$ref"])["name"]
            for reference in operation.get("parameters", ())
        }
        for _, operation in OPERATIONS
    }
    links = [
        link
        for at, value in iterate_values(DOCUMENT)
        if at.endswith("/links")
        for link in value.values()
    ]

    assert links
    for link in links:
        assert link["parameters"].keys() <= parameters[link["operationId"]]


def test_server_url_is_request_url() -> None:
    for url_prefix, url in (("", "/"), ("/api", "/api")):
        served = static_files.read_openapi(url_prefix).body
        assert json.loads(served) == {**DOCUMENT, "servers": [{"url": url}]}


def test_generated_files_are_up_to_date() -> None:
    for name, text in render_files().items():
        assert (STATIC / name).read_text() == text, "run python -m tools.openapi"
    assert main(["--check"]) == 0


def test_operation_details_match_routes() -> None:
    for route in ROUTES:
        details = OPERATION_DETAILS[route.view.__name__]
        assert details.responses.keys() <= {*route.doc.responses, *route.doc.errors}
        assert details.responses.keys() >= route.doc.responses.keys()
        assert details.body.keys() <= route.doc.body.keys()
    assert OPERATION_DETAILS.keys() == {route.view.__name__ for route in ROUTES}


@pytest.mark.parametrize(
    "field", msgspec.structs.fields(schemas.DayFormFields), ids=lambda f: f.name
)
def test_form_requires_documented_fields(
    field: msgspec.structs.FieldInfo,
) -> None:
    sent = {
        "doctor_id": "dr-lee",
        "date": "2026-11-23",
        "version": "0",
        "request_id": "form-1",
        "shown": "20261123T0900Z",
        "offered": "20261123T0900Z",
        "ticked": "20261123T0900Z",
    }
    del sent[field.name]
    if field.name == "offered":
        del sent["ticked"]  # ``ticked`` must be a subset of ``offered``
    body = "&".join(f"{name}={value}" for name, value in sent.items())
    request = Request(
        {
            "requestContext": {"httpMethod": "POST", "resourcePath": "/slots", "path": "/slots"},
            "headers": {"content-type": FORM},
            "pathParameters": None,
            "stageVariables": None,
            "multiValueQueryStringParameters": None,
            "body": body.encode(),
        }
    )

    if field.required:
        message = "Choose a date" if field.name == "date" else f"{field.name} is missing"
        with pytest.raises(RequestRejectedError, match=message):
            parse_save_form(request)
    else:
        assert parse_save_form(request).version == 0


def test_reference_has_every_operation_and_schema() -> None:
    page = reference_page.build_reference_page(DOCUMENT)

    names = [operation.name for tag in page.tags for operation in tag.operations]
    assert names == [operation["operationId"] for _, operation in OPERATIONS]
    assert [schema.name for schema in page.schemas] == list(DOCUMENT["components"]["schemas"])


def test_openapi_modules_are_imported_lazily() -> None:
    environment = {**os.environ, "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}
    script = (
        "import sys; from local.local_config import use_local_stage; use_local_stage(); "
        "import app; "
        "print([name for name in sys.modules if name.startswith(('tools', 'jinja'))])"
    )

    completed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert completed.stdout.strip() == "[]"
