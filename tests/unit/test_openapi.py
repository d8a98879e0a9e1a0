"""The API's document, on its own."""

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
    (f"{method} {path}", told)
    for path, methods in DOCUMENT["paths"].items()
    for method, told in methods.items()
]


def iterate_values(value: Any, pointer: str = "#") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  JSON
    """Every value of the document, and where it stands."""
    yield pointer, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from iterate_values(inner, f"{pointer}/{name}")
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from iterate_values(inner, f"{pointer}/{place}")


def examples() -> Iterator[tuple[str, dict[str, Any], object]]:
    """Every example, with the schema that it is an example of."""
    for at, value in iterate_values(DOCUMENT):
        if not isinstance(value, dict) or at.endswith("/value"):
            continue
        if "schema" in value:
            told = [("example", value["example"])] if "example" in value else []
            told += [(name, one["value"]) for name, one in value.get("examples", {}).items()]
            yield from ((f"{at}/{name}", value["schema"], example) for name, example in told)
        elif isinstance(value.get("examples"), list):
            for place, example in enumerate(value["examples"]):
                yield f"{at}/{place}", value, example


def resolve_reference(reference: str) -> Any:  # noqa: ANN401  JSON
    value = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        value = value[step]
    return value


def test_document_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


@pytest.mark.parametrize(
    ("schema", "example"), [pytest.param(*told, id=at) for at, *told in examples()]
)
def test_examples_match_their_schemas(schema: dict[str, Any], example: object) -> None:
    whole = {"components": DOCUMENT["components"], **schema}
    checker = OAS31Validator.FORMAT_CHECKER

    assert [
        e.message for e in OAS31Validator(whole, format_checker=checker).iter_errors(example)
    ] == []


@pytest.mark.parametrize("told", [pytest.param(told, id=name) for name, told in OPERATIONS])
def test_every_operation_body_has_example(told: dict[str, Any]) -> None:
    answers = [
        resolve_reference(a["$ref"]) if "$ref" in a else a for a in told["responses"].values()
    ]
    bodies = [told.get("requestBody", {}), *answers]
    shaped = [
        content
        for body in bodies
        for content in body.get("content", {}).values()
        if "$ref" in content["schema"]
    ]

    assert [content for content in shaped if not content.get("examples")] == []


@pytest.mark.parametrize("told", [pytest.param(told, id=name) for name, told in OPERATIONS])
def test_errors_are_problems_and_503_has_retry_after(told: dict[str, Any]) -> None:
    for status, answer in told["responses"].items():
        whole = resolve_reference(answer["$ref"]) if "$ref" in answer else answer
        if int(status) >= 400:
            (media_type,) = whole["content"]
            assert media_type == "application/problem+json"
        assert ("Retry-After" in whole.get("headers", {})) == (status == "503")


def test_links_name_operations_and_their_parameters() -> None:
    takes = {
        told["operationId"]: {
            resolve_reference(one["$ref"])["name"] for one in told.get("parameters", ())
        }
        for _, told in OPERATIONS
    }
    links = [
        link
        for at, value in iterate_values(DOCUMENT)
        if at.endswith("/links")
        for link in value.values()
    ]

    assert links
    for link in links:
        assert link["parameters"].keys() <= takes[link["operationId"]]


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
        del sent["ticked"]  # which is one of these
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
        with pytest.raises(RequestRejectedError, match=f"{field.name} is missing"):
            parse_save_form(request)
    else:
        assert parse_save_form(request).version == 0


def test_reference_has_every_operation_and_schema() -> None:
    page = reference_page.build_reference_page(DOCUMENT)

    named = [one.name for group in page.tags for one in group.operations]
    assert named == [told["operationId"] for _, told in OPERATIONS]
    assert [shape.name for shape in page.schemas] == list(DOCUMENT["components"]["schemas"])


def test_openapi_modules_are_imported_lazily() -> None:
    environment = {**os.environ, "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}
    script = (
        "import sys; from local.local_config import use_local_stage; use_local_stage(); "
        "import app; "
        "print([name for name in sys.modules if name.startswith(('tools', 'jinja'))])"
    )

    told = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "[]"
