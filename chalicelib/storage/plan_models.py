"""PynamoDB models of series and plans, which most requests do not need."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import msgspec
from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.constants import STRING

from chalicelib.storage.models import BaseItem


class CompressedJSONAttribute(Attribute[Any]):
    """JSON in a string: deflated, then base64. A year's slots would else be half of an item."""

    attr_type = STRING

    def serialize(self, value: Any) -> str:  # noqa: ANN401  any JSON
        return base64.b64encode(zlib.compress(msgspec.json.encode(value))).decode()

    def deserialize(self, value: str) -> Any:  # noqa: ANN401  any JSON
        try:
            return msgspec.json.decode(zlib.decompress(base64.b64decode(value, validate=True)))
        except (zlib.error, msgspec.DecodeError) as error:
            raise ValueError(value) from error


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
    midnight UTC of the date. ``imported`` has the starts of the slots of an import with their
    lengths in minutes.
    """

    plan_kind = UnicodeAttribute(attr_name="kind")
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    dates = CompressedJSONAttribute()
    closing = CompressedJSONAttribute()
    imported = CompressedJSONAttribute(null=True)
    has_started = BooleanAttribute(null=True)
    applied_through = UnicodeAttribute(null=True)
    series = JSONAttribute(null=True)
    replaced = NumberAttribute(null=True)
    undoes = UnicodeAttribute(null=True)
    # Days to the third bookable slot: before and after.
    third_next = JSONAttribute(null=True)
    expires_at = NumberAttribute(null=True)
