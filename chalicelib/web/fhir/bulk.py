"""Bulk publication (HL7 SMART Scheduling Links): a manifest of files, a resource on each line.

A file is made when it is read, and no larger than one response can be, so memory does not grow with
the number of doctors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from chalicelib.bootstrap import get_services
from chalicelib.use_cases.fhir_slot_files import divide_into_slot_files
from chalicelib.use_cases.list_fhir_doctors import FhirResourceNotFoundError
from chalicelib.web.fhir.kinds import KINDS, Kind
from chalicelib.web.fhir.media_types import FHIR_NDJSON
from chalicelib.web.fhir.parameters import parse_number
from chalicelib.web.fhir.resources import Base, Resource
from chalicelib.web.fhir.responses import (
    MAX_AGE,
    encoded_response,
    join_lines,
    publication_headers,
)
from chalicelib.web.fhir.slot_files import publish_slots
from chalicelib.web.http.request import JSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from chalice.app import Request, Response

    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor

OPERATION = "$bulk-publish"
_FILES = "bulk-publish"
_SUFFIX = ".ndjson"
# About 1 MB.
_RESOURCES_PER_FILE = 1000
_SAFE = ",."


def publish_manifest(request: Request) -> Response:
    """Return the manifest with the URLs of all files.

    The manifest changes every five minutes even if no file has: an unchanged manifest must not
    suggest that the files are unchanged.
    """
    owners, base = get_services().fhir.doctors.list_active(), Base.of(request)
    manifest = {
        "transactionTime": _last_interval(get_services().now()).isoformat(),
        "request": f"{base.fhir}/{OPERATION}",
        "output": [*_directory_files(owners, base), *_slot_files(owners, base)],
        "error": [],
    }
    return encoded_response(msgspec.json.encode(manifest), request, JSON, publication_headers())


def _last_interval(now: datetime) -> datetime:
    """Return the start of the current five minutes."""
    return now - (now - now.min.replace(tzinfo=now.tzinfo)) % MAX_AGE


def _directory_files(owners: Sequence[FhirDoctor], base: Base) -> Iterator[Resource]:
    for kind in KINDS.values():
        count = len(kind.entities(owners))
        for part in range(max(1, -(-count // _RESOURCES_PER_FILE))):
            yield _output(kind.name, base, {"part": str(part)} if part else {})


def _slot_files(owners: Iterable[FhirDoctor], base: Base) -> Iterator[Resource]:
    for file in divide_into_slot_files(owners):
        days = {} if file.days is None else {"first_day": file.first_day, "days": file.days}
        yield _output("Slot", base, {"schedule": ",".join(file.fhir_ids), **days})


def _output(resource_type: str, base: Base, parameters: dict[str, object]) -> Resource:
    sent = f"?{urlencode(parameters, safe=_SAFE)}" if parameters else ""
    url = f"{base.fhir}/{_FILES}/{resource_type}{_SUFFIX}{sent}"
    return {"type": resource_type, "url": url}


def publish_file(name: str, request: Request) -> Response:
    """Return a file of the manifest. Raises ``FhirResourceNotFoundError`` for another name."""
    resource_type = name.removesuffix(_SUFFIX)
    if resource_type == "Slot" and resource_type != name:
        return publish_slots(request)
    if resource_type == name or resource_type not in KINDS:
        raise FhirResourceNotFoundError("file", name)
    part = parse_number(request, "part")
    lines = _directory_lines(KINDS[resource_type], part, Base.of(request))
    return encoded_response(join_lines(lines), request, FHIR_NDJSON, publication_headers())


def _directory_lines(kind: Kind, part: int, base: Base) -> Iterator[bytes]:
    services = get_services()
    entities = kind.entities(services.fhir.doctors.list_active())
    first, now = part * _RESOURCES_PER_FILE, services.now()
    for entity in entities[first : first + _RESOURCES_PER_FILE]:
        yield msgspec.json.encode(kind.build(entity, base, now))
