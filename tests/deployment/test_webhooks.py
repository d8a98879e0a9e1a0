"""The deployed stack sends webhooks: stream, queue and function, to a receiver on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import standardwebhooks

from chalicelib.storage import keys
from chalicelib.storage.models import DayItem
from local import demo_data
from tests.support.http_browser import HttpBrowser
from tests.support.waiting import wait_until
from tests.support.webhook_receiver import run_receiver

if TYPE_CHECKING:
    from cloud.rehearsal import Rehearsal

TIMEOUT_SECONDS = 60  # two cold starts


def call(rehearsal: Rehearsal, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  JSON
    """Send a request of the booking site, which must succeed."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {rehearsal.service_token}"}
    url = f"{rehearsal.api_url}{path}"
    response = HttpBrowser().request(method, url, json=body, headers=headers)
    assert response.ok, response.text
    return response.json() if response.content else None


def save_day() -> None:
    """Store a day, as a doctor's save does; no other test of the stack uses this date."""
    on = datetime.now(UTC).date() + timedelta(days=300)
    doctor_id = demo_data.DOCTORS[0].doctor_id
    DayItem(keys.doctor_pk(doctor_id), keys.day_sk(on), version=1, revision=1, slots={}).save()


def test_change_and_test_reach_the_endpoint_of_a_booking_site(rehearsal: Rehearsal) -> None:
    with run_receiver() as receiver:
        receiver.next_statuses = [500]  # the test, which comes again
        created = call(
            rehearsal, "POST", "/webhooks", {"url": receiver.url, "events": ["slots.changed"]}
        )
        path = f"/webhooks/{created['webhook_id']}"
        call(rehearsal, "POST", f"{path}/test")
        wait_until(lambda: len(receiver.received) >= 2, seconds=TIMEOUT_SECONDS)
        save_day()
        wait_until(lambda: len(receiver.received) >= 3, seconds=TIMEOUT_SECONDS)

        webhook = standardwebhooks.Webhook(created["secret"])
        bodies = [webhook.verify(each.body, each.headers) for each in receiver.received]

        assert [each["type"] for each in bodies] == ["webhook.test"] * 2 + ["slots.changed"]
        wait_until(
            lambda: (
                {
                    (each["type"], each["state"], each["tries"])
                    for each in call(rehearsal, "GET", f"{path}/deliveries")["deliveries"]
                }
                == {("webhook.test", "delivered", 2), ("slots.changed", "delivered", 1)}
            ),
            seconds=TIMEOUT_SECONDS,
        )
        call(rehearsal, "DELETE", path)
