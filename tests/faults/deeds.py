"""One request for every way in which the app uses DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib import bootstrap
from chalicelib.domain.caller import Caller, Role
from tests.builders import MONDAY
from tests.site import id_of

if TYPE_CHECKING:
    from tests.site import Answer, Site

Request = Callable[["Site"], "Answer"]
TUESDAY, IN_MARCH = "2026-11-24", "2027-03-23"
_HTML = "text/html"
_A_DOCTOR: dict[str, object] = {
    "name": "Dr New",
    "specialty": "cardiology",
    "location": "London",
    "time_zone": "Europe/London",
    "slot_minutes": 30,
    "sessions": [{"from": "09:00", "to": "12:00"}],
}


def scene(site: Site) -> None:
    """Of Dr Lee's slots one is free, one held, one booked; others are on other dates."""
    site.save("09:00", doctor_id="dr-twenty", Idempotency_Key="a")
    site.save("09:00", "09:30", "10:00", Idempotency_Key="b")
    site.save("09:00", date=TUESDAY, Idempotency_Key="c")
    site.save("09:00", date=IN_MARCH, Idempotency_Key="d")
    site.hold("09:30", "hannah", seconds=1800)
    site.book("10:00", "b-1")


@dataclass(frozen=True)
class Deed:
    """``known``: of a process that has read Dr Lee a moment ago.

    ``in_steps``: it takes several writes, and what is stored may be between them.
    """

    send: Request
    known: bool = False
    in_steps: bool = False


def _form(site: Site) -> Answer:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "form",
        "shown": ["20261123T0900Z"],
        "offered": ["20261123T0900Z", "20261123T1100Z"],
        "ticked": ["20261123T1100Z"],
    }
    return site.post_form(fields, Accept=_HTML)


def _delegates_choice(site: Site) -> Answer:
    sam = Caller(name="sam", client="page", roles=frozenset({Role.DELEGATE}))
    site.services = bootstrap.set_services(structs.replace(site.services, local_caller=sam))
    return site.get("/slots", Accept=_HTML)


READS: dict[str, Deed] = {
    "look": Deed(lambda site: site.day()),
    "page": Deed(lambda site: site.get(f"/slots?doctor_id=dr-lee&date={MONDAY}", Accept=_HTML)),
    "glance": Deed(
        lambda site: site.get(
            f"/slots?doctor_id=dr-lee&date={MONDAY}&part=day", HX_Request="true", if_none_match="x"
        ),
        known=True,
    ),
    "history": Deed(lambda site: site.get(f"/slots/history?doctor_id=dr-lee&date={MONDAY}")),
    "list": Deed(lambda site: site.get(f"/doctors/dr-lee/slots?from={MONDAY}&to={TUESDAY}")),
    "look ahead": Deed(
        lambda site: site.get("/doctors/dr-lee/slots?from=2026-11-25&to=2026-11-26"), known=True
    ),
    "search": Deed(
        lambda site: site.get(f"/availability?specialty=cardiology&from={MONDAY}&to={TUESDAY}")
    ),
    "look at a slot": Deed(lambda site: site.slot("09:00"), known=True),
    "doctors": Deed(lambda site: site.get("/doctors?specialty=cardiology")),
    "doctor": Deed(lambda site: site.get("/doctors/dr-lee")),
    "delegate's choice": Deed(_delegates_choice),
    "health": Deed(lambda site: site.get("/health")),
}
WRITES: dict[str, Deed] = {
    "first save": Deed(
        lambda site: site.save("09:00", "09:30", date="2026-11-26", Idempotency_Key="s")
    ),
    "save": Deed(lambda site: site.save("11:00", withdraws=("09:00",), Idempotency_Key="s")),
    "save if": Deed(
        lambda site: site.save("11:00", withdraws=("09:00",), Idempotency_Key="s", If_Match='"1.x"')
    ),
    "form": Deed(_form),
    "refused save": Deed(lambda site: site.save("10:00", "11:00", Idempotency_Key="s")),
    "hold": Deed(lambda site: site.hold("09:00", "ivan")),
    "hold refused": Deed(lambda site: site.hold("09:30", "ivan"), known=True),
    "release": Deed(lambda site: site.release("09:30", "hannah"), known=True),
    "book": Deed(lambda site: site.book("09:00", "b-2")),
    "book what is held": Deed(lambda site: site.book("09:30", "b-2", holder="hannah"), known=True),
    "book refused": Deed(lambda site: site.book("10:00", "b-2"), known=True),
    "cancel": Deed(lambda site: site.cancel("10:00", "b-1"), known=True),
    "move": Deed(lambda site: site.book("09:00", "b-1", moves=id_of("10:00")), known=True),
    "move to another doctor": Deed(
        lambda site: site.book("09:00", "b-1", "dr-twenty", moves=id_of("10:00"))
    ),
    "new doctor": Deed(lambda site: site.put("/doctors/dr-new", _A_DOCTOR)),
    "new doctor with delegates": Deed(
        lambda site: site.put("/doctors/dr-new", _A_DOCTOR | {"delegates": ["sam", "kim"]})
    ),
    "settings": Deed(
        lambda site: site.put("/doctors/dr-lee", _A_DOCTOR | {"slot_minutes": 20}),
    ),
    "delegates": Deed(
        lambda site: site.put("/doctors/dr-lee", _A_DOCTOR | {"delegates": ["kim"]}),
    ),
    "relocation": Deed(
        lambda site: site.put("/doctors/dr-lee", _A_DOCTOR | {"location": "Leeds"}), in_steps=True
    ),
}
