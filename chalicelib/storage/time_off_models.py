"""PynamoDB model of time off, which most requests do not need."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute

from chalicelib.storage.models import BaseItem


class TimeOffItem(BaseItem, discriminator="time_off"):
    """The latest version of time off, in the format of ``time_off_mapping``."""

    time_off = JSONAttribute()
    version = NumberAttribute()
