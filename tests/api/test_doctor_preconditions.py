"""``PUT /doctors/{doctor_id}`` with If-Match and If-None-Match (RFC 9110, section 13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import DOCTOR_SETTINGS

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse


RENAMED = {**DOCTOR_SETTINGS, "name": "Dr N. New"}
PATH = "/doctors/dr-new"


def put(client: AppClient, settings: dict[str, Any] = RENAMED, **headers: str) -> AppResponse:
    return client.put(PATH, settings, **headers)


def test_etag_of_doctor_is_strong_and_changes_with_settings(client: AppClient) -> None:
    created = put(client, DOCTOR_SETTINGS)
    read = client.get(PATH)
    changed = put(client)

    assert created.headers["ETag"] == read.headers["ETag"] != changed.headers["ETag"]
    assert read.headers["ETag"].startswith('"')
    assert client.get(PATH, If_None_Match=created.headers["ETag"]).status == 200
    unchanged = client.get(PATH, If_None_Match=changed.headers["ETag"])
    assert (unchanged.status, unchanged.text) == (304, "")


def test_current_etag_lets_settings_be_replaced(client: AppClient) -> None:
    etag = put(client, DOCTOR_SETTINGS).headers["ETag"]

    first = put(client, If_Match=f'"x", {etag},')
    second = put(client, {**RENAMED, "lead_minutes": 5}, If_Match=first.headers["ETag"])
    anything = put(client, If_Match="*")

    assert [first.status, second.status, anything.status] == [200, 200, 200]


@pytest.mark.parametrize("header", ['"0.bogus"', '"abc"', '"9999999999.x"', 'W/"1.x"', '"2.x",'])
def test_another_etag_is_stale(client: AppClient, header: str) -> None:
    put(client, DOCTOR_SETTINGS)

    stale = put(client, If_Match=header)

    assert (stale.status, stale.json["version"]) == (412, 1)
    assert client.get(PATH).json["name"] == DOCTOR_SETTINGS["name"]


def test_if_match_fails_for_a_missing_doctor(client: AppClient) -> None:
    for header in ("*", '"0.x"', '"1.x"'):
        missing = put(client, If_Match=header)
        assert (missing.status, missing.json["version"]) == (412, 0)
    assert client.get(PATH).status == 404


def test_if_none_match_star_only_creates(client: AppClient) -> None:
    created = put(client, DOCTOR_SETTINGS, If_None_Match="*")
    exists = put(client, If_None_Match=" * ")

    assert (created.status, exists.status, exists.json["version"]) == (201, 412, 1)
    assert client.get(PATH).json["name"] == DOCTOR_SETTINGS["name"]


def test_if_none_match_excludes_an_etag(client: AppClient) -> None:
    etag = put(client, DOCTOR_SETTINGS).headers["ETag"]

    assert put(client, If_None_Match=f"W/{etag}").status == 412
    assert put(client, If_None_Match='"0.x"').status == 200


@pytest.mark.parametrize("header", ["If_Match", "If_None_Match"])
def test_malformed_condition_changes_nothing(client: AppClient, header: str) -> None:
    put(client, DOCTOR_SETTINGS)

    rejected = put(client, RENAMED, **{header: "1.x"})

    assert rejected.error_codes == [(header.replace("_", "-"), "invalid")]
    assert client.get(PATH).json["name"] == DOCTOR_SETTINGS["name"]


@pytest.mark.parametrize(
    ("headers", "exists"), [({"If_Match": '"1.x"'}, True), ({"If_None_Match": "*"}, False)]
)
def test_condition_holds_when_the_settings_are_stored(
    client: AppClient, headers: dict[str, str], *, exists: bool
) -> None:
    """Another request changes the settings after this one has read them."""
    if exists:
        put(client, DOCTOR_SETTINGS)
    pending = [lambda: put(client, {**DOCTOR_SETTINGS, "lead_minutes": 5})]

    def overtake(**_: object) -> None:
        if pending:
            pending.pop()()

    with client.before_call(TRANSACT_WRITE, overtake):
        stale = put(client, RENAMED, **headers)

    assert stale.status == 412
    assert client.get(PATH).json["lead_minutes"] == 5


@pytest.mark.parametrize("status", [200, 201])
def test_own_write_with_lost_response_does_not_fail_condition(
    client: AppClient, status: int
) -> None:
    headers = {"If_None_Match": "*"}
    if status == 200:
        headers = {"If_Match": put(client, DOCTOR_SETTINGS).headers["ETag"]}

    with client.drop_responses(TRANSACT_WRITE, count=1):
        saved = put(client, RENAMED, **headers)

    assert (saved.status, saved.json["name"]) == (status, RENAMED["name"])
    assert saved.headers["ETag"] == client.get(PATH).headers["ETag"]
