"""Decode items one by one, so that one that cannot be read affects no other.

Another release, or a repair by hand, may have written an item that this code does not understand.
Where several items are read, such an item is left out. Where it is the one that a request is about,
the request fails with ``UnreadableItemError``. Either way its key, never its content, goes into the
log, and the metric ``UnreadableItems`` counts it. The key of a booking record goes there without
the booking id.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from chalicelib import request_context
from chalicelib.domain.errors import UnreadableItemError
from chalicelib.storage import keys
from chalicelib.storage.models import DECODING_ERRORS, BaseItem, UnreadableItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item", bound=BaseItem)
T = TypeVar("T")


def decoder(decode: Callable[[Item], T]) -> Callable[[Item], T]:
    """Decorate a function that decodes an item: what fails in it raises ``UnreadableItemError``."""

    @wraps(decode)
    def decode_or_report(item: Item) -> T:
        if not isinstance(item, UnreadableItem):
            try:
                return decode(item)
            except DECODING_ERRORS:
                pass
        report_unreadable(item)
        raise UnreadableItemError

    return decode_or_report


def decode_readable(items: Iterable[Item], decode: Callable[[Item], T]) -> Iterator[T]:
    """Yield the values of those items that can be decoded."""
    for item in items:
        try:
            value = decode(item)
        except UnreadableItemError:
            continue
        yield value


def report_unreadable(item: BaseItem, *others: BaseItem) -> None:
    """Log the item's key with the current request, and count it.

    If there are others, one of all is unreadable, and it is unknown which.
    """
    names = ", ".join(keys.redact_key(each.pk, each.sk) for each in (item, *others))
    request_context.current_request().add_unreadable_item(f"one of {names}" if others else names)


def require(value: T | None) -> T:
    """Return the value of an attribute. Raises ``ValueError`` if the item does not have it."""
    if value is None:
        raise ValueError
    return value
