"""Webhooks: who may manage which, their secrets, and their deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.webhook import MAX_WEBHOOKS
from tests.support.all_routes import ANOTHER_SITE, CALLERS
from tests.support.webhooks import (
    URL,
    create_webhook,
    list_deliveries,
    path_of,
    post_webhook,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider


def test_webhook_is_listed_without_its_secret(client: AppClient) -> None:
    created = create_webhook(client, URL, "slots.changed", "booking.moved")

    secret = created.pop("secret")
    assert secret.startswith("whsec_")
    assert created == {
        "webhook_id": created["webhook_id"],
        "url": URL,
        "events": ["booking.moved", "slots.changed"],
        "state": "enabled",
        "client": "practice",
        "created_at": "2026-11-22T12:00:00+00:00",
    }
    assert client.get("/webhooks").json == {"webhooks": [created]}
    assert client.get(path_of(created)).json == created


def test_deleted_webhook_is_gone(client: AppClient) -> None:
    created = create_webhook(client)

    assert client.delete(path_of(created)).status == 204

    assert client.get(path_of(created)).status == 404
    assert client.get("/webhooks").json == {"webhooks": []}
    assert client.delete(path_of(created)).status == 404


def test_booking_site_sees_only_its_own_webhooks(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    def site(claims: dict[str, str]) -> AppClient:
        return authenticated_client.with_token(oidc_provider.access_token(claims))

    one, another = site(CALLERS["slots/book"] or {}), site(ANOTHER_SITE)
    admin = site(CALLERS["admin"] or {})
    created = create_webhook(one)
    create_webhook(another)

    assert created["client"] == "a-booking-site"
    assert [each["client"] for each in one.get("/webhooks").json["webhooks"]] == ["a-booking-site"]
    clients = {each["client"] for each in admin.get("/webhooks").json["webhooks"]}
    assert clients == {"a-booking-site", "another-site"}
    paths = ("", "/deliveries")
    assert {another.get(path_of(created) + path).status for path in paths} == {404}
    assert another.delete(path_of(created)).status == 404
    assert another.post(f"{path_of(created)}/rotate", {}).status == 404
    assert another.post(f"{path_of(created)}/test", {}).status == 404
    assert admin.get(path_of(created)).status == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "https://user:pass@hooks.example.org/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://intranet/",
        "ftp://hooks.example.org/",
        "hooks.example.org",
        "https://hooks.example.org:port/",
        "https://hooks.example.org/#fragment",
        "https://hooks.example.org/ space",
        "",
    ],
)
def test_url_that_is_not_public_is_rejected(client: AppClient, url: str) -> None:
    response = post_webhook(client, url)

    assert (response.status, response.error_codes) == (400, [("url", "invalid")])


def test_request_with_two_mistakes_names_both(client: AppClient) -> None:
    response = client.post("/webhooks", {"url": "http://a.example", "events": ["slots.closed"]})

    assert response.error_codes == [("url", "invalid"), ("events", "invalid")]
    assert client.post("/webhooks", {"url": URL, "events": []}).status == 400
    assert post_webhook(client, URL, "webhook.test").status == 400


def test_client_has_at_most_ten_webhooks(client: AppClient) -> None:
    for _ in range(MAX_WEBHOOKS):
        create_webhook(client)

    assert post_webhook(client).error_codes == [("url", "too_many")]


def test_rotation_gives_another_secret(client: AppClient) -> None:
    created = create_webhook(client)

    rotated = client.post(f"{path_of(created)}/rotate", {})

    assert rotated.status == 200
    assert rotated.json["secret"].startswith("whsec_")
    assert rotated.json["secret"] != created["secret"]
    assert rotated.json["previous_valid_until"] == "2026-11-23T12:00:00+00:00"


def test_acts_on_webhooks_are_in_their_audit_log(client: AppClient) -> None:
    created = create_webhook(client)
    client.clock.now += timedelta(seconds=1)
    client.post(f"{path_of(created)}/rotate", {})
    client.clock.now += timedelta(seconds=1)
    client.delete(path_of(created))

    entries = client.find_items("webhook_audit")

    assert [entry["kind"]["S"] for entry in entries] == ["create", "rotate", "delete"]
    assert {entry["by"]["S"] for entry in entries} == {"dr-lee"}
    assert {entry["webhook_id"]["S"] for entry in entries} == {created["webhook_id"]}
    assert created["secret"] not in str(entries)


def test_test_is_a_delivery_that_can_be_replayed(client: AppClient) -> None:
    created = create_webhook(client)

    test = client.post(f"{path_of(created)}/test", {})

    assert (test.status, test.json["type"], test.json["state"]) == (202, "webhook.test", "pending")
    assert list_deliveries(client, created) == [test.json]
    replay = f"{path_of(created)}/deliveries/{test.json['delivery_id']}/replay"
    assert client.post(replay, {}).status == 202
    assert client.post(replay.replace("msg_", "msg-"), {}).status == 404
    unknown = f"msg_20261122T120000000000Z_{'0' * 24}"
    assert client.post(f"{path_of(created)}/deliveries/{unknown}/replay", {}).status == 404


def test_deliveries_are_paged(client: AppClient) -> None:
    created = create_webhook(client)
    sent = []
    for _ in range(3):
        client.clock.now += timedelta(seconds=1)
        sent.append(client.post(f"{path_of(created)}/test", {}).json["delivery_id"])

    path = f"{path_of(created)}/deliveries?limit=2"
    first = client.get(path).json
    second = client.get(f"{path}&cursor={first['next']}").json

    pages = [*first["deliveries"], *second["deliveries"]]
    assert [each["delivery_id"] for each in pages] == sent[::-1]
    assert second["next"] is None
    assert client.get(f"{path}&cursor=none").error_codes == [("cursor", "invalid")]
