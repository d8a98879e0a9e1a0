"""Generated requests get responses that the OpenAPI document describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.specs.openapi.checks import ignored_auth
from schemathesis.transport.requests import ManagedCookiesSession

from tests.support import openapi_examples
from tests.support.profile import is_nightly, rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case, CheckContext, Response
    from schemathesis.engine.recorder import CheckNode

OPERATIONS_WITH_ENFORCED_SIGN_IN: set[str] = set()

schema = openapi_examples.openapi_with_examples()


@pytest.fixture(scope="module")
def session() -> Iterator[ManagedCookiesSession]:
    """One connection for all requests: it keeps no cookies, and looks for proxies once."""
    with ManagedCookiesSession() as session:
        session.trust_env = False
        session.headers.clear()
        yield session


def is_sign_in_enforced(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Repeat a successful request without a valid token; by day one request of each operation."""
    ctx.auth_enforced_operations = None if is_nightly() else OPERATIONS_WITH_ENFORCED_SIGN_IN
    return ignored_auth(ctx, response, case)


@schema.parametrize()
@settings(
    max_examples=rounds(daily=3, nightly=200),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_any_request_matches_documentation(
    case: Case[Any],
    session: ManagedCookiesSession,
    server_url: str,
    admin_headers: dict[str, str],
) -> None:
    """Status, headers, content type and schema match; invalid requests and methods get 4xx.

    Without a valid token the response is 401 for each operation that declares security.
    """
    case.call_and_validate(
        server_url,
        session,
        admin_headers,
        additional_checks=[is_sign_in_enforced],
        excluded_checks=[ignored_auth],
    )


def is_of_lifted_closure(check: CheckNode) -> bool:
    """Whether the check wants a closure to be gone: lifted, it can still be read."""
    failure = check.failure_info and check.failure_info.failure
    return isinstance(failure, UseAfterFree) and "/closures/" in (failure.operation or "")


def test_request_sequences_match_documentation(
    server_url: str, admin_headers: dict[str, str]
) -> None:
    """Sequences of requests that follow the document's links: list, hold, book, cancel."""
    document = openapi_examples.openapi_with_examples(is_stateful=True)
    document.config.update(base_url=server_url, headers=admin_headers)

    events = list(from_schema(document).execute())

    recorders = [event.recorder for event in events if isinstance(event, ScenarioFinished)]
    checks = [check for r in recorders for group in r.checks.values() for check in group]
    failed = [check for check in checks if check.failure_info]
    assert [check for check in failed if not is_of_lifted_closure(check)] == []
    assert [event for event in events if isinstance(event, NonFatalError | FatalError)] == []
    assert sum(len(recorder.interactions) for recorder in recorders) > 100
