"""The write-once copy of the audit log: records of the table's stream, as objects of a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PARTITION_PREFIX = "AUDIT#"
_INSERT = "INSERT"


class S3Client(Protocol):
    """The part of botocore's ``s3`` client that we use."""

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> dict[str, Any]:  # noqa: N803  AWS's
        """``PutObject``."""


def create_client() -> S3Client:
    """Create a client with the endpoint, region and credentials of the environment."""
    # Few attempts are enough: Lambda retries the batch of the stream from the failed record.
    config = Config(
        connect_timeout=1,
        read_timeout=4,
        retries={"mode": "standard", "total_max_attempts": 3},
        # The bucket's name is not a part of the host name, which an emulator could not resolve.
        s3={"addressing_style": "path"},
    )
    client: Any = get_session().create_client("s3", config=config)
    return cast("S3Client", client)


class CopyResult(Struct, frozen=True, kw_only=True):
    """How many records were copied, and how many of these changed or deleted an existing item.

    ``failed_sequence_number`` is the record from which to retry the stream.
    """

    copied_count: int
    changed_count: int
    failed_sequence_number: str | None = None
    error_code: str | None = None


class AuditCopies:
    """Writes to the bucket of that name, whose Object Lock keeps each object for years."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def copy(self, records: Sequence[Mapping[str, Any]]) -> CopyResult:
        """Write the records of audit items in their order, up to the first that fails.

        The app only ever creates audit items, so a record that changes or deletes one shows the act
        of another client of the table. The bucket keeps each version of an object: a later record
        of an item does not replace an earlier one, nor does the same record after a retry.
        """
        copied_count = changed_count = 0
        for record in filter(_is_audit_record, records):
            if error_code := self._put(record):
                return CopyResult(
                    copied_count=copied_count,
                    changed_count=changed_count,
                    failed_sequence_number=record["dynamodb"]["SequenceNumber"],
                    error_code=error_code,
                )
            copied_count += 1
            changed_count += record["eventName"] != _INSERT
        return CopyResult(copied_count=copied_count, changed_count=changed_count)

    def _put(self, record: Mapping[str, Any]) -> str | None:
        keys = record["dynamodb"]["Keys"]
        name = f"{keys['PK']['S']}/{keys['SK']['S']}"
        try:
            self._client.put_object(Bucket=self._bucket, Key=name, Body=msgspec.json.encode(record))
        except ClientError as error:
            return str(error.response.get("Error", {}).get("Code"))
        except BotoCoreError as error:
            return type(error).__name__
        return None


def _is_audit_record(record: Mapping[str, Any]) -> bool:
    return bool(record["dynamodb"]["Keys"]["PK"]["S"].startswith(PARTITION_PREFIX))
