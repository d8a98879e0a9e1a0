"""HL7 v2.5.1 messages SIU^S23 (slot blocked) and SIU^S24 (slot opened)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import hl7

_EMPTY = hl7.Message(separator="\r", separators="\r|~^&")


@dataclass(frozen=True)
class Addresses:
    """Who sends the messages, and to whom: MSH-3 to MSH-6."""

    sending_application: str = "MEDILINK"
    sending_facility: str = "PRACTICE"
    receiving_application: str = "HIS"
    receiving_facility: str = "HOSPITAL"


def make_message(event: dict[str, Any], slot: dict[str, Any], addresses: Addresses) -> str:
    """Return the message of one changed slot of an event ``slots.changed``.

    The same event and slot make the same message, so that a repeat can be recognised.
    """
    data = event["data"]
    code, reason = ("S24", "OPENED") if slot["status"] == "free" else ("S23", "BLOCKED")
    start, minutes = _time(slot["start"]), _minutes(slot)
    doctor = _escape(data["doctor_id"])
    segments = [
        _header(event, code, make_control_id(data["id"], slot["slot_id"]), addresses),
        _schedule(slot, code, reason, doctor),
        "RGS|1|U",
        f"AIS|1|U|SLOT^Appointment slot^L|{start}|||{minutes}|min",
        f"AIP|1|U|{doctor}|PHYSICIAN||{start}|||{minutes}|min",
    ]
    return "\r".join(segments) + "\r"


def make_control_id(event_id: str, slot_id: str) -> str:
    """Return 20 characters, the most that MSH-10 may have."""
    return hashlib.sha256(f"{event_id} {slot_id}".encode()).hexdigest()[:20]


def _schedule(slot: dict[str, Any], code: str, reason: str, doctor: str) -> str:
    times = f"^^^{_time(slot['start'])}^{_time(slot['end'])}"
    status = "Blocked" if code == "S23" else ""
    identity = f"SCH||{_escape(slot['slot_id'])}||||{reason}"
    return f"{identity}|||||{times}|||||{doctor}||||{doctor}|||||{status}"


def _header(event: dict[str, Any], code: str, control_id: str, addresses: Addresses) -> str:
    names = "|".join(
        _escape(name)
        for name in (
            addresses.sending_application,
            addresses.sending_facility,
            addresses.receiving_application,
            addresses.receiving_facility,
        )
    )
    kind = f"SIU^{code}^SIU_S12"
    sent = _time(event["timestamp"])
    return rf"MSH|^~\&|{names}|{sent}||{kind}|{control_id}|P|2.5.1||||||UNICODE UTF-8"


def _escape(text: str) -> str:
    return str(_EMPTY.escape(text))


def _time(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y%m%d%H%M%S%z")


def _minutes(slot: dict[str, Any]) -> int:
    length = datetime.fromisoformat(slot["end"]) - datetime.fromisoformat(slot["start"])
    return int(length.total_seconds() // 60)
