"""The page on which a doctor or an admin changes a doctor's settings."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.doctor import require_day_can_be_saved
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.permissions import Role
from chalicelib.domain.replacement import Misfits
from chalicelib.web import dates
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import links, messages, setting_words, settings_words
from chalicelib.web.pages.doctor_form_parsing import parse_doctor_form
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.frame import SETTINGS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_responses import clear_flash, flash_outcome
from chalicelib.web.pages.week_preview import WeekPreview, build_week_preview
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor, DoctorSettings
    from chalicelib.domain.permissions import Caller
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.doctor_form import DoctorForm
    from chalicelib.web.pages.schedule_view import FlashMessage

KEEP, REPLACE = "keep", "replace"
OPEN_SLOTS = "open_slots"


class SettingsState(Struct, frozen=True, kw_only=True):
    """The form with what belongs to it: ``settings`` is None if there are errors.

    ``choice`` is what to do with the open slots among the ``misfits``, "" if none was made.
    ``others`` says what others have changed meanwhile. ``focus`` is a row of the hours.
    """

    form: DoctorForm
    settings: DoctorSettings | None
    errors: Mapping[str, str]
    misfits: Misfits = Misfits((), ())
    choice: str = ""
    others: tuple[str, ...] = ()
    focus: int = 0


class PreviewPage(Struct, frozen=True, kw_only=True):
    """The part of the page that changes with its fields; without a ``week``, ``hint`` says why."""

    week: WeekPreview | None
    hint: str
    effect: str
    has_choice: bool
    choice: str
    errors: Mapping[str, str]


class SettingsFormPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``fixed`` are settings in words that the user can't change here."""

    base: str
    doctor_id: str
    doctor_name: str
    time_zone: str
    form: DoctorForm
    initial: str
    has_names: bool
    weekdays: tuple[tuple[str, str, str], ...]
    fixed: tuple[tuple[str, str], ...]
    advice: str
    preview: PreviewPage
    errors: Mapping[str, str]
    others: tuple[str, ...]
    focus: int
    message: FlashMessage | None
    back_url: str


def check_form(caller: Caller, doctor: Doctor, form: DoctorForm, choice: str = "") -> SettingsState:
    """Parse the form, and find the slots that its hours would not have."""
    parsed = parse_doctor_form(form, doctor.doctor_id)
    settings, errors = parsed.settings, dict(parsed.errors)
    if settings is None:
        return SettingsState(form=form, settings=None, errors=errors, choice=choice)
    changed = settings.to_doctor()
    services = get_services()
    if not changed.grid.has_same_slots(doctor.grid):
        try:
            require_day_can_be_saved(changed, local_time.local_date(services.now(), doctor.zone))
        except RequestRejectedError as error:
            return SettingsState(
                form=form, settings=None, errors=errors_by_field(error), choice=choice
            )
    misfits = services.plans.propose_hours.find_misfits(caller, doctor, changed.grid)
    return SettingsState(form=form, settings=settings, errors={}, misfits=misfits, choice=choice)


def render_settings_form(
    caller: Caller,
    doctor: Doctor,
    state: SettingsState,
    request: Request,
    *,
    status: int = HTTPStatus.OK,
) -> Response:
    """Render the page; for htmx the part that changes with the fields."""
    if is_htmx(request):
        return render("_settings_preview.html", _preview(state))
    flash = flash_outcome(request) if request.method == "GET" else None
    message = flash.message() if flash else None
    page = _build_page(caller, doctor, state, url_prefix(request), message)
    headers: Headers = {"Set-Cookie": clear_flash(request)} if flash else {}
    frame = build_frame(request, caller, section=SETTINGS, doctor=doctor, path="/settings")
    return render("settings_form.html", page, frame, status=status, headers=headers)


def _build_page(
    caller: Caller, doctor: Doctor, state: SettingsState, base: str, message: FlashMessage | None
) -> SettingsFormPage:
    is_admin = Role.ADMIN in caller.roles
    return SettingsFormPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        form=state.form,
        initial=msgspec.json.encode(state.form.initial).decode(),
        has_names=is_admin,
        weekdays=weekday_options(),
        fixed=_fixed_settings(doctor, has_names=not is_admin),
        advice="" if is_admin else _("Only an administrator can change these."),
        preview=_preview(state),
        errors=state.errors,
        others=state.others,
        focus=state.focus,
        message=message,
        back_url=links.landing_url(base, "week", doctor.doctor_id),
    )


def weekday_options() -> tuple[tuple[str, str, str], ...]:
    """The code, the short name and the name of each weekday."""
    return tuple(
        (code, dates.short_weekday_name_of(day), dates.weekday_name_of(day))
        for day, code in enumerate(WEEKDAYS)
    )


def _fixed_settings(doctor: Doctor, *, has_names: bool) -> tuple[tuple[str, str], ...]:
    labels = setting_words.setting_labels()
    values = {
        "name": doctor.name,
        "specialty": setting_words.words_of(doctor.specialty),
        "location": doctor.location,
    }
    shown = values if has_names else {}
    shown |= {
        "time_zone": messages.format_zone(doctor.zone),
        "active": _("Patients can book") if doctor.is_active else _("Patients can't book"),
    }
    return tuple((labels[name], value) for name, value in shown.items())


def _preview(state: SettingsState) -> PreviewPage:
    doctor = state.settings.to_doctor() if state.settings else None
    return PreviewPage(
        week=build_week_preview(doctor.grid) if doctor else None,
        hint="" if doctor else "; ".join(list(state.errors.values())[:1]),
        effect=settings_words.describe_misfits(state.misfits),
        has_choice=bool(state.misfits.free),
        choice=state.choice or KEEP,
        errors={key: text for key, text in state.errors.items() if key == OPEN_SLOTS},
    )
