"""The headers of Standard Webhooks 1.0: ``webhook-id``, ``-timestamp`` and ``-signature``.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from chalicelib.domain.webhook import SECRET_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_SECRET_BYTES = 32


def make_secret() -> str:
    """Return a new signing secret, as receivers get it: ``whsec_`` and base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sign(
    delivery_id: str, body: str, signing_secrets: Iterable[str], at: datetime
) -> dict[str, str]:
    """Return the headers of one try; each secret has its own signature."""
    timestamp = str(int(at.timestamp()))
    content = f"{delivery_id}.{timestamp}.{body}".encode()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(content, each) for each in signing_secrets),
    }


def _signature(content: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return f"v1,{base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()}"
