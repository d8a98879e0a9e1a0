"""The settings page of a doctor: what applies, and who can change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.permissions import Role
from chalicelib.web.pages import messages, setting_words
from chalicelib.web.pages.frame import SETTINGS, build_frame
from chalicelib.web.pages.rendering import render
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
    """Render the settings that the caller may see."""
    page = SettingsPage(
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        settings=_views(caller, doctor),
        advice=_advice(caller, doctor),
    )
    frame = build_frame(request, caller, section=SETTINGS, doctor=doctor, path="/settings")
    return render("settings.html", page, frame)


def _views(caller: Caller, doctor: Doctor) -> tuple[SettingView, ...]:
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
    if caller.can_see_delegates(doctor):
        values["delegates"] = sorted(doctor.delegates) or [_("None")]
    return tuple(
        SettingView(label=labels[name], values=tuple(texts)) for name, texts in values.items()
    )


def _advice(caller: Caller, doctor: Doctor) -> str:
    """Say who can change the settings."""
    if caller.role_for(doctor) is Role.DELEGATE:
        return _(
            "%(name)s or an administrator can change these settings.",
            name=doctor.name,
        )
    return _(
        "The doctor or an administrator can change the hours, slot length, notice, booking window "
        "and delegates. Only an administrator can change the rest."
    )
