"""What a request to DynamoDB consumes, by the rules that AWS has published.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value = dict[str, Any]
Item = dict[str, Value]

_READ_UNIT_BYTES = 4096
_WRITE_UNIT_BYTES = 1024
INDEX_KEY = ("GSI1PK", "GSI1SK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """An item as it was before a request and after it; None where it was not there."""

    key: Item
    before: Item | None
    after: Item | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call of DynamoDB: ``read`` are the items that it brought, None for one that is not there.

    ``written`` are those that it wrote, or would have, or looked at to see whether it may.
    """

    operation: str
    parameters: Mapping[str, Any]
    is_consistent: bool = False
    items_read: Sequence[Item | None] = ()
    writes: Sequence[Write] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Read units, write units of the table, and write units of its index."""

    read: float = 0
    write: int = 0
    index: int = 0

    def __add__(self, other: Units) -> Units:
        """Of both together."""
        return Units(
            read=self.read + other.read,
            write=self.write + other.write,
            index=self.index + other.index,
        )

    def __str__(self) -> str:
        return f"{self.read:g} / {self.write} / {self.index}"


def consumed_units(request: Request) -> Units:
    """What the request consumes, a cancelled transaction like one that is carried out.

    A condition that fails consumes what a write of the item as it stands would. A transaction
    consumes twice, for each item is prepared and then written; what it changes in the index is
    written once. AWS does not publish that last rule; others have measured it.
    """
    sizes = [item_size(item) if item else 0 for item in request.items_read]
    if request.operation == "Query":
        sizes = [sum(sizes)]
    times = 2 if request.operation == "TransactWriteItems" else 1
    return Units(
        read=sum(_count_units(read, _READ_UNIT_BYTES) for read in sizes)
        * (1 if request.is_consistent else 0.5),
        write=times
        * sum(max(_write_units(one.before), _write_units(one.after)) for one in request.writes),
        index=sum(_index_units(one) for one in request.writes),
    )


def _write_units(item: Item | None) -> int:
    return _count_units(item_size(item) if item else 0, _WRITE_UNIT_BYTES)


def _index_units(write: Write) -> int:
    """The index has whole items, of those alone that have its key."""
    before, after = (
        item if item and INDEX_KEY[0] in item else None for item in (write.before, write.after)
    )
    if before == after:
        return 0
    if before and after and all(before[name] == after[name] for name in INDEX_KEY):
        return max(_write_units(before), _write_units(after))
    return sum(_write_units(item) for item in (before, after) if item)


def _count_units(length: int, unit_bytes: int) -> int:
    """Begun units; what is not there takes one as well."""
    return max(1, -(-length // unit_bytes))


def item_size(item: Item) -> int:
    """The bytes of an item: of its names and its values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Value) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return 1 + -(-len(held.strip("-0.")) // 2)
        case "BOOL":
            return 1
        case "L":
            return 3 + sum(1 + _value_size(element) for element in held)
        case "M":
            return 3 + len(held) + item_size(held)
    raise ValueError(kind)
