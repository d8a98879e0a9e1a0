"""Bulk publication (HL7 SMART Scheduling Links): a manifest of files, a resource on each line.

A file is made when it is read, and no larger than one response can be, so memory does not grow with
the number of doctors.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from chalicelib.bootstrap import get_services
from chalicelib.domain.text import Text
from chalicelib.use_cases.list_fhir_doctors import FhirResourceNotFoundError
from chalicelib.use_cases.plan_slot_files import MAX_FILE_DOCTORS, SlotFile, plan_slot_files
from chalicelib.use_cases.search_fhir_slots import MAX_FILE_SLOTS
from chalicelib.web.api.validators import invalid_field
from chalicelib.web.fhir import resources
from chalicelib.web.fhir.kinds import KINDS, Kind
from chalicelib.web.fhir.media_types import FHIR_NDJSON
from chalicelib.web.fhir.resources import Base, Resource
from chalicelib.web.fhir.responses import encoded_response
from chalicelib.web.http.request import JSON, query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from chalice.app import Request, Response

    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor
    from chalicelib.web.http.types import Headers

OPERATION = "$bulk-publish"
MAX_AGE = timedelta(minutes=5)
_FILES = "bulk-publish"
_SUFFIX = ".ndjson"
# About 1 MB.
_RESOURCES_PER_FILE = 1000
_SAFE = ",."


def publish_manifest(request: Request) -> Response:
    """Return the manifest with the URLs of all files.

    It changes every five minutes, because files change at any time: a client must not conclude that
    they have not from a manifest that has not.
    """
    owners, base = get_services().fhir().doctors.list_active(), Base.of(request)
    manifest = {
        "transactionTime": _last_interval(get_services().now()).isoformat(),
        "request": f"{base.fhir}/{OPERATION}",
        "output": [*_directory_files(owners, base), *_slot_files(owners, base)],
        "error": [],
    }
    return encoded_response(msgspec.json.encode(manifest), request, JSON, _headers())


def _last_interval(now: datetime) -> datetime:
    """Return the start of the current five minutes."""
    return now - (now - now.min.replace(tzinfo=now.tzinfo)) % MAX_AGE


def _headers() -> Headers:
    scope = "" if get_services().settings.has_public_slots else "private, "
    return {
        "Cache-Control": f"{scope}max-age={MAX_AGE // timedelta(seconds=1)}",
        "Vary": "Accept",
    }


def _directory_files(owners: Sequence[FhirDoctor], base: Base) -> Iterator[Resource]:
    for kind in KINDS.values():
        count = len(kind.entities(owners))
        for part in range(max(1, -(-count // _RESOURCES_PER_FILE))):
            yield _output(kind.name, base, {"part": str(part)} if part else {})


def _slot_files(owners: Iterable[FhirDoctor], base: Base) -> Iterator[Resource]:
    for file in plan_slot_files(owners):
        days = {} if file.days is None else {"first_day": file.first_day, "days": file.days}
        yield _output("Slot", base, {"schedule": ",".join(file.fhir_ids), **days})


def _output(resource_type: str, base: Base, parameters: dict[str, object]) -> Resource:
    sent = f"?{urlencode(parameters, safe=_SAFE)}" if parameters else ""
    url = f"{base.fhir}/{_FILES}/{resource_type}{_SUFFIX}{sent}"
    return {"type": resource_type, "url": url}


def publish_file(name: str, request: Request) -> Response:
    """Return a file of the manifest. Raises ``FhirResourceNotFoundError`` for another name."""
    resource_type = name.removesuffix(_SUFFIX)
    if resource_type == name or resource_type not in {*KINDS, "Slot"}:
        raise FhirResourceNotFoundError("file", name)
    base = Base.of(request)
    if resource_type == "Slot":
        lines = _slot_lines(_parse_slot_file(request), base)
    else:
        lines = _directory_lines(KINDS[resource_type], _parse_number(request, "part"), base)
    body = b"".join(b"%b\n" % line for line in lines)
    return encoded_response(body, request, FHIR_NDJSON, _headers())


def _directory_lines(kind: Kind, part: int, base: Base) -> Iterator[bytes]:
    services = get_services()
    entities = kind.entities(services.fhir().doctors.list_active())
    first, now = part * _RESOURCES_PER_FILE, services.now()
    for entity in entities[first : first + _RESOURCES_PER_FILE]:
        yield msgspec.json.encode(kind.build(entity, base, now))


def _slot_lines(file: SlotFile, base: Base) -> Iterator[bytes]:
    fhir, room = get_services().fhir(), MAX_FILE_SLOTS
    for owner in fhir.doctors.get_many(file.fhir_ids):
        if owner.doctor.is_active:
            slots = fhir.slots.list_window(owner, first_day=file.first_day, days=file.days)
            for slot in slots[:room]:
                yield msgspec.json.encode(resources.slot(slot, base))
            room -= len(slots[:room])


def _parse_slot_file(request: Request) -> SlotFile:
    ids = (query(request, "schedule") or "").split(",")
    if len(ids) > MAX_FILE_DOCTORS:
        raise invalid_field("schedule", Text("at most %(limit)s schedules", limit=MAX_FILE_DOCTORS))
    days = _parse_number(request, "days") or None
    return SlotFile(fhir_ids=tuple(ids), first_day=_parse_number(request, "first_day"), days=days)


def _parse_number(request: Request, name: str) -> int:
    text = query(request, name) or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= len("9999")):
        raise invalid_field(name, Text("a whole number"))
    return int(text)
