"""Sentences of the settings page: what others changed, and what hours mean for slots that exist."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotStatus
from chalicelib.web import dates
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.pages import setting_words
from chalicelib.web.pages.doctor_form import HOURS, DoctorForm
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.replacement import Misfits

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_PARTS_OF_ROW = 3


def describe_changes(form: DoctorForm, doctor: Doctor, authors: Mapping[str, str]) -> Iterator[str]:
    """Say what others changed since the form was rendered: old and new value, and who it was.

    Where the form was edited too, also what it has. ``authors`` are by setting; "" is the user.
    """
    stored, typed, touched = DoctorForm.of_doctor(doctor).values(), form.values(), form.touched()
    labels = setting_words.setting_labels()
    for name, after in stored.items():
        before = form.initial.get(name, after)
        if before == after:
            continue
        change = _("%(before)s → %(after)s", before=_words(name, before), after=_words(name, after))
        author = authors.get(name)
        sentence = (
            _("%(setting)s: %(change)s", setting=labels[name], change=change)
            if author is None
            else _(
                "%(setting)s: %(change)s, by %(name)s",
                setting=labels[name],
                change=change,
                name=author or _("you, in another tab"),
            )
        )
        if name in touched and typed[name] != after:
            yours = _words(name, typed[name])
            sentence = _("%(sentence)s. You have: %(value)s", sentence=sentence, value=yours)
        yield sentence


def describe_misfits(misfits: Misfits) -> str:
    """``41 open 20-minute slots stay until you close them; 3 are booked``."""
    parts = [_describe_free(misfits)] if misfits.free else []
    booked = sum(slot.status is SlotStatus.BOOKED for slot in misfits.taken)
    if booked:
        parts.append(
            ngettext("%(count)s is booked", "%(count)s are booked", booked)
            if parts
            else ngettext(
                "%(count)s booked slot doesn't fit these hours, and stays",
                "%(count)s booked slots don't fit these hours, and stay",
                booked,
            )
        )
    if held := len(misfits.taken) - booked:
        parts.append(ngettext("%(count)s is held", "%(count)s are held", held))
    return "; ".join(parts)


def _describe_free(misfits: Misfits) -> str:
    count, lengths = len(misfits.free), {slot.length for slot in misfits.free}
    if len(lengths) > 1:
        return ngettext(
            "%(count)s open slot stays until you close it",
            "%(count)s open slots stay until you close them",
            count,
        )
    return ngettext(
        "%(count)s open %(minutes)s-minute slot stays until you close it",
        "%(count)s open %(minutes)s-minute slots stay until you close them",
        count,
        minutes=lengths.pop() // _MINUTE,
    )


def _words(name: str, text: str) -> str:
    """The value of a setting in words; text that is no such value stays as it is."""
    if name == HOURS:
        return "; ".join(map(_describe_row, text.split("\n")))
    if name == "delegates":
        return ", ".join(filter(None, text.split("\n"))) or _("None")
    if not (text.isascii() and text.isdigit()):
        return text
    if name == "window_days":
        return setting_words.duration(int(text[:9]) * _DAY)
    return setting_words.duration(int(text[:9]) * _MINUTE)


def _describe_row(line: str) -> str:
    parts = line.split(" ")
    days = [code for code in parts[0].split(",") if code in WEEKDAYS]
    if len(parts) != _PARTS_OF_ROW or not days:
        return line
    weekdays = dates.format_weekdays([WEEKDAYS.index(code) for code in days])
    return f"{weekdays} {parts[1]}–{parts[2]}"
