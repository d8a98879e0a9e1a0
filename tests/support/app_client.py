"""An in-process client of the app, with a clock that tests set and direct table access."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib import bootstrap
from chalicelib.domain.slot import SlotId
from chalicelib.storage import keys
from chalicelib.storage.models import BaseItem, DayItem
from chalicelib.use_cases.pace import Pace
from chalicelib.web.api.problem_details import RETRY_AFTER_RANGE
from tests.support.dynamodb_hooks import DynamoDBHooks
from tests.support.factories import MONDAY, to_instant
from tests.support.raw_table import RawItem, RawTable
from tests.support.table_snapshot import restore_items

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from chalice.test import Client, HTTPResponse
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.domain.permissions import Caller
    from chalicelib.services import Services
    from chalicelib.settings import Settings
    from tests.support.clock import Clock

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class AppResponse:
    """An HTTP response, with the parts of JSON bodies that tests compare."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401  JSON of any shape
        """The body, decoded from JSON."""
        return json.loads(self.text)

    @property
    def error_codes(self) -> list[tuple[str, str]]:
        """The start (or field) and code of each error of a problem."""
        return [(e.get("start") or e["field"], e["code"]) for e in self.json["errors"]]

    def slot_status(self, start: str) -> str:
        """Return the status of a slot in a day's JSON by its local start."""
        (slot,) = (slot for slot in self.json["slots"] if f"T{start}:00" in slot["start"])
        return str(slot["status"])

    @property
    def free_times(self) -> list[str]:
        """The local starts of the free slots in a day's JSON."""
        return [slot["start"][11:16] for slot in self.json["slots"] if slot["status"] == "free"]


