"""The PynamoDB model of calendar feeds, which most requests do not need."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.storage.models import BaseItem


class CalendarFeedItem(BaseItem, discriminator="calendar_feed"):
    """A feed; ``secret_hash`` is the SHA-256 of the secret in its address."""

    name = UnicodeAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    version = NumberAttribute()
