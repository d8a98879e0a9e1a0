"""Filters of doctors by specialty and location, on the practice day and the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class FilterOption(Struct, frozen=True, kw_only=True):
    """A choice of a filter."""

    value: str
    name: str
    is_chosen: bool


def filter_options(values: Iterable[str], chosen: str | None) -> tuple[FilterOption, ...]:
    """Return the values by name, with the chosen one even if it is not among them."""
    found = sorted({*values, *([chosen] if chosen else [])}, key=str.casefold) if values else []
    return tuple(FilterOption(value=each, name=each, is_chosen=each == chosen) for each in found)
