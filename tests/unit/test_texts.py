"""Texts and dates of pages, in English and in another language."""

from __future__ import annotations

import shutil
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from chalicelib.web import dates, texts
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MONDAY = date(2026, 11, 30)
SUNDAY = date(2026, 12, 6)


@pytest.fixture
def german_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a German catalogue. The texts are English again after the test."""
    catalogue = Catalog(locale="de")
    catalogue.add("Monday", "Montag")
    catalogue.add("Signed in as %(name)s", "Angemeldet als %(name)s")
    catalogue.add(("%(count)s change", "%(count)s changes"), ("%(count)s Mal", "%(count)s Mal"))
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    path = tmp_path / "de" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(buffer.getvalue())
    yield tmp_path
    texts.set_language(texts.ENGLISH, None)
    shutil.rmtree(tmp_path)


def test_texts_are_english_without_catalogue() -> None:
    assert _("Signed in as %(name)s", name="Sam") == "Signed in as Sam"
    assert ngettext("%(count)s change", "%(count)s changes", 1) == "1 change"
    assert ngettext("%(count)s change", "%(count)s changes", 2) == "2 changes"


def test_catalogue_translates_texts(german_folder: Path) -> None:
    texts.set_language("de", str(german_folder))

    assert _("Signed in as %(name)s", name="Sam") == "Angemeldet als Sam"
    assert ngettext("%(count)s change", "%(count)s changes", 2) == "2 Mal"
    assert dates.weekday_name(MONDAY) == "Montag"


def test_text_that_catalogue_lacks_is_english(german_folder: Path) -> None:
    texts.set_language("de", str(german_folder))

    assert _("Settings") == "Settings"


def test_language_without_catalogue_is_english(tmp_path: Path) -> None:
    texts.set_language("cy", str(tmp_path))

    assert (_("Settings"), texts.language()) == ("Settings", "cy")
    texts.set_language(texts.ENGLISH, None)


@pytest.mark.parametrize(("tag", "direction"), [("en", "ltr"), ("ar", "rtl"), ("he-IL", "rtl")])
def test_language_has_writing_direction(tag: str, direction: str) -> None:
    texts.set_language(tag, None)

    assert texts.direction() == direction
    texts.set_language(texts.ENGLISH, None)


def test_dates_have_weekday_and_month_in_words() -> None:
    assert dates.format_date(MONDAY) == "Monday 30 November 2026"
    assert dates.format_day_and_month(MONDAY) == "Monday 30 November"
    assert dates.format_short_date(SUNDAY) == "Sun 6 Dec"
    assert dates.format_month(SUNDAY) == "December 2026"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 12, 7), date(2026, 12, 13), "7 – 13 December 2026"),
        (MONDAY, SUNDAY, "30 November – 6 December 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 – 3 January 2027"),
    ],
)
def test_range_names_common_month_and_year_once(first: date, last: date, text: str) -> None:
    assert dates.format_range(first, last) == text
