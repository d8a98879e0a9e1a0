"""PynamoDB models of time off and closures, which most requests do not need."""

from __future__ import annotations

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.storage.models import BaseItem


class TimeOffItem(BaseItem, discriminator="time_off"):
    """The latest version of time off, in the format of ``time_off_mapping``.

    ``counted_version`` is the version of a closure of which the doctor is counted as done.
    """

    time_off = JSONAttribute()
    version = NumberAttribute()
    counted_version = NumberAttribute(null=True)


class ClosureItem(BaseItem, discriminator="closure"):
    """A closure of the practice, and how many doctors are found and done.

    ``cursor`` is where the next page of doctors begins, until the item ``has_all`` of them.
    """

    closure = JSONAttribute()
    version = NumberAttribute()
    is_lifted = BooleanAttribute()
    expected = NumberAttribute()
    found = NumberAttribute()
    done = NumberAttribute()
    cursor = UnicodeAttribute(null=True)
    has_all = BooleanAttribute()