@dataclass
class AppClient(DynamoDBHooks):
    """Sends requests to the app, and reads and writes its table directly.

    Times are local times of Dr Lee's Monday unless a method takes another doctor or date.
    ``headers`` go with every request.
    """

    chalice_client: Client
    services: Services
    clock: Clock
    dynamodb: DynamoDBClient
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        """The caller of every request while sign-in is off."""
        caller = self.services.local_caller
        assert caller is not None
        return caller

    @property
    def raw_table(self) -> RawTable:
        """The table without boto3."""
        return RawTable(self.dynamodb.meta.endpoint_url, self.services.settings.table_name)

    def with_token(self, token: str) -> AppClient:
        """Return a client that sends this bearer token."""
        return replace(self, headers={"Authorization": f"Bearer {token}"})

    def use_services(self, services: Services) -> None:
        """Let the app use other services."""
        self.services = bootstrap.set_services(services)

    def restart(self) -> None:
        """Replace the services, and with them everything that the process has cached."""
        self.use_services(build_services(self.services.settings, self.clock))

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> AppResponse:
        """Send a request."""
        response: HTTPResponse = self.chalice_client.http.request(
            method, path, headers={**self.headers, **(headers or {})}, body=body
        )
        return AppResponse(response.status_code, dict(response.headers), response.body.decode())

    def get(self, path: str, **headers: str) -> AppResponse:
        """Send a GET; ``if_none_match="..."`` becomes ``If-None-Match: ...``."""
        return self.request("GET", path, headers=_headers(headers))

    def get_day(self, doctor_id: str = "dr-lee", date: str = MONDAY.isoformat()) -> AppResponse:
        """Get a day as JSON."""
        return self.get(f"/slots?doctor_id={doctor_id}&date={date}")

    def post_slots(self, body: object, **headers: str) -> AppResponse:
        """Send ``POST /slots`` with a JSON body; bytes are sent unchanged."""
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
        """Open and close slots of a day."""
        slots = [{"start": start, "status": "free"} for start in opened]
        slots += [{"start": start, "status": "busy-unavailable"} for start in closed]
        return self.post_slots({"doctor_id": doctor_id, "date": date, "slots": slots}, **headers)

    def post_form(self, fields: dict[str, object], **headers: str) -> AppResponse:
        """Send ``POST /slots`` as the page does; lists are repeated fields."""
        sent = {"Content-Type": FORM, **_headers(headers)}
        return self.request("POST", "/slots", urlencode(fields, doseq=True).encode(), sent)

    def put(self, path: str, body: object, **headers: str) -> AppResponse:
        """Send a PUT with a JSON body; bytes are sent unchanged."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(
            "PUT", path, raw, {"Content-Type": "application/json", **_headers(headers)}
        )

    def post(self, path: str, body: object, **headers: str) -> AppResponse:
        """Send a POST with a JSON body."""
        sent = {"Content-Type": "application/json", **_headers(headers)}
        return self.request("POST", path, json.dumps(body).encode(), sent)

    def delete(self, path: str) -> AppResponse:
        return self.request("DELETE", path)

    def get_slot(self, start: str, doctor_id: str = "dr-lee") -> AppResponse:
        return self.get(slot_path(start, doctor_id))

    def hold(self, start: str, holder: str = "hannah", *, seconds: int = 300) -> AppResponse:
        return self.put(f"{slot_path(start)}/hold", {"holder": holder, "seconds": seconds})

    def release(self, start: str, holder: str = "hannah") -> AppResponse:
        return self.delete(f"{slot_path(start)}/hold?holder={holder}")

    def book(
        self, start: str, booking_id: str = "b-1", doctor_id: str = "dr-lee", **fields: str
    ) -> AppResponse:
        """Book a slot; ``fields`` are ``holder``, ``moves`` and ``patient_reference``."""
        body = {"booking_id": booking_id, "patient_reference": "ref-1", **fields}
        return self.put(f"{slot_path(start, doctor_id)}/booking", body)

    def cancel(self, start: str, booking_id: str = "b-1") -> AppResponse:
        return self.delete(f"{slot_path(start)}/booking?booking_id={booking_id}")

    def override(self, act: str, start: str, reason: str = "a reason") -> AppResponse:
        """Release, disrupt or revoke, as the doctor's side."""
        return self.post(f"{slot_path(start)}/{act}", {"reason": reason})

    def list_bookings(self, query: str = "from=2026-11-23&to=2026-11-23") -> AppResponse:
        """List Dr Lee's bookings."""
        return self.get(f"/doctors/dr-lee/bookings?{query}")

    def list_available(self, query: str = "from=2026-11-23&to=2026-11-23") -> list[str]:
        """Return the local starts of Dr Lee's bookable slots."""
        slots = self.get(f"/doctors/dr-lee/slots?{query}").json["slots"]
        return [slot["start"][11:16] for slot in slots]

    def search(self, query: str) -> list[tuple[str, str, int]]:
        """Return the id, next available start and number of slots of each doctor found."""
        doctors = self.get(f"/availability?{query}").json["doctors"]
        return [(d["doctor_id"], d["next_available"]["start"], len(d["slots"])) for d in doctors]

    def update_doctor(self, doctor_id: str = "dr-lee", **changes: object) -> AppResponse:
        """Send ``PUT /doctors/{doctor_id}`` with some settings changed."""
        settings = self.get(f"/doctors/{doctor_id}").json
        return self.put(f"/doctors/{doctor_id}", settings | changes)

    def delete_day_entry(self, start: str) -> None:
        """Remove a slot from the day item, but keep the slot's own item."""
        day = DayItem.get(keys.doctor_pk("dr-lee"), keys.day_sk(MONDAY))
        day.update([DayItem.slots[keys.format_instant(to_instant(start))].remove()])

    def set_slot_minutes(self, doctor_id: str, *, minutes: int) -> None:
        assert self.update_doctor(doctor_id, slot_minutes=minutes).status == 200

    def rename_doctor(self, doctor_id: str, name: str) -> None:
        assert self.update_doctor(doctor_id, name=name).status == 200

    def truncate(self) -> None:
        """Delete every item."""
        with BaseItem.batch_write() as batch:
            for item in self.export():
                batch.delete(BaseItem(item["PK"]["S"], item["SK"]["S"]))

    def restore(
        self, snapshot: Sequence[RawItem], current: Sequence[RawItem] | None = None
    ) -> None:
        """Restore an ``export``, by writing only the items that differ.

        ``current`` is an export of now, if the test has one.
        """
        current = self.export() if current is None else current
        restore_items(self.raw_table, current, snapshot)

    def export(self) -> list[RawItem]:
        """Return every item of the table, in the order of its keys."""
        return sorted(self.raw_table.scan(), key=lambda item: (item["PK"]["S"], item["SK"]["S"]))

    def get_item(self, pk: str, sk: str) -> RawItem:
        """Return an item, which must exist."""
        key = {"PK": {"S": pk}, "SK": {"S": sk}}
        name = self.services.settings.table_name
        return self.dynamodb.get_item(TableName=name, Key=key, ConsistentRead=True)["Item"]

    def set_attribute(self, pk: str, sk: str, name: str, value: Any | None) -> None:  # noqa: ANN401  an attribute of any type
        """Set an attribute of an item in DynamoDB's format, or remove it."""
        item = {**self.get_item(pk, sk), name: value}
        kept = {key: value for key, value in item.items() if value is not None}
        self.dynamodb.put_item(TableName=self.services.settings.table_name, Item=kept)

    def find_items(self, kind: str) -> list[RawItem]:
        """Return every item of a type."""
        return [item for item in self.export() if item["type"]["S"] == kind]

    def audit_entry(self, kind: str) -> RawItem:
        """Return the only audit item of a kind."""
        (item,) = (item for item in self.find_items("audit") if item["kind"]["S"] == kind)
        return item

    def item_types(self) -> dict[str, int]:
        """Return the number of items of each type except doctors."""
        types = [item["type"]["S"] for item in self.export()]
        return {name: types.count(name) for name in ("day", "slot", "change")}

    def with_concurrent_save(self, start: str) -> AbstractContextManager[None]:
        """Open a slot between the reads and the commit of the next save."""
        return self.before_commit(lambda: self.save(start))


def build_services(settings: Settings, clock: Clock) -> Services:
    """Build services that read that clock, do not wait, and end no step of a plan early."""
    start_pace = partial(Pace, lambda: 0.0, lambda _seconds: None)
    return bootstrap.build_services(
        settings, now=clock, pause=lambda _attempt: None, start_pace=start_pace
    )


def rejection_codes(response: AppResponse, status: int = 409) -> list[tuple[str, str]]:
    """Return the errors of a problem, which must have this status."""
    assert response.status == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.error_codes


def is_unavailable(response: AppResponse) -> bool:
    """Return whether the response is a 503 that says when to try again: soon, at a random time."""
    least, most = RETRY_AFTER_RANGE
    return (
        response.status == HTTPStatus.SERVICE_UNAVAILABLE
        and least <= int(response.headers["Retry-After"]) <= most
    )


def make_slot_id(start: str, doctor_id: str = "dr-lee") -> str:
    """Return the id of the slot at a local time of Monday in London."""
    return str(SlotId(doctor_id, to_instant(start)))


def slot_path(start: str, doctor_id: str = "dr-lee") -> str:
    return f"/slots/{make_slot_id(start, doctor_id)}"


def _headers(keyword_headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in keyword_headers.items()}
