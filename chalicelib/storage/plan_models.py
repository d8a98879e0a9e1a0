"""PynamoDB models of series and plans, which most requests do not need."""

from __future__ import annotations

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.storage.models import BaseItem


class SeriesItem(BaseItem, discriminator="series"):
    """One version of a series.

    ``series`` has the format of ``series_mapping``. ``applied_to`` is the last date to which the
    version is applied everywhere; without it, its plan has not ended. Versions that may have to be
    applied to later dates are in the index, in a partition of their own, by doctor.
    """

    series = JSONAttribute()
    applied_to = UnicodeAttribute(null=True)


class PlanItem(BaseItem, discriminator="plan"):
    """A plan. DynamoDB deletes one that has not started some time after ``expires_at``.

    ``closing`` has, by date, the starts of the slots that the preview closes: in minutes after
    midnight UTC of the date. ``imported`` has the starts of the slots that an import or new hours
    open, with their lengths in minutes and the series that they belong to. Both and ``dates`` are
    compressed JSON (``compression``), which is not decoded with the item: each save of a plan reads
    the item for its state alone.
    """

    plan_kind = UnicodeAttribute(attr_name="kind")
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    dates = UnicodeAttribute()
    closing = UnicodeAttribute()
    imported = UnicodeAttribute(null=True)
    has_started = BooleanAttribute(null=True)
    applied_through = UnicodeAttribute(null=True)
    series = JSONAttribute(null=True)
    time_off = JSONAttribute(null=True)
    replaced = NumberAttribute(null=True)
    undoes = UnicodeAttribute(null=True)
    undone_by = UnicodeAttribute(null=True)
    unchanged_series = UnicodeAttribute(null=True)
    # Days to the third bookable slot: before and after.
    third_next = JSONAttribute(null=True)
    expires_at = NumberAttribute(null=True)
