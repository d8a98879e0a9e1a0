"""Capacity model: the units that a DynamoDB request consumes, by the rules that AWS has published.

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
    """An item before and after a request; None if it does not exist."""

    key: Item
    before: Item | None
    after: Item | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A DynamoDB request with the items that it touches.

    ``items_read`` has None for each item that does not exist. ``writes`` has every item that the
    request writes, or would have written if its condition had not failed, or only checks.
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
        return Units(
            read=self.read + other.read,
            write=self.write + other.write,
            index=self.index + other.index,
        )

    def __str__(self) -> str:
        return f"{self.read:g} / {self.write} / {self.index}"


def consumed_units(request: Request) -> Units:
    """Calculate the units of a request; a cancelled transaction costs as much as a committed one.

    A failed condition consumes as much as a write of the stored item. A transaction consumes twice
    its single writes, because DynamoDB prepares each item and then writes it. It writes its changes
    of the index once; AWS does not publish that rule, the authors of dynoxide measured it.
    """
    sizes = [item_size(item) if item else 0 for item in request.items_read]
    if request.operation == "Query":
        sizes = [sum(sizes)]
    factor = 2 if request.operation == "TransactWriteItems" else 1
    return Units(
        read=sum(_count_units(read, _READ_UNIT_BYTES) for read in sizes)
        * (1 if request.is_consistent else 0.5),
        write=factor
        * sum(
            max(_write_units(write.before), _write_units(write.after)) for write in request.writes
        ),
        index=sum(_index_units(write) for write in request.writes),
    )


def _write_units(item: Item | None) -> int:
    return _count_units(item_size(item) if item else 0, _WRITE_UNIT_BYTES)


def _index_units(write: Write) -> int:
    """Units of the index, which has a copy of each item that has the key of the index."""
    before, after = (
        item if item and INDEX_KEY[0] in item else None for item in (write.before, write.after)
    )
    if before == after:
        return 0
    if before and after and all(before[name] == after[name] for name in INDEX_KEY):
        return max(_write_units(before), _write_units(after))
    return sum(_write_units(item) for item in (before, after) if item)


def _count_units(size: int, unit_bytes: int) -> int:
    """Round up to whole units; an item that does not exist takes one."""
    return max(1, -(-size // unit_bytes))


def item_size(item: Item) -> int:
    """The bytes of the item's attribute names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Value) -> int:
    ((value_type, content),) = value.items()
    match value_type:
        case "S":
            return len(content.encode())
        case "N":
            return 1 + -(-len(content.strip("-0.")) // 2)
        case "SS":
            return sum(len(element.encode()) for element in content)
        case "BOOL":
            return 1
        case "L":
            return 3 + sum(1 + _value_size(element) for element in content)
        case "M":
            return 3 + len(content) + item_size(content)
    raise ValueError(value_type)
