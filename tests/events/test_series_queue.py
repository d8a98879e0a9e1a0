"""The nightly extension of series, and closures, from the schedule through the queue."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from msgspec import structs

from chalicelib import bootstrap
from chalicelib.events.series_queue import PageMessage, SeriesQueue
from chalicelib.events.sqs import UndeliveredError
from chalicelib.storage.doctor_names import find_by_name
from local import demo_data, threads
from local.schedules import ClosureWorker, extend_series
from tests.support.doctor_names import forget_names
from tests.support.factories import DOCTOR_SETTINGS, MONDAY
from tests.support.plans import MORNING, make_series, open_times, series_json
from tests.support.scheduled_event import SCHEDULED_EVENT
from tests.support.short_steps import DATES_PER_STEP, build_services_with_short_steps
from tests.support.time_off import make_closure
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient

    from tests.support.app_client import AppClient

NEW_MONDAY = MONDAY + timedelta(weeks=2)


class Queue:
    """The messages of the queue, which a test hands to the app as Lambda does."""

    def __init__(self, client: AppClient, sqs: SQSClient, url: str) -> None:
        self._client = client
        self._sqs = sqs
        self._url = url
        self.lines: list[str] = []

    def start(self) -> None:
        self._client.chalice_client.lambda_.invoke("start_extension", SCHEDULED_EVENT)

    def handle(self) -> list[dict[str, Any]]:
        """Hand over each message until there is none; return their contents."""
        bodies: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(QueueUrl=self._url).get("Messages"):
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                self._hand_over(message["Body"])
        return bodies

    def drop(self) -> None:
        """Lose the messages."""
        self._sqs.purge_queue(QueueUrl=self._url)

    def _hand_over(self, body: str) -> None:
        events = self._client.chalice_client.events
        event = events.generate_sqs_event([body], queue_name="series")
        self._client.chalice_client.lambda_.invoke("extend_series", event)


@pytest.fixture
def queue(client: AppClient, ministack: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """The app with the queue of the schedule, and a series whose next date is due."""
    assert client.update_doctor(window_days=14).status == 200
    make_series(client, series_json({"mon": MORNING}))
    client.clock.now += timedelta(days=1)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", ministack)
    sqs = boto3.client("sqs", endpoint_url=ministack)
    url = sqs.create_queue(QueueName="series")["QueueUrl"]
    queue = Queue(client, sqs, url)
    settings = structs.replace(client.services.settings, series_queue_url=url, has_request_log=True)
    client.use_services(
        bootstrap.build_services(settings, now=client.clock, log=queue.lines.append)
    )
    yield queue
    sqs.delete_queue(QueueUrl=url)


def test_schedule_extends_series_through_the_queue(client: AppClient, queue: Queue) -> None:
    queue.start()

    assert queue.handle() == [
        {"type": "page", "cursor": None},
        {"type": "backfill_page", "cursor": None},
        {"type": "doctor", "doctor_id": "dr-lee"},
    ]
    page, names, doctor = map(json.loads, queue.lines)
    assert (page["function"], page["doctor_id"], page["messages"]) == ("extend_series", None, 1)
    assert (names["doctor_id"], names["messages"]) == (None, 0)
    assert (doctor["doctor_id"], doctor["messages"]) == ("dr-lee", 0)
    assert open_times(client, NEW_MONDAY) == ["09:00", "09:30"]


def test_message_that_is_delivered_twice_has_one_effect(client: AppClient, queue: Queue) -> None:
    queue.start()
    queue.handle()
    queue.start()
    queue.handle()

    assert client.get_day(date=str(NEW_MONDAY)).json["version"] == 1


def test_doctor_who_is_gone_stops_no_other(client: AppClient, queue: Queue) -> None:
    client.dynamodb.delete_item(
        TableName=client.services.settings.table_name,
        Key={"PK": {"S": "DOCTOR#dr-lee"}, "SK": {"S": "PROFILE"}},
    )
    queue.start()

    assert [message["type"] for message in queue.handle()] == ["page", "backfill_page", "doctor"]


def test_doctors_older_than_name_index_are_found_after_a_night(
    client: AppClient, queue: Queue
) -> None:
    forget_names(client)
    assert find_by_name("okafor", limit=9, cursor=None).doctor_ids == ()

    queue.start()
    queue.handle()

    assert find_by_name("okafor", limit=9, cursor=None).doctor_ids == ("dr-okafor",)


def test_laptop_extends_series_without_a_queue(client: AppClient, queue: Queue) -> None:
    extend_series(threading.Event())

    assert open_times(client, NEW_MONDAY) == ["09:00", "09:30"]
    assert queue.handle() == []


def closure_state(client: AppClient) -> str:
    (closure,) = client.get("/closures").json["closures"]
    return str(closure["state"])


def test_closure_is_applied_to_each_doctor_through_the_queue(
    client: AppClient, queue: Queue
) -> None:
    made = make_closure(client, MONDAY).json
    assert (made["state"], made["doctors_done"]) == ("running", 0)
    assert made["doctors_total"] == len(demo_data.DOCTORS)

    page, *doctors = queue.handle()

    assert page == {"type": "closure_page", "closure_id": made["closure_id"], "cursor": None}
    assert {each["type"] for each in doctors} == {"closure"}
    assert len(doctors) == len(demo_data.DOCTORS)
    assert closure_state(client) == "done"
    assert open_times(client, MONDAY) == []


def test_schedule_repeats_a_closure_that_is_not_finished(client: AppClient, queue: Queue) -> None:
    make_closure(client, MONDAY)
    queue.drop()
    assert closure_state(client) == "running"

    queue.start()
    queue.handle()

    assert closure_state(client) == "done"


def count_closed_dates(client: AppClient, doctor_id: str) -> int:
    changes = client.get(f"/doctors/{doctor_id}/changes?kind=time_off&limit=100").json["changes"]
    return len(changes)


def test_queue_finishes_a_long_closure_of_a_new_doctor(client: AppClient, queue: Queue) -> None:
    dates = 3 * DATES_PER_STEP
    closure_id = make_closure(client, MONDAY, MONDAY + timedelta(days=dates - 1)).json["closure_id"]
    queue.handle()
    client.use_services(build_services_with_short_steps(client.services.settings, client.clock))

    assert client.put("/doctors/dr-new", DOCTOR_SETTINGS).status == 201

    done = count_closed_dates(client, "dr-new")
    assert 0 < done <= DATES_PER_STEP
    first, *_ = sent = queue.handle()
    assert {(each["type"], each["closure_id"], each["doctor_id"]) for each in sent} == {
        ("closure", closure_id, "dr-new")
    }
    assert first["first"] == str(MONDAY + timedelta(days=done))
    assert count_closed_dates(client, "dr-new") == dates


def test_schedule_looks_for_doctors_without_a_closure(client: AppClient, queue: Queue) -> None:
    make_closure(client, MONDAY + timedelta(days=30))
    queue.handle()
    client.clock.now += timedelta(days=7)
    like = client.services.doctors.get("dr-lee")
    client.services.doctors.add(replace(like, doctor_id="dr-new"))

    queue.start()
    sent = queue.handle()

    assert [each["doctor_id"] for each in sent if each["type"] == "closure"] == ["dr-new"]
    assert count_closed_dates(client, "dr-new") == 1


def test_laptop_applies_closures_in_a_thread(client: AppClient) -> None:
    stopped = threading.Event()
    worker = ClosureWorker(stopped)
    client.use_services(structs.replace(client.services, queue_closures=worker.queue))
    make_closure(client, MONDAY)
    assert closure_state(client) == "running"

    with threads.running(stopped, [worker.run]):
        wait_until(lambda: closure_state(client) == "done")


def test_laptop_leaves_the_rest_of_a_long_closure_to_the_thread(client: AppClient) -> None:
    dates = 3 * DATES_PER_STEP
    make_closure(client, MONDAY, MONDAY + timedelta(days=dates - 1))
    stopped = threading.Event()
    worker = ClosureWorker(stopped)
    services = build_services_with_short_steps(client.services.settings, client.clock)
    client.use_services(structs.replace(services, queue_closures=worker.queue))

    assert client.put("/doctors/dr-new", DOCTOR_SETTINGS).status == 201

    assert 0 < count_closed_dates(client, "dr-new") <= DATES_PER_STEP
    with threads.running(stopped, [worker.run]):
        wait_until(lambda: count_closed_dates(client, "dr-new") == dates)


def test_sender_learns_that_a_message_was_not_accepted() -> None:
    class FullQueue:
        def send_message_batch(self, **_: object) -> dict[str, object]:
            return {"Failed": [{"Id": "0"}]}

    with pytest.raises(UndeliveredError):
        SeriesQueue(FullQueue(), "url").send([PageMessage()])
