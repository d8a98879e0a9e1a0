"""Files of slots in the bulk publication, which a client polls and seldom finds changed.

The ETag of a file has a digest of the change markers of its doctors, and the instant at which the
passing of time alone changes the file. As long as the digest is the same and that instant has not
come, a request with the ETag is answered without reading the slots.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from chalicelib.bootstrap import get_services
from chalicelib.domain.text import Text
from chalicelib.use_cases.fhir_slot_files import MAX_FILE_DOCTORS, SlotFile
from chalicelib.use_cases.search_fhir_slots import MAX_FILE_SLOTS, valid_until
from chalicelib.web.api.validators import invalid_field
from chalicelib.web.fhir import resources
from chalicelib.web.fhir.parameters import parse_number
from chalicelib.web.fhir.resources import Base
from chalicelib.web.fhir.responses import join_lines, ndjson_response, publication_headers
from chalicelib.web.http.conditional import parse_entity_tags
from chalicelib.web.http.request import header, query
from chalicelib.web.http.responses import not_modified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request, Response

    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor

# Another number for another form of the same slots.
_FORM = 1


def publish_slots(request: Request) -> Response:
    """Return the slots of the doctors in the URL, from today to the end of the booking window.

    Those who take no bookings are left out. Raises ``RequestRejectedError``.
    """
    file, base = _parse_file(request), Base.of(request)
    found = get_services().fhir.doctors.get_many(file.fhir_ids)
    owners = [owner for owner in found if owner.doctor.is_active]
    # Before the slots: a change in between is found by the next request.
    digest = _digest(file, owners, base)
    known = _find_known(request, digest)
    if known is not None:
        return not_modified(known, publication_headers())
    lines, changes_at = _read_lines(file, owners, base)
    return ndjson_response(join_lines(lines), _tag(digest, changes_at))


def _parse_file(request: Request) -> SlotFile:
    ids = (query(request, "schedule") or "").split(",")
    if len(ids) > MAX_FILE_DOCTORS:
        raise invalid_field("schedule", Text("at most %(limit)s schedules", limit=MAX_FILE_DOCTORS))
    days = parse_number(request, "days") or None
    return SlotFile(fhir_ids=tuple(ids), first_day=parse_number(request, "first_day"), days=days)


def _digest(file: SlotFile, owners: Sequence[FhirDoctor], base: Base) -> str:
    slots = get_services().fhir.slots
    markers = [(owner.fhir_id, slots.change_marker(owner)) for owner in owners]
    content = msgspec.json.encode((_FORM, base.api, file, markers))
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def _tag(digest: str, changes_at: float) -> str:
    """Return the ETag: weak (RFC 9110, section 8.8.1), because the markers may be a second old."""
    return f'W/"{digest}.{int(changes_at)}"'


def _find_known(request: Request, digest: str) -> str | None:
    """Return the ETag of the request if that is still the file's."""
    sent = parse_entity_tags(header(request, "if-none-match") or "")
    for tag in sent.tags if sent else ():
        known, _, seconds = tag.opaque.strip('"').partition(".")
        is_number = seconds.isascii() and seconds.isdecimal()
        if known == digest and is_number and get_services().now().timestamp() < int(seconds[:12]):
            return _tag(digest, int(seconds[:12]))
    return None


def _read_lines(
    file: SlotFile, owners: Sequence[FhirDoctor], base: Base
) -> tuple[list[bytes], float]:
    """Return the lines, and when time changes them."""
    services, lines, changes_at = get_services(), list[bytes](), float(2**40)
    for owner in owners:
        now = services.now()
        slots = services.fhir.slots.list_window(owner, first_day=file.first_day, days=file.days)
        changes_at = min(changes_at, valid_until(owner, slots, now).timestamp())
        lines += [msgspec.json.encode(resources.slot(slot, base)) for slot in slots]
    return lines[:MAX_FILE_SLOTS], changes_at
