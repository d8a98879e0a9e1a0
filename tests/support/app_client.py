"""The app as its clients meet it, on a table of its own, with a clock that tests can set."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.slot import SlotId
from chalicelib.storage import keys, table
from chalicelib.storage.models import BaseItem, DayItem
from tests.support.botocore_retries import immediate_retries
from tests.support.factories import MONDAY, SUNDAY_NOON, to_instant
from tests.support.snapshots import RawItem, restore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from chalice.test import Client, HTTPResponse
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.bootstrap import Services
    from chalicelib.domain.permissions import Caller

Hook = Callable[..., Any]
InjectedResponse = AWSResponse | Exception | Callable[[AWSPreparedRequest], AWSResponse]
FORM = "application/x-www-form-urlencoded"


@dataclass
class Clock:
    """Stands still until a test sets it."""

    now: datetime = SUNDAY_NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@dataclass(frozen=True)
class AppResponse:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401  whatever it is
        """The body, read as JSON."""
        return json.loads(self.text)

    @property
    def error_codes(self) -> list[tuple[str, str]]:
        """Of a problem: its errors by start or field."""
        return [(e.get("start") or e["field"], e["code"]) for e in self.json["errors"]]

    def slot_status(self, start: str) -> str:
        """Of a day: the status of the slot at that wall time of Monday."""
        (slot,) = (slot for slot in self.json["slots"] if f"T{start}:00" in slot["start"])
        return str(slot["status"])

    @property
    def free_times(self) -> list[str]:
        """Of a day: the wall times of its free slots."""
        return [slot["start"][11:16] for slot in self.json["slots"] if slot["status"] == "free"]


@dataclass
class AppClient:
    """Requests to the app, and a look behind it."""

    chalice_client: Client
    services: Services
    clock: Clock
    dynamodb: DynamoDBClient

    @property
    def caller(self) -> Caller:
        """As whom everybody acts who reaches the app."""
        caller = self.services.local_caller
        assert caller is not None
        return caller

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> AppResponse:
        """Any request."""
        answer: HTTPResponse = self.chalice_client.http.request(
            method, path, headers=headers or {}, body=body
        )
        return AppResponse(answer.status_code, dict(answer.headers), answer.body.decode())

    def get(self, path: str, **headers: str) -> AppResponse:
        """``if_none_match="..."`` becomes ``If-None-Match: ...``."""
        return self.request("GET", path, headers=_headers(headers))

    def get_day(self, doctor_id: str = "dr-lee", date: str = MONDAY.isoformat()) -> AppResponse:
        """A day as JSON."""
        return self.get(f"/slots?doctor_id={doctor_id}&date={date}")

    def post_slots(self, body: object, **headers: str) -> AppResponse:
        """``POST /slots`` of JSON, or of bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(
            "POST", "/slots", raw, {"Content-Type": "application/json", **_headers(headers)}
        )

    def save(
        self,
        *opened: str,
        closed: tuple[str, ...] = (),
        doctor_id: str = "dr-lee",
        date: str = MONDAY.isoformat(),
        **headers: str,
    ) -> AppResponse:
        """Tick and untick boxes of a day, by default Dr Lee's Monday."""
        slots = [{"start": start, "status": "free"} for start in opened]
        slots += [{"start": start, "status": "busy-unavailable"} for start in closed]
        return self.post_slots({"doctor_id": doctor_id, "date": date, "slots": slots}, **headers)

    def post_form(self, fields: dict[str, object], **headers: str) -> AppResponse:
        """``POST /slots`` as the page sends it; lists are repeated fields."""
        sent = {"Content-Type": FORM, **_headers(headers)}
        return self.request("POST", "/slots", urlencode(fields, doseq=True).encode(), sent)

    def put(self, path: str, body: object, **headers: str) -> AppResponse:
        """``PUT`` of JSON, or of bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(
            "PUT", path, raw, {"Content-Type": "application/json", **_headers(headers)}
        )

    def delete(self, path: str) -> AppResponse:
        """``DELETE``."""
        return self.request("DELETE", path)

    def get_slot(self, start: str, doctor_id: str = "dr-lee") -> AppResponse:
        """One slot of Dr Lee's Monday."""
        return self.get(slot_path(start, doctor_id))

    def hold(self, start: str, holder: str = "hannah", *, seconds: int = 300) -> AppResponse:
        """A patient holds a slot of Dr Lee's Monday."""
        return self.put(f"{slot_path(start)}/hold", {"holder": holder, "seconds": seconds})

    def release(self, start: str, holder: str = "hannah") -> AppResponse:
        """She lets it go."""
        return self.delete(f"{slot_path(start)}/hold?holder={holder}")

    def book(
        self, start: str, booking_id: str = "b-1", doctor_id: str = "dr-lee", **fields: str
    ) -> AppResponse:
        """A patient books a slot of Monday; ``more`` are ``holder`` and ``moves``."""
        body = {"booking_id": booking_id, "patient_reference": "ref-1", **fields}
        return self.put(f"{slot_path(start, doctor_id)}/booking", body)

    def cancel(self, start: str, booking_id: str = "b-1") -> AppResponse:
        """The booking of a slot of Dr Lee's Monday is cancelled."""
        return self.delete(f"{slot_path(start)}/booking?booking_id={booking_id}")

    def list_available(self, query: str = "from=2026-11-23&to=2026-11-23") -> list[str]:
        """The wall times of Dr Lee's bookable slots."""
        slots = self.get(f"/doctors/dr-lee/slots?{query}").json["slots"]
        return [slot["start"][11:16] for slot in slots]

    def update_doctor(self, doctor_id: str = "dr-lee", **changes: object) -> AppResponse:
        """Change some settings of a doctor."""
        settings = self.get(f"/doctors/{doctor_id}").json
        return self.put(f"/doctors/{doctor_id}", settings | changes)

    def delete_day_entry(self, start: str) -> None:
        """As if the day's item had lost one of its slots, which stays."""
        day = DayItem.get(keys.doctor_pk("dr-lee"), keys.day_sk(MONDAY))
        day.update([DayItem.slots[keys.format_instant(to_instant(start))].remove()])

    def set_slot_minutes(self, doctor_id: str, *, minutes: int) -> None:
        """Another slot length for a doctor."""
        assert self.update_doctor(doctor_id, slot_minutes=minutes).status == 200

    def rename_doctor(self, doctor_id: str, name: str) -> None:
        """Another name for a doctor."""
        assert self.update_doctor(doctor_id, name=name).status == 200

    def truncate(self) -> None:
        """Delete every item."""
        with BaseItem.batch_write() as batch:
            for item in self.export():
                batch.delete(BaseItem(item["PK"]["S"], item["SK"]["S"]))

    def restore(self, snapshot: Sequence[RawItem]) -> None:
        """Bring the table back to an ``export``, writing only the items that differ."""
        name = self.services.settings.table_name
        restore(self.dynamodb, name, self.export(), snapshot)

    def export(self) -> list[RawItem]:
        """Every item of the table, byte for byte, in the order of its keys."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.services.settings.table_name
        )
        items = [item for page in pages for item in page["Items"]]
        return sorted(items, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))

    def item_types(self) -> dict[str, int]:
        """How many items of each kind there are, doctors apart."""
        kinds = [item["type"]["S"] for item in self.export()]
        return {kind: kinds.count(kind) for kind in ("day", "slot", "change")}

    @contextmanager
    def record_calls(self) -> Iterator[list[str]]:
        """The DynamoDB operations that are called meanwhile."""
        calls: list[str] = []

        def count(event_name: str, **_: object) -> None:
            calls.append(event_name.rpartition(".")[2])

        with self._before_send("*", count):
            yield calls

    @contextmanager
    def inject_responses(
        self, operation: str, *responses: InjectedResponse | None
    ) -> Iterator[None]:
        """Give these instead of DynamoDB's own answers, one a call; None lets a call through."""
        left = list(responses)

        def fail(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
            answer = left.pop(0) if left else None
            if isinstance(answer, Exception):
                raise answer
            return answer(request) if callable(answer) else answer

        with immediate_retries(), self._before_send(operation, fail):
            yield

    @contextmanager
    def drop_responses(self, operation: str, *, count: int) -> Iterator[None]:
        """DynamoDB does what it is asked, but that many answers never arrive."""
        left = ["lost"] * count

        def lose(**_: object) -> None:
            if left:
                left.pop()
                raise ReadTimeoutError(endpoint_url="http://dynamodb")

        failing = self._register_hook(f"response-received.dynamodb.{operation}", lose)
        with immediate_retries(), failing:
            yield

    def with_concurrent_save(self, start: str) -> AbstractContextManager[None]:
        """Somebody else ticks that box between the read and the commit of the next save."""
        return self.before_commit(lambda: self.save(start))

    @contextmanager
    def before_commit(self, action: Callable[[], object]) -> Iterator[None]:
        """Between the read and the commit of the next save something else happens."""
        left = [action]

        def happen(**_: object) -> None:
            if left:
                left.pop()()

        with self._before_send("TransactWriteItems", happen):
            yield

    def before_call(self, operation: str, hook: Hook) -> AbstractContextManager[None]:
        """Before each call of that operation the hook is called."""
        return self._before_send(operation, hook)

    def _before_send(self, operation: str, hook: Hook) -> AbstractContextManager[None]:
        return self._register_hook(f"before-send.dynamodb.{operation}", hook)

    @contextmanager
    def _register_hook(self, name: str, hook: Hook) -> Iterator[None]:
        events = table.connection().client.meta.events
        events.register(name, hook)
        try:
            yield
        finally:
            events.unregister(name, hook)


def make_slot_id(start: str, doctor_id: str = "dr-lee") -> str:
    """The id of the slot at that wall time of Monday in London."""
    return str(SlotId(doctor_id, to_instant(start)))


def slot_path(start: str, doctor_id: str = "dr-lee") -> str:
    """Where that slot is."""
    return f"/slots/{make_slot_id(start, doctor_id)}"


def _headers(keyword_headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in keyword_headers.items()}
