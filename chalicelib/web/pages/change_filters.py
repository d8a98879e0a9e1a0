"""The form that filters the change feed by person, kind and date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.web.http.request import query
from chalicelib.web.pages.change_words import name_kinds
from chalicelib.web.pages.field_errors import errors_by_field

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.domain.change_feed import ActorNames, ChangeSearch
    from chalicelib.domain.errors import RequestRejectedError
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.list_changes import Changes

_FIELDS = ("by", "kind", "from", "to")


class KindOption(Struct, frozen=True, kw_only=True):
    """A kind of change to choose."""

    value: str
    name: str
    is_chosen: bool


class FilterForm(Struct, frozen=True, kw_only=True):
    """The values of the form; ``people`` are suggestions, and ``errors`` sentences by field."""

    by: str
    first: str
    last: str
    kinds: tuple[KindOption, ...]
    people: tuple[str, ...]
    is_filtered: bool
    errors: dict[str, str]
    earliest_date: str = local_time.MIN_DATE.isoformat()
    latest_date: str = local_time.MAX_DATE.isoformat()


def filters_of(search: ChangeSearch) -> dict[str, str]:
    """Return the filters as query parameters; a single date has a parameter of its own."""
    filters = {
        "date": search.on,
        "from": search.first,
        "to": search.last,
        "kind": search.kind,
        "by": search.by,
    }
    return {name: str(value) for name, value in filters.items() if value}


def build_filter_form(changes: Changes, caller: Caller) -> FilterForm:
    """Build the form with the filters of the search."""
    search = changes.search
    filters = filters_of(search)
    return _build(
        by=search.by or "",
        kind=filters.get("kind", ""),
        first=filters.get("from") or filters.get("date", ""),
        last=filters.get("to") or filters.get("date", ""),
        people=_suggest_people(changes, caller),
    )


def build_rejected_form(request: Request, error: RequestRejectedError) -> FilterForm:
    """Build the form as the user sent it, with what is wrong."""
    by, kind, first, last = (query(request, name) or "" for name in _FIELDS)
    return _build(
        by=by,
        kind=kind,
        first=first,
        last=last,
        people=(),
        errors=errors_by_field(error),
    )


def _build(
    *,
    by: str,
    kind: str,
    first: str,
    last: str,
    people: tuple[str, ...],
    errors: dict[str, str] | None = None,
) -> FilterForm:
    return FilterForm(
        by=by,
        first=first,
        last=last,
        kinds=tuple(
            KindOption(value=value, name=name, is_chosen=value == kind)
            for value, name in name_kinds()
        ),
        people=people,
        is_filtered=any((by, kind, first, last)),
        errors=errors or {},
    )


def _suggest_people(changes: Changes, caller: Caller) -> tuple[str, ...]:
    """Name those who can change the schedule, and those who did so on this page."""
    names, doctor = changes.names, changes.doctor
    delegates = doctor.delegates if caller.can_see_delegates(doctor) else ()
    acted = filter(None, (names.find_actor(entry.actor) for entry in changes.entries))
    return tuple(
        dict.fromkeys([doctor.name, *sorted({*delegates, *_sites(names), *acted} - {doctor.name})])
    )


def _sites(names: ActorNames) -> list[str]:
    return [*names.clients.values()]
