"""The user pool: whether an account is still enabled, and its groups by now."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

# How long a person who left a group, or whose account is disabled, keeps their roles: with the time
# of a request, less than a minute.
TTL = timedelta(seconds=50)
# After a failed request, the next one for the same user waits for so long.
_COOLDOWN = timedelta(seconds=10)
MAX_ENTRIES = 4096


class CognitoClient(Protocol):
    """The calls of Amazon Cognito that are needed."""

    def admin_add_user_to_group(self, **parameters: str) -> dict[str, Any]:
        """Add a user to a group."""

    def admin_create_user(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401  Cognito's
        """Create a user, or send the invitation of one again."""

    def admin_get_user(self, **parameters: str) -> dict[str, Any]:
        """Return a user with their attributes."""

    def admin_list_groups_for_user(self, **parameters: str) -> dict[str, Any]:
        """Return the groups of a user."""

    def admin_set_user_password(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401  Cognito's
        """Set the password of a user, temporary or for good."""

    def change_password(self, **parameters: str) -> dict[str, Any]:
        """Change the password of the user of an access token."""

    def global_sign_out(self, **parameters: str) -> dict[str, Any]:
        """Revoke all tokens of the user of an access token."""

    def list_users_in_group(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401  Cognito's
        """Return a page of the users of a group, each with their attributes."""


class DirectoryUser(Struct, frozen=True, kw_only=True):
    """An account as the user pool has it; a deleted one has no ``subject``."""

    subject: str | None = None
    is_enabled: bool = False
    groups: frozenset[str] = frozenset()


class _Entry(Struct, frozen=True):
    user: DirectoryUser | None
    valid_until: datetime


class UserDirectory:
    """Users of a Cognito user pool, requested at most every ``TTL`` for each name."""

    def __init__(
        self,
        user_pool: str,
        now: Callable[[], datetime],
        create_client: Callable[[], CognitoClient] | None = None,
    ) -> None:
        self._user_pool = user_pool
        self._now = now
        self._create_client = create_client or create_cognito_client
        self._client: CognitoClient | None = None
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()

    def find(self, name: str) -> DirectoryUser | None:
        """Return the user; None if the pool does not respond, and they are not known."""
        now, entry = self._now(), self._entries.get(name)
        if entry is not None and now < entry.valid_until:
            return entry.user
        try:
            entry = _Entry(self._request(name), now + TTL)
        except (BotoCoreError, ClientError):
            # An outage of the pool changes nothing.
            entry = _Entry(entry.user if entry else None, now + _COOLDOWN)
        with self._lock:
            self._entries.pop(name, None)
            self._entries[name] = entry
            if len(self._entries) > MAX_ENTRIES:
                del self._entries[next(iter(self._entries))]
        return entry.user

    def _request(self, name: str) -> DirectoryUser:
        client = self._client = self._client or self._create_client()
        try:
            user = client.admin_get_user(UserPoolId=self._user_pool, Username=name)
            found = client.admin_list_groups_for_user(UserPoolId=self._user_pool, Username=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "UserNotFoundException":
                return DirectoryUser()
            raise
        attributes = {each["Name"]: each.get("Value") for each in user.get("UserAttributes", [])}
        return DirectoryUser(
            subject=attributes.get("sub"),
            is_enabled=bool(user.get("Enabled", True)),
            groups=frozenset(group["GroupName"] for group in found["Groups"]),
        )


def create_cognito_client(read_timeout: int = 2) -> CognitoClient:
    """Create a client with the endpoint, region and credentials of the environment."""
    from botocore.config import Config  # noqa: PLC0415  only this needs it
    from botocore.session import get_session  # noqa: PLC0415  only this needs it

    config = Config(connect_timeout=1, read_timeout=read_timeout, retries={"total_max_attempts": 1})
    client: Any = get_session().create_client("cognito-idp", config=config)
    return cast("CognitoClient", client)
