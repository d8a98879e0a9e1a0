"""Whatever is sent, the answer is one that the API's document tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from tests.support import openapi_examples
from tests.support.profile import rounds

if TYPE_CHECKING:
    from schemathesis import Case

schema = openapi_examples.openapi_with_examples()


@schema.parametrize()
@settings(
    max_examples=rounds(daily=50, nightly=500),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_any_request_matches_documentation(
    case: Case[Any], server_url: str, admin_headers: dict[str, str]
) -> None:
    """By status, headers, type and shape; what is malformed is refused, a wrong method is 405.

    Without a token, or with a wrong one, it is refused wherever the document asks for one.
    """
    case.call_and_validate(base_url=server_url, headers=admin_headers)


def test_request_sequences_match_documentation(
    server_url: str, admin_headers: dict[str, str]
) -> None:
    """Listed, held, booked, cancelled: as the links of the document lead from one to the next."""
    in_a_row = openapi_examples.openapi_with_examples(is_stateful=True)
    in_a_row.config.update(base_url=server_url, headers=admin_headers)

    events = list(from_schema(in_a_row).execute())

    recorders = [event.recorder for event in events if isinstance(event, ScenarioFinished)]
    checks = [check for one in recorders for found in one.checks.values() for check in found]
    assert [check for check in checks if check.failure_info] == []
    assert [event for event in events if isinstance(event, NonFatalError | FatalError)] == []
    assert sum(len(one.interactions) for one in recorders) > 200
