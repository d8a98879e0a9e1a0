"""One request for every way in which the app uses DynamoDB, for tests that inject faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib import bootstrap
from chalicelib.domain.permissions import Caller, Role
from tests.support.app_client import make_slot_id
from tests.support.factories import DOCTOR_SETTINGS, MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

Request = Callable[["AppClient"], "AppResponse"]
TUESDAY, MARCH_DATE = "2026-11-24", "2027-03-23"
_HTML_TYPE = "text/html"
_DOCTOR_SETTINGS = DOCTOR_SETTINGS | {"name": "Dr New"}


def seed_slots(client: AppClient) -> None:
    """Give Dr Lee a free, a held and a booked slot on Monday, and slots on other dates.

    A second before the time of the test: a write of a slot at the instant of its last change would
    need a further attempt.
    """
    client.clock.now -= timedelta(seconds=1)
    client.save("09:00", doctor_id="dr-twenty", Idempotency_Key="a")
    client.save("09:00", "09:30", "10:00", Idempotency_Key="b")
    client.save("09:00", date=TUESDAY, Idempotency_Key="c")
    client.save("09:00", date=MARCH_DATE, Idempotency_Key="d")
    client.hold("09:30", "hannah", seconds=1800)
    client.book("10:00", "b-1")
    client.clock.now += timedelta(seconds=1)


def _check_health(client: AppClient) -> AppResponse:
    """Check the health when the previous answer is no longer cached."""
    client.clock.now += timedelta(seconds=1)
    return client.get("/health")


@dataclass(frozen=True)
class Operation:
    """A request; ``is_doctor_cached`` if the process has Dr Lee in its cache.

    ``is_multi_step``: it makes several writes, and a fault may leave only the first ones.
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
    "get day": Operation(lambda client: client.get_day()),
    "page": Operation(
        lambda client: client.get(f"/slots?doctor_id=dr-lee&date={MONDAY}", Accept=_HTML_TYPE)
    ),
    "poll": Operation(
        lambda client: client.get(
            f"/slots?doctor_id=dr-lee&date={MONDAY}&part=schedule",
            HX_Request="true",
            if_none_match="x",
        ),
        is_doctor_cached=True,
    ),
    "history": Operation(
        lambda client: client.get(f"/slots/history?doctor_id=dr-lee&date={MONDAY}")
    ),
    "list slots": Operation(
        lambda client: client.get(f"/doctors/dr-lee/slots?from={MONDAY}&to={TUESDAY}")
    ),
    "list slots of later days": Operation(
        lambda client: client.get("/doctors/dr-lee/slots?from=2026-11-25&to=2026-11-26"),
        is_doctor_cached=True,
    ),
    "search": Operation(
        lambda client: client.get(f"/availability?specialty=cardiology&from={MONDAY}&to={TUESDAY}")
    ),
    "get slot": Operation(lambda client: client.get_slot("09:00"), is_doctor_cached=True),
    "offers": Operation(
        lambda client: client.get(f"/slots/{make_slot_id('10:00')}/offers"), is_doctor_cached=True
    ),
    "list doctors": Operation(lambda client: client.get("/doctors?specialty=cardiology")),
    "get doctor": Operation(lambda client: client.get("/doctors/dr-lee")),
    "doctor picker": Operation(_open_doctor_picker),
    "health": Operation(_check_health),
}
WRITES: dict[str, Operation] = {
    "first save": Operation(
        lambda client: client.save("09:00", "09:30", date="2026-11-26", Idempotency_Key="s")
    ),
    "save": Operation(lambda client: client.save("11:00", closed=("09:00",), Idempotency_Key="s")),
    "save with If-Match": Operation(
        lambda client: client.save(
            "11:00", closed=("09:00",), Idempotency_Key="s", If_Match='"1.x"'
        )
    ),
    "form": Operation(_submit_form),
    "rejected save": Operation(lambda client: client.save("10:00", "11:00", Idempotency_Key="s")),
    "hold": Operation(lambda client: client.hold("09:00", "ivan")),
    "rejected hold": Operation(lambda client: client.hold("09:30", "ivan"), is_doctor_cached=True),
    "release": Operation(lambda client: client.release("09:30", "hannah"), is_doctor_cached=True),
    "book": Operation(lambda client: client.book("09:00", "b-2")),
    "book held slot": Operation(
        lambda client: client.book("09:30", "b-2", holder="hannah"), is_doctor_cached=True
    ),
    "rejected booking": Operation(
        lambda client: client.book("10:00", "b-2"), is_doctor_cached=True
    ),
    "cancel": Operation(lambda client: client.cancel("10:00", "b-1"), is_doctor_cached=True),
    "move": Operation(
        lambda client: client.book("09:00", "b-1", moves=make_slot_id("10:00")),
        is_doctor_cached=True,
    ),
    "move to another doctor": Operation(
        lambda client: client.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00"))
    ),
    "disrupt": Operation(lambda client: client.override("disrupt", "10:00"), is_doctor_cached=True),
    "new doctor": Operation(lambda client: client.put("/doctors/dr-new", _DOCTOR_SETTINGS)),
    "new doctor with delegates": Operation(
        lambda client: client.put(
            "/doctors/dr-new", _DOCTOR_SETTINGS | {"delegates": ["sam", "kim"]}
        )
    ),
    "settings": Operation(
        lambda client: client.put("/doctors/dr-lee", _DOCTOR_SETTINGS | {"slot_minutes": 20}),
    ),
    "delegates": Operation(
        lambda client: client.put("/doctors/dr-lee", _DOCTOR_SETTINGS | {"delegates": ["kim"]}),
    ),
    "relocation": Operation(
        lambda client: client.put("/doctors/dr-lee", _DOCTOR_SETTINGS | {"location": "Leeds"}),
        is_multi_step=True,
    ),
}
