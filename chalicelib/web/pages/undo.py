"""The form that undoes changes, on the schedule and on the pages of changes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import ChangeNotFoundError, ConflictError
from chalicelib.domain.text import Text
from chalicelib.domain.undo import describe_kept
from chalicelib.use_cases.manage_practice import MAX_DOCTORS
from chalicelib.web.api.change_parsing import parse_change_search, valid_change_id
from chalicelib.web.api.practice_parsing import parse_doctor_ids
from chalicelib.web.api.validators import invalid_field, parse_date, valid_doctor_id
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import links, schedule_responses
from chalicelib.web.pages.change_filters import filters_of
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.schedule import Schedule
from chalicelib.web.pages.schedule_responses import NOTHING_UNDONE, UNDONE, UNDONE_IN_PART, Outcome
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.audit_log import ChangeId
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.undo_changes import UndoneChange

# A practice day saves so many doctors, a week seven dates.
_MAX_CHANGES = MAX_DOCTORS
_PAGES = ("day", "week", "practice", "changes", "history")


class UndoForm(Struct, frozen=True, kw_only=True):
    """The changes to undo, and the page that sent the form, of one doctor or several."""

    changes: tuple[ChangeId, ...]
    page: str
    doctor_ids: tuple[str, ...]
    date: date

    @property
    def doctor_id(self) -> str:
        return self.doctor_ids[-1]


class _Results(Struct, frozen=True, kw_only=True):
    undone: tuple[UndoneChange, ...]
    errors: tuple[ConflictError | ChangeNotFoundError, ...]

    @property
    def changes(self) -> tuple[str, ...]:
        """The changes that the undo made."""
        ids = (each.saved.change_id for each in self.undone)
        return tuple(change_id for change_id in ids if change_id)

    def message_key(self, *, is_incomplete: bool) -> str:
        if not self.undone:
            return NOTHING_UNDONE
        return UNDONE_IN_PART if is_incomplete else UNDONE

    def reasons(self) -> Iterator[str]:
        """Sentences about what was not undone."""
        for each in self.undone:
            zone = each.saved.doctor.zone
            yield from (translate(describe_kept(kept, zone).message) for kept in each.kept)
        yield from (translate(error.detail) for error in self.errors)


def parse_undo_form(request: Request) -> UndoForm:
    """``POST /slots/undo`` from a page. Raises ``RequestRejectedError``."""
    fields = decode_fields(request, ("change_id", "page", "doctor_id", "date"))
    ids = fields["change_id"][-1].split()
    page = fields["page"][-1]
    if page not in _PAGES:
        raise invalid_field("page", Text("one of %(pages)s", pages=", ".join(_PAGES)))
    if not 1 <= len(ids) <= _MAX_CHANGES:
        raise invalid_field("change_id", Text("1 to %(limit)s changes", limit=_MAX_CHANGES))
    return UndoForm(
        changes=tuple(map(valid_change_id, ids)),
        page=page,
        doctor_ids=tuple(map(valid_doctor_id, fields["doctor_id"])),
        date=parse_date(fields["date"][-1]),
    )


def undo_form(caller: Caller, form: UndoForm, request: Request) -> Response:
    """Undo the changes, each by itself, and return to the page that sent the form.

    Raises ``ConflictError`` or ``ChangeNotFoundError`` if nothing is undone, for a client that
    wants no page.
    """
    results = _undo(caller, form)
    if not results.undone and not wants_html(request):
        raise results.errors[0]
    created = sum(each.saved.created for each in results.undone)
    request_context.current_request().metrics["Saves"] += created
    reasons = list(results.reasons())
    outcome = Outcome(results.message_key(is_incomplete=bool(reasons)), results.changes)
    if form.page in ("changes", "history"):
        url = _changes_url(form, request)
        return schedule_responses.redirect_with_flash(url, outcome, request)
    schedule = _read_schedule(caller, form, request)
    if not reasons:
        return schedule_responses.saved_response(outcome, schedule, (), caller, request)
    message = structs.replace(outcome.message(), text=_describe(results, reasons))
    status = HTTPStatus.OK if results.undone else HTTPStatus.CONFLICT
    return schedule_responses.rejected_response(
        schedule, {}, message, (), caller, request, status=status
    )


def _undo(caller: Caller, form: UndoForm) -> _Results:
    undone, errors = [], []
    for change in form.changes:
        try:
            undone.append(get_services().changes.undo_changes.undo(caller, change))
        except (ConflictError, ChangeNotFoundError) as error:
            errors.append(error)
    return _Results(undone=tuple(undone), errors=tuple(errors))


def _describe(results: _Results, reasons: Sequence[str]) -> str:
    if results.undone:
        return _("Undone, except: %(reasons)s.", reasons="; ".join(reasons))
    return _("Nothing was undone. %(reasons)s.", reasons="; ".join(reasons))


def _read_schedule(caller: Caller, form: UndoForm, request: Request) -> Schedule:
    services = get_services()
    if form.page == "practice":
        from chalicelib.web.pages import practice  # noqa: PLC0415  few undo on it

        ids = parse_doctor_ids(form.doctor_ids)
        return practice.read_schedule(caller, ids, form.date, request)
    if form.page == "week":
        week = services.manage_weeks.get_week(caller, form.doctor_id, form.date)
        return Schedule.of_week(week, form.date)
    return Schedule.of_day(services.manage_slots.get_day(caller, form.doctor_id, form.date))


def _changes_url(form: UndoForm, request: Request) -> str:
    base = url_prefix(request)
    if form.page == "history":
        return links.history_url(base, form.doctor_id, form.date)
    return links.changes_url(
        base, form.doctor_id, filters_of(parse_change_search(request, form.doctor_id))
    )
