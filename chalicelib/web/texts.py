"""Texts in the language of the pages, from gettext catalogues.

The texts in the code are English. The setting ``PAGE_LANGUAGE`` names another language, whose
catalogue is ``<language>/LC_MESSAGES/messages.mo`` in the folder ``CATALOGUE_FOLDER``, as in GNU
gettext. A text that the catalogue lacks stays English.
"""

from __future__ import annotations

from gettext import NullTranslations, translation
from typing import TYPE_CHECKING

from chalicelib.domain.text import Text

if TYPE_CHECKING:
    from jinja2 import Environment

ENGLISH = "en"
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


class _Language:
    """The language of this process and its catalogue."""

    tag = ENGLISH
    catalogue = NullTranslations()


def set_language(tag: str, folder: str | None) -> None:
    """Set the language of the pages of this process, a BCP 47 tag, and the catalogues' folder."""
    names = [tag.replace("-", "_")]
    _Language.tag = tag
    _Language.catalogue = (
        translation("messages", folder, names, fallback=True) if folder else NullTranslations()
    )


def _(text: str, /, **values: object) -> str:
    """Translate a text, and put the values into its placeholders such as ``%(name)s``."""
    translated = _gettext(text)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Translate the form of a text that the count needs; ``%(count)s`` is the count."""
    return _ngettext(singular, plural, count) % {"count": count, **values}


def translate(text: str) -> str:
    """Translate a text of the domain: its template and, if they are texts too, its values."""
    if not isinstance(text, Text):
        return _gettext(text) if text else ""  # gettext has its header under ""
    values = {
        name: translate(value) if isinstance(value, Text) else value
        for name, value in text.values.items()
    }
    return _(text.template, **values)


def language() -> str:
    """The language of the pages as a BCP 47 tag, for ``lang`` in HTML."""
    return _Language.tag


def direction() -> str:
    """The writing direction of the pages, for ``dir`` in HTML: ``ltr`` or ``rtl``."""
    return "rtl" if language().partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def add_texts(environment: Environment) -> None:
    """Let templates translate by ``_("Text")``, and know ``language()`` and ``direction()``.

    As in Jinja's extension i18n, which the zip has no room for: the text of the catalogue is HTML,
    and values are escaped.
    """
    environment.globals |= {"_": _template_text, "language": language, "direction": direction}


def _template_text(text: str, /, **values: object) -> str:
    from markupsafe import Markup  # noqa: PLC0415  only templates need it

    in_catalogue = _gettext(text)
    translated = Markup(in_catalogue)  # noqa: S704  the catalogue is ours, and no part of a request  # nosec B704
    return translated % values if values else translated


def _gettext(text: str) -> str:
    return _Language.catalogue.gettext(text)


def _ngettext(singular: str, plural: str, count: int) -> str:
    return _Language.catalogue.ngettext(singular, plural, count)
