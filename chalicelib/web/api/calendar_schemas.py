"""The JSON of calendar feeds."""

from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.web.api.fields import Instant, short_text

FeedId = Annotated[str, Meta(description="A calendar feed's id.", examples=["1f0c9ae27b35"])]
FeedFile = Annotated[
    str,
    Meta(
        description="The doctor, the feed and its secret.", examples=["dr-lee~1f0c9ae27b35~s.ics"]
    ),
]
FeedName = Annotated[str, short_text("Who reads the feed, or where.", "Phone of Dr Lee")]


class CalendarFeedRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """A calendar feed to create."""

    name: FeedName


class CalendarFeed(Struct, kw_only=True):
    """A calendar feed. Its URL is not stored."""

    feed_id: FeedId
    name: FeedName
    created_at: Instant
    created_by: Annotated[str, Meta(description="The name of the person who created it.")]


class CalendarFeedList(Struct, kw_only=True):
    """The oldest first."""

    calendar_feeds: list[CalendarFeed]


class CalendarFeedAddress(Struct, kw_only=True):
    """The secret URL of a feed, which is shown once."""

    feed_id: FeedId
    url: Annotated[
        str,
        Meta(
            description="The secret URL for calendar programs.",
            extra_json_schema={"format": "uri"},
        ),
    ]
