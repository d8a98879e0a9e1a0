"""PynamoDB models of disruptions and their events, which most requests do not need."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.storage.models import BaseItem


class DisruptionsItem(BaseItem, discriminator="disruptions"):
    """The dates of a doctor on which marks were set or lifted, and may have to be announced.

    In the index, it stands at the instant from which on it has to be checked. ``version`` counts
    the writes.
    """

    version = NumberAttribute()
    dates = UnicodeSetAttribute(null=True)


class EventItem(BaseItem, discriminator="event"):
    """An event that the stream of the table publishes; ``detail`` is its JSON.

    DynamoDB deletes the item some time after ``expires_at`` (seconds since 1970).
    """

    detail_type = UnicodeAttribute()
    detail = UnicodeAttribute()
    expires_at = NumberAttribute()
