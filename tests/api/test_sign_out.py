"""Sign-out: it ends one session, on the server too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.app_client import FORM
from tests.support.dynamodb_responses import TRANSACTION_THROTTLED
from tests.support.page_session import DAY_PATH, PageSession
from tests.support.people_audit import audit_entries

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def ended_count(client: AppClient) -> int:
    (item,) = (item for item in client.export() if item["PK"]["S"] == "PERSON#dr-lee")
    return len(item["ended"]["SS"]) if "ended" in item else 0


def test_signed_out_cookie_is_rejected_at_once(page_session: PageSession) -> None:
    page_session.sign_in()
    thief = page_session.copy()
    assert thief.get(DAY_PATH).status == 200

    page_session.sign_out()

    assert thief.get(DAY_PATH).status == 303
    assert thief.save("09:00", Sec_Fetch_Site="same-origin").status == 401


def test_signed_out_cookie_is_rejected_elsewhere_in_ten_seconds(page_session: PageSession) -> None:
    client = page_session.client
    page_session.sign_in()
    thief = page_session.copy()
    first = client.services
    client.restart()
    other = client.services
    assert thief.get(DAY_PATH).status == 200

    client.use_services(first)
    page_session.sign_out()
    client.use_services(other)
    client.clock.now += timedelta(seconds=10)

    assert thief.get(DAY_PATH).status == 303


def test_sign_out_keeps_other_sessions_of_the_person(page_session: PageSession) -> None:
    page_session.sign_in()
    phone = PageSession(page_session.client, page_session.oidc_provider)
    phone.sign_in()

    page_session.sign_out()

    assert phone.get(DAY_PATH).status == 200


def test_sign_out_is_in_the_audit_log_once(page_session: PageSession) -> None:
    page_session.sign_in()
    again = page_session.copy()

    statuses = [page_session.sign_out().status, again.sign_out().status]

    assert statuses == [303, 303]
    assert audit_entries(page_session.client) == [
        {"kind": "sign_out", "person": "dr-lee", "by": "dr-lee", "role": "doctor", "client": "page"}
    ]


def test_cross_site_sign_out_ends_nothing(page_session: PageSession) -> None:
    page_session.sign_in()

    form = {"Content_Type": FORM, "Sec_Fetch_Site": "cross-site"}
    rejected = page_session.send("POST", "/sign-out", **form)

    assert rejected.status == 403
    assert page_session.get(DAY_PATH).status == 200


def test_sign_out_during_store_outage_does_not_pretend(page_session: PageSession) -> None:
    page_session.sign_in()
    with page_session.client.inject_responses("TransactWriteItems", *[TRANSACTION_THROTTLED] * 20):
        rejected = page_session.sign_out()

    assert rejected.status == 503
    assert page_session.get(DAY_PATH).status == 200
    assert page_session.sign_out().status == 303


def test_ended_sessions_are_forgotten_at_a_later_sign_in(page_session: PageSession) -> None:
    client = page_session.client
    for _ in range(3):
        page_session.sign_in()
        page_session.sign_out()
        client.clock.now += timedelta(minutes=1)
    assert ended_count(client) == 3

    client.clock.now += timedelta(hours=13)
    page_session.sign_in(exp=int(client.clock.now.timestamp()) + 600)

    assert ended_count(client) == 0
    assert page_session.get(DAY_PATH).status == 200
