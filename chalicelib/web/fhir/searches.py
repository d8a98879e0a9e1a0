"""Read and search resources (https://hl7.org/fhir/R4/http.html): bundles with links to pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.fhir_ids import parse_slot_fhir_id, slot_fhir_id
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.list_fhir_doctors import FhirResourceNotFoundError
from chalicelib.use_cases.search_fhir_slots import (
    MAX_SORTED_SCHEDULES,
    PublishedSlot,
    SlotSearch,
)
from chalicelib.web.api.validators import invalid_field
from chalicelib.web.fhir import resources
from chalicelib.web.fhir.kinds import ACTOR_TYPES, KINDS, SCHEDULE, Kind, matches_actor
from chalicelib.web.fhir.parameters import (
    SearchParameter,
    SearchQuery,
    matches_token,
    parse_start,
    read_query,
)
from chalicelib.web.fhir.resources import Base, Resource
from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalice.app import Request

    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor

MAX_SCHEDULES = 50
_STATUS_SYSTEM = "http://hl7.org/fhir/slotstatus"
SLOT_PARAMETERS = (
    SearchParameter(
        name="schedule",
        kind="reference",
        documentation=f"Whose slots; at most {MAX_SCHEDULES} schedules.",
        targets=("Schedule",),
    ),
    SearchParameter(
        name="schedule.actor",
        kind="reference",
        documentation="Slots of schedules with that actor.",
        matches=matches_actor,
        targets=ACTOR_TYPES,
    ),
    SearchParameter(
        name="status",
        kind="token",
        documentation="free, busy, busy-tentative (held) or busy-unavailable. free can be booked.",
    ),
    SearchParameter(
        name="start",
        kind="date",
        documentation="With ge, gt, le, lt or eq. Without an offset, in the doctor's time zone.",
    ),
    SearchParameter(
        name="_sort",
        kind="special",
        documentation=f"start; for at most {MAX_SORTED_SCHEDULES} schedules.",
        values=("start",),
    ),
    SearchParameter(
        name="_include",
        kind="special",
        documentation="Slot:schedule",
        values=("Slot:schedule",),
    ),
)


def read(resource_type: str, resource_id: str, request: Request) -> Resource:
    """Return one resource. Raises ``FhirResourceNotFoundError``."""
    base = Base.of(request)
    if resource_type == "Slot":
        return resources.slot(_read_slot(resource_id), base)
    kind = _kind(resource_type, resource_id)
    services = get_services()
    if kind.is_of_doctor:
        entity: Any = services.fhir.doctors.get(resource_type, resource_id)
    else:
        entities = kind.entities(services.fhir.doctors.list_all())
        entity = next((each for each in entities if each.fhir_id == resource_id), None)
        if entity is None:
            raise FhirResourceNotFoundError(resource_type, resource_id)
    return kind.build(entity, base, services.now())


def _kind(resource_type: str, resource_id: str = "") -> Kind:
    if resource_type not in KINDS:
        raise FhirResourceNotFoundError(resource_type, resource_id)
    return KINDS[resource_type]


def _read_slot(resource_id: str) -> PublishedSlot:
    try:
        slot_id = parse_slot_fhir_id(resource_id)
    except ValueError:
        raise FhirResourceNotFoundError("Slot", resource_id) from None
    fhir = get_services().fhir
    owner = fhir.doctors.get("Slot", slot_id.doctor_id)
    slot = fhir.slots.get(owner, slot_id.start)
    if slot is None:
        raise FhirResourceNotFoundError("Slot", resource_id)
    return slot


def require_search_path(last: str) -> None:
    """Raise ``HttpError`` unless the last segment of a POST's path is that of a search."""
    if last != "_search":
        raise HttpError(HTTPStatus.NOT_FOUND, Text("Only _search can be reached by POST here"))


def search(resource_type: str, request: Request) -> Resource:
    """Return a page of a search. Raises ``RequestRejectedError``, ``FhirResourceNotFoundError``."""
    if resource_type == "Slot":
        return _search_slots(request)
    return _search_kind(_kind(resource_type), request)


def _search_kind(kind: Kind, request: Request) -> Resource:
    query, base = read_query(request, kind.parameters), Base.of(request)
    entities = kind.entities(get_services().fhir.doctors.list_active())
    found = sorted(
        (each for each in entities if _matches(each, kind.parameters, query, base)),
        key=lambda each: each.fhir_id,
    )
    rest = [each for each in found if query.after is None or each.fhir_id > query.after]
    page, now = rest[: query.count], get_services().now()
    after = page[-1].fhir_id if len(page) < len(rest) else None
    entries = [_entry(kind.build(each, base, now), base, "match") for each in page]
    return {**_bundle(kind.name, query, base, after, entries), "total": len(found)}


