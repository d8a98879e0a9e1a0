"""A doctor of the booking widget's tests, whose slots are of tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests

if TYPE_CHECKING:
    from tests.support.live_server import LiveServer

TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
NAME = "Dr <img src=x onerror=alert(1)> Ada"
READ = ("booking-site", "slots/read")


class WidgetDoctor:
    """A new doctor; their name has markup, which no page may take for HTML."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        self.doctor_id = f"ada-{uuid4().hex[:8]}"
        weekly = [{"from": "09:00", "to": "12:00"}]
        self._send("PUT", f"/doctors/{self.doctor_id}", {"name": NAME, "specialty": "cardiology",
            "location": "London", "time_zone": "Europe/London", "slot_minutes": 30,
            "sessions": weekly})  # fmt: skip

    def open_slot(self, start: str) -> None:
        slots = [{"start": start, "status": "free"}]
        body = {"doctor_id": self.doctor_id, "date": TOMORROW.isoformat(), "slots": slots}
        self._send("POST", "/slots", body)

    def settings(self) -> dict[str, str]:
        """Return what a page sends the widget."""
        token = self._server.token(*READ)
        return {"api": self._server.url, "doctor": self.doctor_id, "token": token}

    def _send(self, method: str, path: str, body: dict[str, Any]) -> None:
        url, headers = f"{self._server.url}{path}", self._server.auth_headers("admin")
        assert requests.request(method, url, json=body, headers=headers, timeout=10).ok
