"""``python -m cloud.erase`` removes a patient's reference from all bookings, or those of old slots.

Slot and booking stay, without anything about the patient; the booking's client can still repeat,
move and cancel it. Backups keep the reference until they expire; after a restore, erase it again.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.domain.booking import ERASED_REFERENCE
from chalicelib.storage import keys
from cloud.restore import read_items
from local.command import reports_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

ATTRIBUTE = "patient_reference"


@reports_errors()
def main(arguments: Sequence[str]) -> int:
    """Print the items with the reference; with ``--write``, remove it. Return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m cloud.erase", description=__doc__)
    parser.add_argument("--table", required=True, help="the stack's table")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--reference", help="a patient's reference")
    which.add_argument(
        "--ended-before",
        type=date.fromisoformat,
        metavar="DATE",
        help="all references in slots of earlier releases that ended before that date (UTC)",
    )
    parser.add_argument("--write", action="store_true", help="write, instead of a dry run")
    options = parser.parse_args(arguments)
    condition = _condition(options.reference, options.ended_before)
    erase(boto3.resource("dynamodb").Table(options.table), condition, writes=options.write)
    return 0


def _condition(reference: str | None, ended_before: date | None) -> ConditionBase:
    if ended_before is None:
        return Attr(ATTRIBUTE).eq(reference)
    # Instants in UTC sort as text. Only slots have an end: booking records expire by themselves.
    return Attr(ATTRIBUTE).exists() & Attr("end").lt(ended_before.isoformat())


def erase(table: "Table", condition: ConditionBase, *, writes: bool) -> None:
    """Remove the reference from the items of the condition. Idempotent, also while the app runs."""
    count = 0
    for key in read_items(table, FilterExpression=condition, ProjectionExpression="PK, SK"):
        print(f"{key['PK']} {key['SK']}")
        count += not writes or _remove(table, key, condition)
    items = f"{count} item{'' if count == 1 else 's'} of {table.name}."
    print(
        f"Removed from {items}" if writes else f"{items} Nothing was written: add --write to write."
    )


def _remove(table: "Table", key: dict[str, Any], condition: ConditionBase) -> bool:
    """Return whether the item still had the reference: it may have been cancelled meanwhile."""
    update: Any = {"UpdateExpression": f"REMOVE {ATTRIBUTE}"}
    if key["SK"] == keys.BOOKING_SK:
        # A record without a reference has no patient, so the reference of a repeat would differ.
        update = {
            "UpdateExpression": f"SET {ATTRIBUTE} = :erased",
            "ExpressionAttributeValues": {":erased": ERASED_REFERENCE},
        }
    try:
        table.update_item(Key=key, ConditionExpression=condition, **update)
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
