"""Act on the form of a doctor's settings: redraw it, or save what it has."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError, SettingsMismatchError
from chalicelib.domain.permissions import Role
from chalicelib.use_cases.preconditions import Precondition
from chalicelib.web.api.validators import invalid_field, valid_doctor_id
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import plan_links, schedule_responses, settings_words
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.doctor_form import IDENTITY, TEXT_FIELDS, DoctorForm
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.plan import redirect_to_plan
from chalicelib.web.pages.settings_form import (
    KEEP,
    OPEN_SLOTS,
    REPLACE,
    SettingsState,
    check_form,
    render_settings_form,
)
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor, DoctorSettings
    from chalicelib.domain.permissions import Caller

_SAVE, _SHOW, _ADD = "save", "show", "add"
_REMOVE = re.compile(r"remove:(\d{1,3})", re.ASCII)


def submit(caller: Caller, request: Request) -> Response:
    """Do what the button of the form says; without one, save."""
    fields = decode_fields(request, ("doctor_id",))
    caller.require_can_configure_id(fields["doctor_id"][-1])
    doctor_id = valid_doctor_id(fields["doctor_id"][-1])
    doctor = get_services().doctors.get(doctor_id)
    form = _read_form(caller, doctor, fields)
    act, choice = fields.get("act", [_SAVE])[-1], fields.get(OPEN_SLOTS, [""])[-1]
    if choice not in ("", KEEP, REPLACE):
        raise invalid_field(OPEN_SLOTS, f"{KEEP} or {REPLACE}")
    if act == _SAVE:
        return _save(caller, doctor, check_form(caller, doctor, form, choice), request)
    form, focus = _edit(form, act)
    state = check_form(caller, doctor, form, choice)
    if act != _SHOW:  # who adds a row has not finished the form
        state = structs.replace(state, errors={}, focus=focus)
    return render_settings_form(caller, doctor, state, request)


def _read_form(caller: Caller, doctor: Doctor, fields: Mapping[str, Sequence[str]]) -> DoctorForm:
    """The form as sent; what it lacks, and what the caller can't change, is as stored."""
    sent, stored = DoctorForm.of_fields(fields), DoctorForm.of_doctor(doctor)
    is_admin = Role.ADMIN in caller.roles
    allowed = {name for name in fields if is_admin or name not in IDENTITY} - {"time_zone"}
    return structs.replace(
        sent,
        **{name: getattr(stored, name) for name in TEXT_FIELDS if name not in allowed},
        rows=sent.rows if "from_1" in fields else stored.rows,
        version=sent.version if "version" in fields else stored.version,
        initial=sent.initial if "version" in fields else stored.initial,
    )


def _edit(form: DoctorForm, act: str) -> tuple[DoctorForm, int]:
    """Add or remove a row of the hours; return the number of the row to focus too."""
    if act == _SHOW:
        return form, 0
    if act == _ADD:
        added = form.with_row()
        return added, len(added.rows)
    removed = _REMOVE.fullmatch(act)
    if removed is None:
        raise invalid_field("act", "one of save, show, add, remove:1")
    number = int(removed[1])
    return form.without_row(number), max(1, number - 1)


def _save(caller: Caller, doctor: Doctor, state: SettingsState, request: Request) -> Response:
    if state.settings is None:
        return _rejected(caller, doctor, state, state.errors, request)
    if state.misfits.free and not state.choice:
        errors = {OPEN_SLOTS: _("Choose what happens to the open slots")}
        return _rejected(caller, doctor, state, errors, request)
    try:
        is_saved = _put_if_changed(caller, doctor, state, state.settings)
    except SettingsMismatchError as error:
        request_context.current_request().code = error.code
        return _render_conflict(caller, state, doctor.doctor_id, request)
    except RequestRejectedError as error:
        if not wants_html(request):
            raise
        request_context.current_request().code = error.code
        return _rejected(caller, doctor, state, errors_by_field(error), request)
    if state.choice == REPLACE and state.misfits.free:
        return _replace_open_slots(caller, doctor.doctor_id, is_saved=is_saved, request=request)
    return _saved(doctor.doctor_id, is_saved=is_saved, request=request)


def _put_if_changed(
    caller: Caller, doctor: Doctor, state: SettingsState, settings: DoctorSettings
) -> bool:
    """Save the settings if the form has other ones. Raises ``SettingsMismatchError``."""
    form = state.form
    if form.version != doctor.version and _has_changed(form, doctor):
        raise SettingsMismatchError(doctor.version)
    if form.values() == DoctorForm.of_doctor(doctor).values():
        return False
    # Settings of another version that are the same have only been indexed again.
    precondition = Precondition(expected=frozenset({doctor.version}))
    get_services().manage_doctors.put(caller, settings, precondition)
    return True


def _has_changed(form: DoctorForm, doctor: Doctor) -> bool:
    """Whether others have changed a field of the form since it was rendered."""
    stored = DoctorForm.of_doctor(doctor).values()
    return any(form.initial.get(name) != text for name, text in stored.items())


def _render_conflict(
    caller: Caller, state: SettingsState, doctor_id: str, request: Request
) -> Response:
    """Render the form on the settings as they are now, with what others have changed.

    What was edited stays, so that a second save is made on top of their changes.
    """
    services = get_services()
    doctor = services.doctors.get(doctor_id)
    authors = services.changes.list_changes.find_settings_authors(
        caller, doctor, state.form.version
    )
    others = tuple(settings_words.describe_changes(state.form, doctor, authors))
    rebased = check_form(caller, doctor, state.form.rebased(doctor), state.choice)
    state = structs.replace(rebased, others=others)
    return render_settings_form(
        caller, doctor, state, request, status=HTTPStatus.PRECONDITION_FAILED
    )


def _rejected(
    caller: Caller,
    doctor: Doctor,
    state: SettingsState,
    errors: Mapping[str, str],
    request: Request,
) -> Response:
    state = structs.replace(state, errors=errors)
    return render_settings_form(caller, doctor, state, request, status=HTTPStatus.BAD_REQUEST)


def _replace_open_slots(
    caller: Caller, doctor_id: str, *, is_saved: bool, request: Request
) -> Response:
    """Show the preview of the plan; if there is nothing to replace any more, the settings."""
    try:
        view = get_services().plans.propose_hours.propose(caller, doctor_id)
    except RequestRejectedError:
        return _saved(doctor_id, is_saved=is_saved, request=request)
    return redirect_to_plan(view.plan, request)


def _saved(doctor_id: str, *, is_saved: bool, request: Request) -> Response:
    key = schedule_responses.SETTINGS_SAVED if is_saved else schedule_responses.UNCHANGED
    url = plan_links.settings_url(url_prefix(request), doctor_id)
    return schedule_responses.redirect_with_flash(url, schedule_responses.Outcome(key), request)
