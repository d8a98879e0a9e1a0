"""The settings page of a doctor: a form, or for delegates what applies and who can change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.permissions import Role
from chalicelib.web.pages import messages, setting_words
from chalicelib.web.pages.doctor_form import DoctorForm
from chalicelib.web.pages.frame import SETTINGS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.settings_form import check_form, render_settings_form
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller


class SettingView(Struct, frozen=True, kw_only=True):
    """A setting and its values in words."""

    label: str
    values: tuple[str, ...]


class SettingsPage(Struct, frozen=True, kw_only=True):
    """The values of the page."""

    doctor_id: str
    doctor_name: str
    settings: tuple[SettingView, ...]
    advice: str


def render_settings(caller: Caller, doctor: Doctor, request: Request) -> Response:
    """Render the form of the settings; for a delegate, the settings that they may see."""
    if caller.role_for(doctor) is not Role.DELEGATE:
        state = check_form(caller, doctor, DoctorForm.of_doctor(doctor))
        return render_settings_form(caller, doctor, state, request)
    page = SettingsPage(
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        settings=_views(doctor),
        advice=_advice(doctor),
    )
    frame = build_frame(request, caller, section=SETTINGS, doctor=doctor, path="/settings")
    return render("settings.html", page, frame)


def _views(doctor: Doctor) -> tuple[SettingView, ...]:
    labels, grid = setting_words.setting_labels(), doctor.grid
    values: dict[str, list[str]] = {
        "name": [doctor.name],
        "specialty": [setting_words.words_of(doctor.specialty)],
        "location": [doctor.location],
        "time_zone": [messages.format_zone(doctor.zone)],
        "sessions": setting_words.hours(grid.sessions),
        "slot_minutes": [setting_words.duration(grid.slot_length)],
        "lead_minutes": [setting_words.notice(doctor.lead_time)],
        "window_days": [setting_words.duration(doctor.booking_window)],
        "active": [_("Patients can book") if doctor.is_active else _("Patients can't book")],
    }
    return tuple(
        SettingView(label=labels[name], values=tuple(texts)) for name, texts in values.items()
    )


def _advice(doctor: Doctor) -> str:
    """Say who can change the settings."""
    return _("%(name)s or an administrator can change these settings.", name=doctor.name)
