"""The page on which admins add a doctor: the settings, the hours, and the sign-in in one form."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from chalicelib import closure_services, request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain import time_zones
from chalicelib.domain.errors import RequestRejectedError, SettingsMismatchError
from chalicelib.domain.names import trim_name
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import is_valid_doctor_id
from chalicelib.use_cases.preconditions import Precondition
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import accounts, doctor_sign_in
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.doctor_form import DoctorForm, HoursRow
from chalicelib.web.pages.doctor_form_parsing import parse_doctor_form
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.frame import DOCTORS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.settings_form import weekday_options
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor, DoctorSettings
    from chalicelib.domain.permissions import Caller

_PREFIX = "dr"
_MAX_ID = 60
_MAX_NUMBER = 20
_WORKDAYS = frozenset(WEEKDAYS[:5])
_DEFAULT_ROWS = (
    HoursRow(days=_WORKDAYS, start="09:00", end="12:00"),
    HoursRow(days=_WORKDAYS, start="13:00", end="17:00"),
)


class NewDoctorPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``invites_by`` is ``email``, ``page``, or empty for no invitation."""

    base: str
    form: DoctorForm
    doctor_id: str
    email: str
    invites_by: str
    zones: Sequence[str]
    weekdays: Sequence[tuple[str, str, str]]
    errors: Mapping[str, str]
    focus: int


class _Sent(Struct, frozen=True, kw_only=True):
    """The form as it was sent."""

    form: DoctorForm
    doctor_id: str = ""
    email: str = ""


def render_new_doctor(caller: Caller, request: Request) -> Response:
    """Render the empty form, with the hours and the time zone that most doctors have."""
    offered = get_services().list_doctors.list_choices(caller).doctors
    (zone, _count), *_others = [*Counter(each.zone.key for each in offered).most_common(1), ("", 0)]
    form = DoctorForm(rows=_DEFAULT_ROWS, time_zone=zone)
    return _render(caller, request, _Sent(form=form), {})


def save_form(caller: Caller, request: Request) -> Response:
    """Create the doctor and their sign-in; with errors, render the form again.

    If the same form is sent again, the existing doctor is kept and the remaining steps are done.
    """
    fields = decode_fields(request, ())
    sent = _Sent(
        form=DoctorForm.of_fields(fields),
        doctor_id=fields.get("doctor_id", [""])[-1].strip().lower(),
        email=fields.get("email", [""])[-1].strip(),
    )
    if act := fields.get("act", [""])[-1]:
        return _change_rows(caller, request, sent, act)
    parsed = parse_doctor_form(sent.form, sent.doctor_id or _PREFIX)
    errors = {**parsed.errors, **_errors_of(sent)}
    if parsed.settings is None or errors:
        return _reject(caller, request, sent, errors)
    settings = _with_id(parsed.settings, sent)
    if settings is None:
        sentence = _("Enter an ID: none can be made from the name, or all of them are taken")
        return _reject(caller, request, sent, {"doctor_id": sentence})
    return _create(caller, request, sent, settings)


def _create(caller: Caller, request: Request, sent: _Sent, settings: DoctorSettings) -> Response:
    services = get_services()
    if sentence := accounts.name_error(settings.doctor_id, sent.email, Role.DOCTOR):
        return _reject(caller, request, sent, {"doctor_id": sentence})
    try:
        doctor = services.manage_doctors.put(
            caller, settings, Precondition(must_be_new=True)
        ).doctor
    except RequestRejectedError as error:
        return _reject(caller, request, sent, errors_by_field(error))
    except SettingsMismatchError:
        doctor = services.doctors.get(settings.doctor_id)
        if not _is_same(doctor, settings):
            sentence = _("Another doctor has the ID %(id)s", id=settings.doctor_id)
            return _reject(caller, request, sent, {"doctor_id": sentence})
    closure_services.apply_to_doctor(services, doctor.doctor_id)
    return doctor_sign_in.invite(caller, request, doctor, sent.email or None, is_added=True)


def _change_rows(caller: Caller, request: Request, sent: _Sent, act: str) -> Response:
    form = sent.form
    number = act.removeprefix("remove:")
    if act == "add":
        form = form.with_row()
    elif number.isascii() and number.isdecimal() and 0 < int(number[:4]) <= len(form.rows):
        form = form.without_row(int(number[:4]))
    focus = len(form.rows)
    return _render(caller, request, structs.replace(sent, form=form), {}, focus=focus)


def _reject(caller: Caller, request: Request, sent: _Sent, errors: Mapping[str, str]) -> Response:
    accounts.require_html_client(request, errors)
    request_context.current_request().code = "invalid"
    return _render(caller, request, sent, errors)


def _render(
    caller: Caller, request: Request, sent: _Sent, errors: Mapping[str, str], *, focus: int = 0
) -> Response:
    page = NewDoctorPage(
        base=url_prefix(request),
        form=sent.form,
        doctor_id=sent.doctor_id,
        email=sent.email,
        invites_by=accounts.invites_by(),
        zones=time_zones.canonical_names(),
        weekdays=weekday_options(),
        errors=errors,
        focus=focus,
    )
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    frame = build_frame(request, caller, section=DOCTORS)
    return render("new_doctor.html", page, frame, status=status)


def _errors_of(sent: _Sent) -> dict[str, str]:
    errors: dict[str, str] = {}
    if sent.doctor_id and not is_valid_doctor_id(sent.doctor_id):
        errors["doctor_id"] = _(
            "Doctor ID can have 1 to 64 letters, digits, hyphens and underscores"
        )
    if error := accounts.email_error(sent.email):
        errors["email"] = error
    return errors


def _with_id(settings: DoctorSettings, sent: _Sent) -> DoctorSettings | None:
    """Return the settings with the id of the form, or with one made of the name."""
    if sent.doctor_id:
        return settings
    candidates = suggest_ids(settings.name)
    existing = get_services().doctors.get_many(candidates)
    for doctor_id in candidates:
        suggested = replace(settings, doctor_id=doctor_id)
        if doctor_id not in existing or _is_same(existing[doctor_id], suggested):
            return suggested
    return None


def suggest_ids(name: str) -> list[str]:
    """Return ids for a doctor of that name, the best first: ``dr-haddad``, ``dr-noor-haddad``."""
    folded = unicodedata.normalize("NFKD", trim_name(name)).encode("ascii", "ignore").decode()
    words = [word for word in re.findall(r"[a-z0-9]+", folded.lower()) if word != _PREFIX]
    if not words:
        return []
    short = f"{_PREFIX}-{words[-1]}"[:_MAX_ID]
    full = "-".join([_PREFIX, *words])[:_MAX_ID]
    numbered = [f"{full}-{number}" for number in range(2, _MAX_NUMBER)]
    return [*dict.fromkeys([short, full, *numbered])]


def _is_same(doctor: Doctor, settings: DoctorSettings) -> bool:
    """Return whether the form was sent before."""
    wanted = settings.to_doctor()
    return replace(wanted, version=doctor.version, reindex_pending=doctor.reindex_pending) == doctor
