"""Session keys in AWS Secrets Manager, so that they can be rotated without a deployment."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.settings import MIN_SESSION_KEY_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

REFRESH_INTERVAL = timedelta(minutes=5)
# By then every process that answers a request has read the key, whatever its clock shows.
MIN_SIGNING_AGE = REFRESH_INTERVAL + timedelta(minutes=1)
# After a failed read, only one request in this time waits for another one.
_COOLDOWN = timedelta(seconds=30)
# A rotation by hand makes the old version AWSPREVIOUS; one by a function starts as AWSPENDING.
_STAGES = ("AWSPREVIOUS", "AWSCURRENT", "AWSPENDING")


class SecretsClient(Protocol):
    """The one call of Secrets Manager that is needed."""

    def get_secret_value(self, **parameters: str) -> dict[str, Any]:
        """Return a version of a secret."""


class SessionKeysUnavailableError(StoreUnavailableError):
    """Secrets Manager does not return a usable key."""

    code = "session_keys_unavailable"


class _Key(Struct, frozen=True):
    text: str
    created_at: datetime


class SecretSessionKeys:
    """The versions of a secret, each of which is one key.

    All of them verify. The newest that is old enough for every process to know it signs: so a
    rotation ends no session, although processes read the new key at different times.
    """

    def __init__(
        self,
        secret: str,
        now: Callable[[], datetime],
        create_client: Callable[[], SecretsClient] | None = None,
    ) -> None:
        self._secret = secret
        self._now = now
        self._create_client = create_client or _create_client
        self._client: SecretsClient | None = None
        self._keys: list[_Key] = []
        self._next_read: datetime | None = None
        self._lock = Lock()

    def __call__(self) -> tuple[str, ...]:
        """Return the keys; the last one signs.

        Raises:
            SessionKeysUnavailableError: no key has been read yet.
        """
        with self._lock:
            now = self._now()
            if self._next_read is None or now >= self._next_read:
                self._refresh(now)
            if not self._keys:
                raise SessionKeysUnavailableError
            return _signing_key_last(self._keys, now)

    def _refresh(self, now: datetime) -> None:
        try:
            keys = self._read()
        except (BotoCoreError, ClientError):
            keys = []
        # After a failure, the known keys stay in use.
        self._next_read = now + (REFRESH_INTERVAL if keys else _COOLDOWN)
        self._keys = keys or self._keys

    def _read(self) -> list[_Key]:
        self._client = self._client or self._create_client()
        keys: dict[str, _Key] = {}
        for stage in _STAGES:
            try:
                version = self._client.get_secret_value(SecretId=self._secret, VersionStage=stage)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
                continue
            text = str(version.get("SecretString", "")).strip()
            if len(text) >= MIN_SESSION_KEY_LENGTH:
                keys[text] = _Key(text, version["CreatedDate"])
        return sorted(keys.values(), key=lambda key: key.created_at)


def _signing_key_last(keys: list[_Key], now: datetime) -> tuple[str, ...]:
    """Order the keys so that the one that signs is the last; the oldest, if all are new."""
    known = [key for key in keys if now - key.created_at >= MIN_SIGNING_AGE] or keys[:1]
    others = [key.text for key in keys if key is not known[-1]]
    return (*others, known[-1].text)


def _create_client() -> SecretsClient:
    """Create a client with the endpoint, region and credentials of the environment."""
    from botocore.config import Config  # noqa: PLC0415  only this needs it
    from botocore.session import get_session  # noqa: PLC0415  only this needs it

    config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2})
    client: Any = get_session().create_client("secretsmanager", config=config)
    return cast("SecretsClient", client)
