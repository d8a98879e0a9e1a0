"""Modules that a new process imports for its first request."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from chalice.app import Request

from chalicelib.domain.permissions import Caller, Role
from chalicelib.web.auth.sessions import LoginSession, SessionStore
from chalicelib.web.http.request import set_always_https
from tests.support.fake_oidc_provider import (
    PAGE_CLIENT_ID,
    SUBJECT,
    FakeOidcProvider,
    run_fake_oidc_provider,
)
from tests.support.line_process import PROJECT, start_line_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.line_process import Ask

SESSION_KEY = "k" * 32
DAY_PATH = "/slots?doctor_id=dr-lee&date=2030-06-03"
# Dr Lee has used an account of the provider at the URL before.
SEED_SCRIPT = """
import sys
from chalicelib import bootstrap
from chalicelib.domain.person import Account
services = bootstrap.create_services()
from local import demo_data; demo_data.seed()
services.manage_people.is_token_valid("dr-lee", Account(*sys.argv[1:]), issued_at=None)
"""
# The process imports the app once, and forks a child for each request.
REQUESTS_SCRIPT = """
import json, os, sys
from app import app
for line in sys.stdin:
    if os.fork():
        os.wait()
        continue
    path, headers = json.loads(line)
    result = 0
    try:
        if path:
            from chalice.test import Client
            result = Client(app).http.get(path, headers=headers).status_code
    except BaseException as error:
        result = repr(error)
    print(json.dumps([result, sorted(sys.modules)]), flush=True)
    os._exit(0)
"""
# Packages and modules that only some requests need.
OPTIONAL_MODULES = (
    "authlib",
    "joserfc",
    "cryptography",
    "itsdangerous",
    "jinja2",
    "icalendar",
    "tools",
    "chalicelib.domain.booking",
    "chalicelib.storage.booking_repository",
    "chalicelib.domain.fhir_ids",
    "chalicelib.storage.fhir_ids",
    "chalicelib.use_cases.list_fhir_doctors",
    "chalicelib.use_cases.search_fhir_slots",
    "chalicelib.web.fhir",
)


@pytest.fixture(scope="module")
def oidc_provider() -> Iterator[FakeOidcProvider]:
    """A provider for all tests, because the table has Dr Lee's account of it."""
    with run_fake_oidc_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def env_vars(moto: str, oidc_provider: FakeOidcProvider) -> dict[str, str]:
    """The environment of a process with sign-in, on a table with the demo doctors."""
    return {
        **{name: os.environ[name] for name in ("PATH", "AWS_DEFAULT_REGION")},
        "AWS_ENDPOINT_URL_DYNAMODB": moto,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "STAGE": "local",
        "TABLE_NAME": "cold-start",
        "OIDC_ISSUER": oidc_provider.url,
        "OIDC_CLIENT_ID": PAGE_CLIENT_ID,
        "SESSION_KEY": SESSION_KEY,
    }


@pytest.fixture(scope="module")
def first_request(env_vars: dict[str, str], oidc_provider: FakeOidcProvider) -> Iterator[Ask]:
    """Send each request to a process that has only imported the app."""
    seed = [sys.executable, "-c", SEED_SCRIPT, oidc_provider.url, SUBJECT]
    subprocess.run(seed, cwd=PROJECT, env=env_vars, check=True)
    with start_line_process(REQUESTS_SCRIPT, env_vars) as ask:
        yield ask


def doctor_cookie() -> str:
    event = {
        "requestContext": {"httpMethod": "GET", "resourcePath": "/", "path": "/"},
        "headers": {},
        "pathParameters": None,
        "stageVariables": None,
        "multiValueQueryStringParameters": None,
        "body": None,
    }
    set_always_https(
        value=False
    )  # as in the process that gets the cookie; other tests run other stages
    now = datetime.now(UTC)
    doctor = Caller(name="dr-lee", client="page", roles=frozenset({Role.DOCTOR}), subject=SUBJECT)
    session = LoginSession.start(doctor, 0, now)
    store = SessionStore(lambda: [SESSION_KEY])
    return store.write(Request(event), session, now).split(";")[0]


def doctor_token(oidc_provider: FakeOidcProvider) -> str:
    now = int(time.time())
    claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE_CLIENT_ID}
    return f"Bearer {oidc_provider.access_token(claims, iat=now, exp=now + 600)}"


@pytest.mark.parametrize(
    ("path", "accept", "caller", "status", "needed"),
    [
        ("", "", "anonymous", 0, set()),
        ("/health", "", "anonymous", 200, set()),
        (DAY_PATH, "application/json", "cookie", 200, {"itsdangerous"}),
        (DAY_PATH, "text/html", "cookie", 200, {"itsdangerous", "jinja2"}),
        (DAY_PATH, "text/html", "anonymous", 303, {"itsdangerous"}),
        (DAY_PATH, "application/json", "token", 200, {"joserfc", "cryptography"}),
        ("/doctors/dr-lee/slots", "", "token", 200, {"joserfc", "cryptography"}),
        (
            "/slots/dr-lee~20300603T0900Z",
            "",
            "token",
            404,
            {
                "joserfc",
                "cryptography",
                "chalicelib.domain.booking",
                "chalicelib.storage.booking_repository",
            },
        ),
        ("/openapi.json", "", "anonymous", 200, set()),
        ("/docs", "text/html", "anonymous", 200, set()),
        ("/sign-in", "text/html", "anonymous", 303, {"authlib", "itsdangerous"}),
    ],
)
def test_first_request_loads_only_required_modules(
    first_request: Ask,
    oidc_provider: FakeOidcProvider,
    path: str,
    accept: str,
    caller: str,
    status: int,
    needed: set[str],
) -> None:
    credentials = {
        "anonymous": {},
        "cookie": {"Cookie": doctor_cookie()},
        "token": {"Authorization": doctor_token(oidc_provider)},
    }[caller]

    answer = first_request(json.dumps([path, {"Accept": accept or "*/*", **credentials}]))

    response_status, modules = json.loads(answer)
    assert response_status == status
    assert {name for name in OPTIONAL_MODULES if name in modules} == needed
