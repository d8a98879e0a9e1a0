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

from chalicelib.domain.slot_id import SlotId
from chalicelib.storage import keys, table
from chalicelib.storage.records import BaseItem, DayItem
from tests.builders import MONDAY, SUNDAY_NOON, at
from tests.support.botocore_retries import retries_at_once
from tests.support.snapshots import RawItem, restore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from chalice.test import Client, HTTPResponse
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.bootstrap import Services
    from chalicelib.domain.caller import Caller

Hook = Callable[..., Any]
Failure = AWSResponse | Exception | Callable[[AWSPreparedRequest], AWSResponse]
FORM = "application/x-www-form-urlencoded"


@dataclass
class Clock:
    """Stands still until a test sets it."""

    now: datetime = SUNDAY_NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401  whatever it is
        """The body, read as JSON."""
        return json.loads(self.text)

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Of a problem: its errors by start or field."""
        return [(e.get("start") or e["field"], e["code"]) for e in self.json["errors"]]

    def status_of(self, start: str) -> str:
        """Of a day: the status of the slot at that wall time of Monday."""
        (slot,) = (slot for slot in self.json["slots"] if f"T{start}:00" in slot["start"])
        return str(slot["status"])

    @property
    def free(self) -> list[str]:
        """Of a day: the wall times of its free slots."""
        return [slot["start"][11:16] for slot in self.json["slots"] if slot["status"] == "free"]


@dataclass
class Site:
    """Requests to the app, and a look behind it."""

    client: Client
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
    ) -> Answer:
        """Any request."""
        answer: HTTPResponse = self.client.http.request(
            method, path, headers=headers or {}, body=body
        )
        return Answer(answer.status_code, dict(answer.headers), answer.body.decode())

    def get(self, path: str, **headers: str) -> Answer:
        """``if_none_match="..."`` becomes ``If-None-Match: ...``."""
        return self.request("GET", path, headers=_headers(headers))

    def day(self, doctor_id: str = "dr-lee", date: str = MONDAY.isoformat()) -> Answer:
        """A day as JSON."""
        return self.get(f"/slots?doctor_id={doctor_id}&date={date}")

    def post(self, body: object, **headers: str) -> Answer:
        """``POST /slots`` of JSON, or of bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(
            "POST", "/slots", raw, {"Content-Type": "application/json", **_headers(headers)}
        )

    def save(
        self,
        *opens: str,
        withdraws: tuple[str, ...] = (),
        doctor_id: str = "dr-lee",
        date: str = MONDAY.isoformat(),
        **headers: str,
    ) -> Answer:
        """Tick and untick boxes of a day, by default Dr Lee's Monday."""
        slots = [{"start": start, "status": "free"} for start in opens]
        slots += [{"start": start, "status": "busy-unavailable"} for start in withdraws]
        return self.post({"doctor_id": doctor_id, "date": date, "slots": slots}, **headers)

    def post_form(self, fields: dict[str, object], **headers: str) -> Answer:
        """``POST /slots`` as the page sends it; lists are repeated fields."""
        sent = {"Content-Type": FORM, **_headers(headers)}
        return self.request("POST", "/slots", urlencode(fields, doseq=True).encode(), sent)

    def put(self, path: str, body: object, **headers: str) -> Answer:
        """``PUT`` of JSON, or of bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(
            "PUT", path, raw, {"Content-Type": "application/json", **_headers(headers)}
        )

    def delete(self, path: str) -> Answer:
        """``DELETE``."""
        return self.request("DELETE", path)

    def slot(self, start: str, doctor_id: str = "dr-lee") -> Answer:
        """One slot of Dr Lee's Monday."""
        return self.get(path_of(start, doctor_id))

    def hold(self, start: str, holder: str = "hannah", *, seconds: int = 300) -> Answer:
        """A patient holds a slot of Dr Lee's Monday."""
        return self.put(f"{path_of(start)}/hold", {"holder": holder, "seconds": seconds})

    def release(self, start: str, holder: str = "hannah") -> Answer:
        """She lets it go."""
        return self.delete(f"{path_of(start)}/hold?holder={holder}")

    def book(
        self, start: str, booking_id: str = "b-1", doctor_id: str = "dr-lee", **more: str
    ) -> Answer:
        """A patient books a slot of Monday; ``more`` are ``holder`` and ``moves``."""
        body = {"booking_id": booking_id, "patient_reference": "ref-1", **more}
        return self.put(f"{path_of(start, doctor_id)}/booking", body)

    def cancel(self, start: str, booking_id: str = "b-1") -> Answer:
        """The booking of a slot of Dr Lee's Monday is cancelled."""
        return self.delete(f"{path_of(start)}/booking?booking_id={booking_id}")

    def listed(self, query: str = "from=2026-11-23&to=2026-11-23") -> list[str]:
        """The wall times of Dr Lee's bookable slots."""
        slots = self.get(f"/doctors/dr-lee/slots?{query}").json["slots"]
        return [slot["start"][11:16] for slot in slots]

    def configure(self, doctor_id: str = "dr-lee", **changed: object) -> Answer:
        """Change some settings of a doctor."""
        settings = self.get(f"/doctors/{doctor_id}").json
        return self.put(f"/doctors/{doctor_id}", settings | changed)

    def forget_in_day(self, start: str) -> None:
        """As if the day's item had lost one of its slots, which stays."""
        day = DayItem.get(keys.doctor_pk("dr-lee"), keys.day_sk(MONDAY))
        day.update([DayItem.slots[keys.format_instant(at(start))].remove()])

    def change_length(self, doctor_id: str, *, minutes: int) -> None:
        """Another slot length for a doctor."""
        assert self.configure(doctor_id, slot_minutes=minutes).status == 200

    def rename(self, doctor_id: str, name: str) -> None:
        """Another name for a doctor."""
        assert self.configure(doctor_id, name=name).status == 200

    def empty(self) -> None:
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

    def kinds(self) -> dict[str, int]:
        """How many items of each kind there are, doctors apart."""
        kinds = [item["type"]["S"] for item in self.export()]
        return {kind: kinds.count(kind) for kind in ("day", "slot", "change")}

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The DynamoDB operations that are called meanwhile."""
        calls: list[str] = []

        def count(event_name: str, **_: object) -> None:
            calls.append(event_name.rpartition(".")[2])

        with self._before_sending("*", count):
            yield calls

    @contextmanager
    def failing(self, operation: str, *answers: Failure | None) -> Iterator[None]:
        """Give these instead of DynamoDB's own answers, one a call; None lets a call through."""
        left = list(answers)

        def fail(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
            answer = left.pop(0) if left else None
            if isinstance(answer, Exception):
                raise answer
            return answer(request) if callable(answer) else answer

        with retries_at_once(), self._before_sending(operation, fail):
            yield

    @contextmanager
    def losing_answers(self, operation: str, *, times: int) -> Iterator[None]:
        """DynamoDB does what it is asked, but that many answers never arrive."""
        left = ["lost"] * times

        def lose(**_: object) -> None:
            if left:
                left.pop()
                raise ReadTimeoutError(endpoint_url="http://dynamodb")

        failing = self._hooked(f"response-received.dynamodb.{operation}", lose)
        with retries_at_once(), failing:
            yield

    def racing(self, start: str) -> AbstractContextManager[None]:
        """Somebody else ticks that box between the read and the commit of the next save."""
        return self.before_commit(lambda: self.save(start))

    @contextmanager
    def before_commit(self, deed: Callable[[], object]) -> Iterator[None]:
        """Between the read and the commit of the next save something else happens."""
        left = [deed]

        def happen(**_: object) -> None:
            if left:
                left.pop()()

        with self._before_sending("TransactWriteItems", happen):
            yield

    def before_call(self, operation: str, hook: Hook) -> AbstractContextManager[None]:
        """Before each call of that operation the hook is called."""
        return self._before_sending(operation, hook)

    def _before_sending(self, operation: str, hook: Hook) -> AbstractContextManager[None]:
        return self._hooked(f"before-send.dynamodb.{operation}", hook)

    @contextmanager
    def _hooked(self, name: str, hook: Hook) -> Iterator[None]:
        events = table.connection().client.meta.events
        events.register(name, hook)
        try:
            yield
        finally:
            events.unregister(name, hook)


def id_of(start: str, doctor_id: str = "dr-lee") -> str:
    """The id of the slot at that wall time of Monday in London."""
    return str(SlotId(doctor_id, at(start)))


def path_of(start: str, doctor_id: str = "dr-lee") -> str:
    """Where that slot is."""
    return f"/slots/{id_of(start, doctor_id)}"


def _headers(named: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}