def _matches(
    entity: Any,  # noqa: ANN401  an entity of any kind
    parameters: Iterable[SearchParameter],
    query: SearchQuery,
    base: Base,
) -> bool:
    return all(
        any(parameter.matches(entity, value, base) for value in values)
        for parameter in parameters
        for values in query.alternatives(parameter.name)
    )


def _search_slots(request: Request) -> Resource:
    query, base = read_query(request, SLOT_PARAMETERS), Base.of(request)
    statuses = _parse_statuses(query)
    starts = tuple(
        parse_start(value) for values in query.alternatives("start") for value in _single(values)
    )
    owners = _find_owners(query, base)
    page = get_services().fhir.slots.search(
        SlotSearch(
            doctors=owners,
            statuses=statuses,
            starts=starts,
            is_sorted=_is_sorted(query, len(owners)),
            limit=query.count,
            after=_parse_position(query.after),
        )
    )
    entries = [_entry(resources.slot(each, base), base, "match") for each in page.slots]
    if query.has("_include"):
        entries += _included_schedules(page.slots, base)
    after = slot_fhir_id(page.after.doctor_id, page.after.start) if page.after else None
    return _bundle("Slot", query, base, after, entries)


def _parse_statuses(query: SearchQuery) -> frozenset[SlotStatus] | None:
    uses = query.alternatives("status")
    if not uses:
        return None
    found = frozenset(SlotStatus)
    for values in uses:
        found &= frozenset(status for value in values for status in _statuses_of(value))
    return found


def _statuses_of(value: str) -> Iterator[SlotStatus]:
    statuses = [each for each in SlotStatus if matches_token(value, _STATUS_SYSTEM, each.value)]
    if not statuses:
        raise invalid_field("status", Text("free, busy, busy-tentative or busy-unavailable"))
    yield from statuses


def _single(values: list[str]) -> list[str]:
    if len(values) > 1:
        raise invalid_field("start", Text("one date or time; repeat start for a range"))
    return values


def _find_owners(query: SearchQuery, base: Base) -> list[FhirDoctor]:
    """Return the doctors of the schedules, or else all who take bookings, as far as they match."""
    doctors = get_services().fhir.doctors
    uses = query.alternatives("schedule")
    if uses:
        ids = set.intersection(*({_schedule_id(each, base) for each in use} for use in uses))
        if len(ids) > MAX_SCHEDULES:
            raise _too_many("schedule", MAX_SCHEDULES)
        owners = doctors.get_many(sorted(ids))
    else:
        owners = doctors.list_active()
    return [each for each in owners if _matches(each, SLOT_PARAMETERS, query, base)]


def _schedule_id(value: str, base: Base) -> str:
    """Return the id in a reference to a schedule; one to anything else is no id."""
    return value.removeprefix(f"{base.fhir}/").removeprefix("Schedule/")


def _is_sorted(query: SearchQuery, schedules: int) -> bool:
    """Return whether slots are sorted by start; those of one schedule always are."""
    if query.has("_sort") and schedules > MAX_SORTED_SCHEDULES:
        raise _too_many("_sort", MAX_SORTED_SCHEDULES)
    return query.has("_sort")


def _too_many(field: str, limit: int) -> RequestRejectedError:
    detail = Text(
        "%(field)s allows at most %(limit)s schedules: name some", field=field, limit=limit
    )
    return RequestRejectedError(FieldViolation(field, "too_many", detail))


def _parse_position(after: str | None) -> SlotId | None:
    if after is None:
        return None
    try:
        return parse_slot_fhir_id(after)
    except ValueError:
        raise invalid_field("_after", Text("the value of a link to a next page")) from None


def _included_schedules(slots: Iterable[PublishedSlot], base: Base) -> list[Resource]:
    now = get_services().now()
    owners = {each.owner.fhir_id: each.owner for each in slots}
    schedules = [SCHEDULE.build(each, base, now) for each in owners.values()]
    return [_entry(each, base, "include") for each in schedules]


def _bundle(
    resource_type: str,
    query: SearchQuery,
    base: Base,
    after: str | None,
    entries: list[Resource],
) -> Resource:
    path = f"{base.fhir}/{resource_type}"
    links = [{"relation": "self", "url": query.url(path)}]
    if after is not None:
        links.append({"relation": "next", "url": query.url(path, after)})
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "link": links}
    # FHIR's JSON has no empty arrays.
    return {**bundle, "entry": entries} if entries else bundle


def _entry(resource: Resource, base: Base, mode: str) -> Resource:
    return {
        "fullUrl": f"{base.fhir}/{resource['resourceType']}/{resource['id']}",
        "resource": resource,
        "search": {"mode": mode},
    }
