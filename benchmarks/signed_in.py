"""What is asked of those who are measured: requests of who is signed in, a person or a machine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from benchmarks import gateway
from benchmarks.gateway import Event, event
from chalicelib.domain.caller import Role
from chalicelib.web.session import SessionStore
from tests.an_issuer import MACHINE, PAGE

if TYPE_CHECKING:
    from tests.an_issuer import AnIssuer


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests of those who are signed in: a doctor, an admin, a booking site."""

    doctor: str
    admin: str
    site: str
    cookie: str

    def save(
        self, on: date, *times: str, status: str = "free", doctor_id: str = "dr-lee", **headers: str
    ) -> Event:
        """A save, by default of Dr Lee's."""
        slots = [{"start": time, "status": status} for time in times]
        body = {"doctor_id": doctor_id, "date": on.isoformat(), "slots": slots}
        token = self.doctor if doctor_id == "dr-lee" else self.admin
        return event("POST", "/slots", token=token, body=body, headers=_named(headers))

    def day(self, on: date, doctor_id: str = "dr-lee", **headers: str) -> Event:
        """A day of hers, or of another's."""
        query = {"doctor_id": doctor_id, "date": on.isoformat()}
        token = self.doctor if doctor_id == "dr-lee" else self.admin
        return event("GET", "/slots", token=token, query=query, headers=_named(headers))

    def day_by_session(self, on: date) -> Event:
        """The same, of who has signed in at the page."""
        query = {"doctor_id": "dr-lee", "date": on.isoformat()}
        return event("GET", "/slots", query=query, headers={"Cookie": self.cookie})

    def glance(self, on: date, **headers: str) -> Event:
        """What her page asks every two seconds."""
        query = {"doctor_id": "dr-lee", "date": on.isoformat(), "part": "day"}
        sent = {"Cookie": self.cookie, "Accept": "text/html", "HX-Request": "true"}
        return event("GET", "/slots", query=query, headers={**sent, **_named(headers)})

    def bookable(self, first: date, days: int) -> Event:
        """What is bookable of hers."""
        last = first + timedelta(days=days - 1)
        return event(
            "GET",
            "/doctors/{doctor_id}/slots",
            token=self.site,
            path={"doctor_id": "dr-lee"},
            query={"from": first.isoformat(), "to": last.isoformat()},
        )

    def search(self, specialty: str, first: date, days: int, limit: int) -> Event:
        """The first of that specialty who have something bookable."""
        last = first + timedelta(days=days - 1)
        query = {"specialty": specialty, "from": first.isoformat(), "to": last.isoformat()}
        query["limit"] = str(limit)
        return event("GET", "/availability", token=self.site, query=query)

    def doctors(self, specialty: str, limit: int) -> Event:
        """The first of those of that specialty."""
        query = {"specialty": specialty, "limit": str(limit)}
        return event("GET", "/doctors", token=self.site, query=query)

    def history(self, on: date) -> Event:
        """Who saved that day of hers."""
        query = {"doctor_id": "dr-lee", "date": on.isoformat()}
        return event("GET", "/slots/history", token=self.doctor, query=query)

    def hold(self, slot_id: str, holder: str) -> Event:
        """A hold of five minutes."""
        body = {"holder": holder, "seconds": 300}
        path = {"slot_id": slot_id}
        return event("PUT", "/slots/{slot_id}/hold", token=self.site, path=path, body=body)

    def release(self, slot_id: str, holder: str) -> Event:
        """The end of that hold."""
        path, query = {"slot_id": slot_id}, {"holder": holder}
        return event("DELETE", "/slots/{slot_id}/hold", token=self.site, path=path, query=query)

    def book(self, slot_id: str, booking_id: str, *, moves: str | None = None) -> Event:
        """A booking, perhaps one that leaves another slot."""
        body = {"booking_id": booking_id, "patient_reference": "ref-5521"}
        body |= {"moves": moves} if moves else {}
        path = {"slot_id": slot_id}
        return event("PUT", "/slots/{slot_id}/booking", token=self.site, path=path, body=body)

    def cancel(self, slot_id: str, booking_id: str) -> Event:
        """The end of that booking."""
        path, query = {"slot_id": slot_id}, {"booking_id": booking_id}
        return event("DELETE", "/slots/{slot_id}/booking", token=self.site, path=path, query=query)


def of(issuer: AnIssuer, session_key: str) -> Requests:
    """With tokens of that issuer, and a session signed with that key; both last an hour."""
    lasting = {"exp": int(time.time()) + 3600, "iat": int(time.time())}
    doctor = {
        "client_id": PAGE,
        "username": "dr-lee",
        "cognito:groups": ["doctor"],
        "scope": "openid",
    }
    site = {"client_id": MACHINE, "scope": "slots/read slots/book"}
    return Requests(
        doctor=issuer.access_token({**doctor, **lasting}),
        admin=issuer.access_token(
            {**doctor, "username": "alex", "cognito:groups": ["admin"], **lasting}
        ),
        site=issuer.access_token({**site, **lasting}),
        cookie=_cookie(session_key),
    )


def _cookie(key: str) -> str:
    """That Dr Lee has just signed in."""
    asked: Any = SimpleNamespace(
        headers={"host": gateway.HOST, "x-forwarded-proto": "https"},
        context={"path": "/api/slots"},
        path="/slots",
    )
    made = SessionStore((key,)).create(asked, "dr-lee", frozenset({Role.DOCTOR}), datetime.now(UTC))
    return made.partition(";")[0]


def _named(headers: dict[str, str]) -> dict[str, str]:
    """``if_none_match="..."`` becomes ``If-None-Match: ...``."""
    return {name.replace("_", "-").title(): value for name, value in headers.items()}
