"""Requests of authenticated callers: a doctor, an admin, and a booking site."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from benchmarks import apigw_event
from benchmarks.apigw_event import Event, build_event
from chalicelib.domain.permissions import Caller, Role
from chalicelib.web.auth.sessions import LoginSession, SessionStore
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID, SERVICE_CLIENT_ID, SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.fake_oidc_provider import FakeOidcProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFactory:
    """Builds events with the credentials of each caller. Requests are about Dr Lee by default."""

    doctor_token: str
    admin_token: str
    client_token: str
    session_cookie: str

    def save(
        self,
        date: date,
        *times: str,
        status: str = "free",
        doctor_id: str = "dr-lee",
        **headers: str,
    ) -> Event:
        """Change slots of a day: Dr Lee their own, the admin those of another doctor."""
        slots = [{"start": time, "status": status} for time in times]
        body = {"doctor_id": doctor_id, "date": date.isoformat(), "slots": slots}
        token = self.doctor_token if doctor_id == "dr-lee" else self.admin_token
        return build_event("POST", "/slots", token=token, body=body, headers=_to_headers(headers))

    def save_week(self, dates: Iterable[date], *times: str, **headers: str) -> Event:
        """Open the same slots on several dates of Dr Lee."""
        slots = [{"start": time, "status": "free"} for time in times]
        days = [{"date": each.isoformat(), "slots": slots} for each in dates]
        body = {"doctor_id": "dr-lee", "days": days}
        return build_event(
            "POST", "/slots/week", token=self.doctor_token, body=body, headers=_to_headers(headers)
        )

    def plan_step(self, doctor_id: str, plan_id: str) -> Event:
        """Apply the next dates of a doctor's plan, as the admin."""
        path = {"doctor_id": doctor_id, "plan_id": plan_id}
        resource = "/doctors/{doctor_id}/plans/{plan_id}/steps"
        return build_event("POST", resource, token=self.admin_token, path=path)

    def day(self, date: date, doctor_id: str = "dr-lee", **headers: str) -> Event:
        query = {"doctor_id": doctor_id, "date": date.isoformat()}
        token = self.doctor_token if doctor_id == "dr-lee" else self.admin_token
        return build_event("GET", "/slots", token=token, query=query, headers=_to_headers(headers))

    def day_with_session(self, date: date) -> Event:
        """Read a day with the session cookie of the page instead of a token."""
        query = {"doctor_id": "dr-lee", "date": date.isoformat()}
        return build_event("GET", "/slots", query=query, headers={"Cookie": self.session_cookie})

    def poll(self, date: date, **headers: str) -> Event:
        """The request that an open page sends every two seconds."""
        query = {"doctor_id": "dr-lee", "date": date.isoformat(), "part": "day"}
        htmx = {"Cookie": self.session_cookie, "Accept": "text/html", "HX-Request": "true"}
        return build_event("GET", "/slots", query=query, headers={**htmx, **_to_headers(headers)})

    def available_slots(self, first: date, days: int) -> Event:
        last = first + timedelta(days=days - 1)
        return build_event(
            "GET",
            "/doctors/{doctor_id}/slots",
            token=self.client_token,
            path={"doctor_id": "dr-lee"},
            query={"from": first.isoformat(), "to": last.isoformat()},
        )

    def search(self, specialty: str, first: date, days: int, limit: int) -> Event:
        """Search the first ``limit`` doctors with bookable slots."""
        last = first + timedelta(days=days - 1)
        query = {"specialty": specialty, "from": first.isoformat(), "to": last.isoformat()}
        query["limit"] = str(limit)
        return build_event("GET", "/availability", token=self.client_token, query=query)

    def doctors(self, specialty: str, limit: int) -> Event:
        query = {"specialty": specialty, "limit": str(limit)}
        return build_event("GET", "/doctors", token=self.client_token, query=query)

    def history(self, date: date) -> Event:
        query = {"doctor_id": "dr-lee", "date": date.isoformat()}
        return build_event("GET", "/slots/history", token=self.doctor_token, query=query)

    def hold(self, slot_id: str, holder: str) -> Event:
        body = {"holder": holder, "seconds": 300}
        path = {"slot_id": slot_id}
        return build_event(
            "PUT", "/slots/{slot_id}/hold", token=self.client_token, path=path, body=body
        )

    def release(self, slot_id: str, holder: str) -> Event:
        path, query = {"slot_id": slot_id}, {"holder": holder}
        return build_event(
            "DELETE", "/slots/{slot_id}/hold", token=self.client_token, path=path, query=query
        )

    def book(
        self, slot_id: str, booking_id: str, *, moves: str | None = None, patient: str = "ref-5521"
    ) -> Event:
        """Book a slot, or move the booking of the slot ``moves``."""
        body = {"booking_id": booking_id, "patient_reference": patient}
        body |= {"moves": moves} if moves else {}
        path = {"slot_id": slot_id}
        return build_event(
            "PUT", "/slots/{slot_id}/booking", token=self.client_token, path=path, body=body
        )

    def cancel(self, slot_id: str, booking_id: str) -> Event:
        path, query = {"slot_id": slot_id}, {"booking_id": booking_id}
        return build_event(
            "DELETE", "/slots/{slot_id}/booking", token=self.client_token, path=path, query=query
        )


def create_request_factory(oidc_provider: FakeOidcProvider, session_key: str) -> RequestFactory:
    """Create tokens and a session that are valid for an hour."""
    validity = {"exp": int(time.time()) + 3600, "iat": int(time.time())}
    doctor = {
        "client_id": PAGE_CLIENT_ID,
        "username": "dr-lee",
        "cognito:groups": ["doctor"],
        "scope": "openid",
    }
    booking_site = {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read slots/book"}
    return RequestFactory(
        doctor_token=oidc_provider.access_token({**doctor, **validity}),
        admin_token=oidc_provider.access_token(
            {**doctor, "username": "alex", "cognito:groups": ["admin"], **validity}
        ),
        client_token=oidc_provider.access_token({**booking_site, **validity}),
        session_cookie=_session_cookie(session_key),
    )


def _session_cookie(key: str) -> str:
    """The cookie of a login session that Dr Lee has just started."""
    request: Any = SimpleNamespace(
        headers={"host": apigw_event.HOST, "x-forwarded-proto": "https"},
        context={"path": "/api/slots"},
        path="/slots",
    )
    now = datetime.now(UTC)
    doctor = Caller(name="dr-lee", client="page", roles=frozenset({Role.DOCTOR}), subject=SUBJECT)
    set_cookie = SessionStore(lambda: (key,)).write(
        request, LoginSession.start(doctor, 0, now), now
    )
    return set_cookie.partition(";")[0]


def _to_headers(keyword_headers: dict[str, str]) -> dict[str, str]:
    """``if_none_match="..."`` becomes ``If-None-Match: ...``."""
    return {name.replace("_", "-").title(): value for name, value in keyword_headers.items()}
