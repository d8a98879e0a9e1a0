"""The bucket from which CloudFormation and Lambda take what is deployed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from cloud.artefact import Artefact

_HOME_OF_S3 = "us-east-1"


class BucketError(RuntimeError):
    """It cannot be used: why, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """Where the two files of an artefact are."""

    bucket: str
    code_key: str
    template_url: str


def upload(artefact: Artefact, bucket: str, account: str, under: str) -> Uploaded:
    """Put an artefact there, under keys that hold what is in it.

    Raises:
        BucketError: the bucket is not the account's, or not there.
    """
    s3 = boto3.client("s3")
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
        code, template = (
            _put(s3, bucket, account, under, path) for path in (artefact.zip, artefact.template)
        )
    except ClientError as error:
        raise BucketError(f"The bucket {bucket} cannot be used: {error}") from error
    url = f"{s3.meta.endpoint_url}/{bucket}/{template}"
    return Uploaded(bucket=bucket, code_key=code, template_url=url)


def make_if_absent(bucket: str, account: str) -> None:
    """Make a bucket for what is deployed: closed, encrypted, over TLS alone.

    Raises:
        BucketError: somebody else has that name.
    """
    s3 = boto3.client("s3")
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise BucketError(f"The bucket {bucket} is not this account's: {error}") from error
        _make(s3, bucket)
    # Every time: whoever was interrupted in the middle of it finds it done now.
    _close(s3, bucket)


def _make(s3: S3Client, bucket: str) -> None:
    region = s3.meta.region_name
    if region == _HOME_OF_S3:
        s3.create_bucket(Bucket=bucket)
    else:
        # Its types list the regions there were when they were made.
        where: dict[str, object] = {"LocationConstraint": region}
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)  # type: ignore[arg-type]


def _close(s3: S3Client, bucket: str) -> None:
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_over_tls_alone(s3, bucket)))


def _over_tls_alone(s3: S3Client, bucket: str) -> dict[str, object]:
    arn = f"arn:{s3.meta.partition}:s3:::{bucket}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def _put(s3: S3Client, bucket: str, account: str, under: str, path: Path) -> str:
    content = path.read_bytes()
    key = f"{under}/{hashlib.sha256(content).hexdigest()[:16]}/{path.name}"
    s3.put_object(Bucket=bucket, Key=key, Body=content, ExpectedBucketOwner=account)
    return key
