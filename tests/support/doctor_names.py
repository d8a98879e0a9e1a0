"""Doctors as a release without an index of names has left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.storage import keys
from chalicelib.storage.doctor_names import DoctorNameItem

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def forget_names(client: AppClient) -> None:
    """Delete the entries of all doctors from the index of names."""
    with DoctorNameItem.batch_write() as batch:
        for item in client.export():
            if item.get("GSI1PK", {}).get("S") == keys.NAMES_PK:
                batch.delete(DoctorNameItem(item["PK"]["S"], item["SK"]["S"]))
