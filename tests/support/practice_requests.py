"""Requests for the practice day as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.support.factories import DOCTOR_SETTINGS, MONDAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.app_client import AppClient, AppResponse


def get_practice(client: AppClient, doctors: Sequence[str] = (), **fields: str) -> AppResponse:
    query = urlencode({"date": str(MONDAY), "doctor_id": doctors, **fields}, doseq=True)
    return client.get(f"/practice?{query}")


def doctor_ids(response: AppResponse) -> list[str]:
    return [doctor["doctor_id"] for doctor in response.json["doctors"]]


def add_doctors(client: AppClient, count: int, id_prefix: str = "no", **settings: object) -> None:
    for number in range(count):
        body = DOCTOR_SETTINGS | {"name": f"Dr No {number:03}", **settings}
        response = client.put(f"/doctors/dr-{id_prefix}-{number:03}", body)
        assert response.status == 201
