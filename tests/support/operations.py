"""One request for every way in which the app uses DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib import bootstrap
from chalicelib.domain.permissions import Caller, Role
from tests.support.app_client import make_slot_id
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

Request = Callable[["AppClient"], "AppResponse"]
TUESDAY, MARCH_DATE = "2026-11-24", "2027-03-23"
_HTML_TYPE = "text/html"
_DOCTOR_SETTINGS: dict[str, object] = {
    "name": "Dr New",
    "specialty": "cardiology",
    "location": "London",
    "time_zone": "Europe/London",
    "slot_minutes": 30,
    "sessions": [{"from": "09:00", "to": "12:00"}],
}


def seed_slots(client: AppClient) -> None:
    """Of Dr Lee's slots one is free, one held, one booked; others are on other dates."""
    client.save("09:00", doctor_id="dr-twenty", Idempotency_Key="a")
    client.save("09:00", "09:30", "10:00", Idempotency_Key="b")
    client.save("09:00", date=TUESDAY, Idempotency_Key="c")
    client.save("09:00", date=MARCH_DATE, Idempotency_Key="d")
    client.hold("09:30", "hannah", seconds=1800)
    client.book("10:00", "b-1")


@dataclass(frozen=True)
class Operation:
    """``known``: of a process that has read Dr Lee a moment ago.

    ``in_steps``: it takes several writes, and what is stored may be between them.
    """

    send: Request
    is_doctor_cached: bool = False
    is_multi_step: bool = False


def _submit_form(client: AppClient) -> AppResponse:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "form",
        "shown": ["20261123T0900Z"],
        "offered": ["20261123T0900Z", "20261123T1100Z"],
        "ticked": ["20261123T1100Z"],
    }
    return client.post_form(fields, Accept=_HTML_TYPE)


def _open_doctor_picker(client: AppClient) -> AppResponse:
    sam = Caller(name="sam", client="page", roles=frozenset({Role.DELEGATE}))
    client.services = bootstrap.set_services(structs.replace(client.services, local_caller=sam))
    return client.get("/slots", Accept=_HTML_TYPE)


READS: dict[str, Operation] = {
    "look": Operation(lambda site: site.get_day()),
    "page": Operation(
        lambda site: site.get(f"/slots?doctor_id=dr-lee&date={MONDAY}", Accept=_HTML_TYPE)
    ),
    "glance": Operation(
        lambda site: site.get(
            f"/slots?doctor_id=dr-lee&date={MONDAY}&part=day", HX_Request="true", if_none_match="x"
        ),
        is_doctor_cached=True,
    ),
    "history": Operation(lambda site: site.get(f"/slots/history?doctor_id=dr-lee&date={MONDAY}")),
    "list": Operation(lambda site: site.get(f"/doctors/dr-lee/slots?from={MONDAY}&to={TUESDAY}")),
    "look ahead": Operation(
        lambda site: site.get("/doctors/dr-lee/slots?from=2026-11-25&to=2026-11-26"),
        is_doctor_cached=True,
    ),
    "search": Operation(
        lambda site: site.get(f"/availability?specialty=cardiology&from={MONDAY}&to={TUESDAY}")
    ),
    "look at a slot": Operation(lambda site: site.get_slot("09:00"), is_doctor_cached=True),
    "doctors": Operation(lambda site: site.get("/doctors?specialty=cardiology")),
    "doctor": Operation(lambda site: site.get("/doctors/dr-lee")),
    "delegate's choice": Operation(_open_doctor_picker),
    "health": Operation(lambda site: site.get("/health")),
}
WRITES: dict[str, Operation] = {
    "first save": Operation(
        lambda site: site.save("09:00", "09:30", date="2026-11-26", Idempotency_Key="s")
    ),
    "save": Operation(lambda site: site.save("11:00", closed=("09:00",), Idempotency_Key="s")),
    "save if": Operation(
        lambda site: site.save("11:00", closed=("09:00",), Idempotency_Key="s", If_Match='"1.x"')
    ),
    "form": Operation(_submit_form),
    "refused save": Operation(lambda site: site.save("10:00", "11:00", Idempotency_Key="s")),
    "hold": Operation(lambda site: site.hold("09:00", "ivan")),
    "hold refused": Operation(lambda site: site.hold("09:30", "ivan"), is_doctor_cached=True),
    "release": Operation(lambda site: site.release("09:30", "hannah"), is_doctor_cached=True),
    "book": Operation(lambda site: site.book("09:00", "b-2")),
    "book what is held": Operation(
        lambda site: site.book("09:30", "b-2", holder="hannah"), is_doctor_cached=True
    ),
    "book refused": Operation(lambda site: site.book("10:00", "b-2"), is_doctor_cached=True),
    "cancel": Operation(lambda site: site.cancel("10:00", "b-1"), is_doctor_cached=True),
    "move": Operation(
        lambda site: site.book("09:00", "b-1", moves=make_slot_id("10:00")), is_doctor_cached=True
    ),
    "move to another doctor": Operation(
        lambda site: site.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00"))
    ),
    "new doctor": Operation(lambda site: site.put("/doctors/dr-new", _DOCTOR_SETTINGS)),
    "new doctor with delegates": Operation(
        lambda site: site.put("/doctors/dr-new", _DOCTOR_SETTINGS | {"delegates": ["sam", "kim"]})
    ),
    "settings": Operation(
        lambda site: site.put("/doctors/dr-lee", _DOCTOR_SETTINGS | {"slot_minutes": 20}),
    ),
    "delegates": Operation(
        lambda site: site.put("/doctors/dr-lee", _DOCTOR_SETTINGS | {"delegates": ["kim"]}),
    ),
    "relocation": Operation(
        lambda site: site.put("/doctors/dr-lee", _DOCTOR_SETTINGS | {"location": "Leeds"}),
        is_multi_step=True,
    ),
}
