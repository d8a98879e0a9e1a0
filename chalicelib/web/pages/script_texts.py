"""Texts of the scripts: every page brings them as JSON, and ``static/texts.js`` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

# The placeholder stays: the script knows the count.
_COUNT = "%(count)s"
# A count of each plural category of Unicode's CLDR, in the languages that have it.
_SAMPLE_COUNTS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}

Forms = dict[str, str]


def script_texts() -> dict[str, str | Forms]:
    """Return the texts by key, those with a count by plural category."""
    return _page_texts() | _save_bar_texts() | _message_texts() | _news_texts()


def _forms(translate: Callable[[int], str]) -> Forms:
    """Translate for each plural category; ``other`` is for those that have no other form.

    A browser knows which category a count has (``Intl.PluralRules``), gettext only which form.
    """
    forms = {category: translate(count) for category, count in _SAMPLE_COUNTS.items()}
    other = forms["other"]
    return {name: form for name, form in forms.items() if form != other} | {"other": other}


def _page_texts() -> dict[str, str | Forms]:
    return {
        "signedOut": _("You've been signed out"),
        "signIn": _("Sign in"),
        "unsavedStay": _forms(
            lambda n: ngettext(
                "Your 1 unsaved change will be here when you sign in.",
                "Your %(count)s unsaved changes will be here when you sign in.",
                n,
                count=_COUNT,
            )
        ),
        "noAccess": _("You don't have access"),
        "openOwnSchedule": _("Open your own schedule"),
        "offline": _(
            "You're offline. This page may be out of date."
            " Your changes are safe; we'll keep trying to reconnect."
        ),
        "saveFailed": _(
            "We couldn't save because you're offline."
            " Your changes are still here. Try again in a moment."
        ),
        "loadFailed": _(
            "We couldn't load this because you're offline."
            " Your changes are still here. Try again in a moment."
        ),
    }


def _save_bar_texts() -> dict[str, str | Forms]:
    return {
        "willOpen": _("will open"),
        "willClose": _("will close"),
        "changes": _forms(lambda n: ngettext("1 change", "%(count)s changes", n, count=_COUNT)),
        "days": _forms(lambda n: ngettext("1 day", "%(count)s days", n, count=_COUNT)),
        "changesOnDays": _("%(changes)s on %(days)s"),
        "changesForDoctors": _forms(
            lambda n: ngettext(
                "%(changes)s for 1 doctor",
                "%(changes)s for %(count)s doctors",
                n,
                changes="%(changes)s",
                count=_COUNT,
            )
        ),
        "toOpen": _("%(count)s to open"),
        "toClose": _("%(count)s to close"),
        "toOpenAndClose": _("%(open)s, %(close)s"),
        "save": _("Save"),
        "saveChanges": _forms(
            lambda n: ngettext("Save 1 change", "Save %(count)s changes", n, count=_COUNT)
        ),
        "saving": _("Saving…"),
        "unsavedElsewhere": _("Unsaved on other days: %(days)s"),
        "otherDays": _forms(
            lambda n: ngettext("1 other day", "%(count)s other days", n, count=_COUNT)
        ),
        "doctorAndDay": _("%(doctor)s, %(day)s"),
        "reviewTitle": _("Unsaved changes"),
        "close": _("Close"),
        "discarded": _("Discarded: %(changes)s."),
        "undo": _("Undo"),
    }


def _message_texts() -> dict[str, str | Forms]:
    return {
        "saveCommitted": _("Good news: your last save did go through"),
        "lostChanges": _forms(
            lambda n: ngettext(
                "Your change to %(times)s can no longer be saved",
                "Your changes to %(times)s can no longer be saved",
                n,
                times="%(times)s",
            )
        ),
        "changedMeanwhile": _forms(
            lambda n: ngettext(
                "%(days)s has changed since you made your changes. Check them before you save.",
                "%(days)s have changed since you made your changes. Check them before you save.",
                n,
                days="%(days)s",
            )
        ),
        "hoursChanged": _("Your hours for this day have changed"),
        "hoursOfWeekChanged": _("Your hours for these days have changed"),
        "moreTimes": _("%(count)s more"),
    }


def _news_texts() -> dict[str, str | Forms]:
    """Say what the slots became that others changed; the end of a key is a box's kind."""
    times = "%(times)s"
    return {
        "becameFree": _forms(
            lambda n: ngettext("%(times)s is now open", "%(times)s are now open", n, times=times)
        ),
        "becameBooked": _forms(
            lambda n: ngettext(
                "%(times)s is now booked", "%(times)s are now booked", n, times=times
            )
        ),
        "becameHeld": _forms(
            lambda n: ngettext("%(times)s is now held", "%(times)s are now held", n, times=times)
        ),
        "becameOff": _forms(
            lambda n: ngettext(
                "%(times)s is now closed", "%(times)s are now closed", n, times=times
            )
        ),
        "becameBlocked": _forms(
            lambda n: ngettext(
                "%(times)s now overlaps another slot",
                "%(times)s now overlap another slot",
                n,
                times=times,
            )
        ),
        "becameAway": _forms(
            lambda n: ngettext(
                "%(times)s is now in time off", "%(times)s are now in time off", n, times=times
            )
        ),
        "becamePast": _forms(
            lambda n: ngettext(
                "%(times)s is now in the past", "%(times)s are now in the past", n, times=times
            )
        ),
    }
