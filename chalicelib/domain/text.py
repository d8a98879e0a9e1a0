"""Texts for people that know their template, so that the web layer can translate them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Text(str):
    """An English text, made of a template with placeholders such as ``%(name)s`` and its values.

    It is a string, so that logs and tests need no translation. A value can be a ``Text`` itself.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Put the values into the template."""
        made = super().__new__(cls, template % values if values else template)
        made.template = template
        made.values = values
        return made
