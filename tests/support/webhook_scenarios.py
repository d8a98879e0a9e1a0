"""Requests of other systems, whose DynamoDB calls are documented: FHIR and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.fhir_scenarios import FHIR_SCENARIOS
from tests.support.webhooks import create_webhook, path_of, post_webhook

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.call_scenarios import Scenario, Send


def _of_one(method: str, suffix: str = "") -> Scenario:
    """Return a request about a webhook that exists."""

    def prepare(client: AppClient) -> Send:
        path = path_of(create_webhook(client)) + suffix
        return lambda: client.request(method, path)

    return prepare


def _replay(client: AppClient) -> Send:
    path = path_of(create_webhook(client))
    delivery = client.post(f"{path}/test", {}).json
    return lambda: client.post(f"{path}/deliveries/{delivery['delivery_id']}/replay", {})


OTHER_SYSTEMS_SCENARIOS: dict[str, list[Scenario]] = {
    **FHIR_SCENARIOS,
    "webhooks of a client": [lambda client: lambda: client.get("/webhooks")],
    "create a webhook": [lambda client: lambda: post_webhook(client)],
    "a webhook": [_of_one("GET")],
    "rotate the secret of a webhook, test or delete it": [
        _of_one("POST", "/rotate"),
        _of_one("POST", "/test"),
        _of_one("DELETE"),
    ],
    "deliveries of a webhook": [_of_one("GET", "/deliveries")],
    "replay a delivery": [_replay],
}
