"""The table's stream in, events out: what the function ``slots_changed`` does with a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.bootstrap import services
from chalicelib.storage import day_stream

if TYPE_CHECKING:
    from collections.abc import Mapping


def tell_followers(event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Lambda's event in; out the record from which Lambda must send the batch again, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    Raises ``SettingsError`` where no event bus is named, so that nothing is passed over.
    """
    records = event["Records"]
    told = services().followers().tell(day_stream.parse_day_records(records))
    if log := services().log:
        line = {
            "level": "ERROR" if told.error else "INFO",
            "at": services().now().isoformat(),
            "function": "slots_changed",
            "records": len(records),
            "events": told.number,
            "goes_on_at": told.failed,
            "error": told.error,
            "stage": services().settings.stage,
        }
        log(msgspec.json.encode(line).decode())
    return {"batchItemFailures": [{"itemIdentifier": told.failed}] if told.failed else []}
