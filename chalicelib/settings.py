"""Settings of the process, read from environment variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL_STAGE = "local"
_BOOLEANS = {"on": True, "off": False}
# RFC 2104: an HMAC key should be as long as the hash's output, 32 bytes for SHA-256.
MIN_SESSION_KEY_LENGTH = 32
# The owner of desk bookings (``domain.permissions.PRACTICE``), which no machine client may have.
_RESERVED_CLIENT = "practice"
_PEOPLE_CLIENT_NAME = "Manage Slots API"
MAX_HOLDS_RANGE = (1, 1000)
REFERENCE_DAYS_RANGE = (1, 3650)
_ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")

_ORIGIN = re.compile(
    r"(?:https://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?!:443$)|http://(?:localhost|127\.0\.0\.1)(?!:80$))"
    r"(?::[1-9][0-9]{0,4})?"
)


class SettingsError(RuntimeError):
    """The process must not start; the message names the setting and what is wrong with it."""


class OidcSettings(Struct, frozen=True, kw_only=True):
    """The OpenID Connect provider, and the keys that sign session cookies.

    ``discovery_url`` is the URL of the discovery document, which need not be below ``issuer``.
    ``machine_clients`` are the client ids of booking sites. The last of ``session_keys`` signs; the
    others remain valid. If there are none, ``session_key_secret`` names the secret with the keys in
    AWS Secrets Manager. ``user_pool`` is the id of the Cognito user pool that tells which
    groups users have by now; None for another provider.
    """

    issuer: str
    discovery_url: str
    client_id: str
    client_secret: str | None
    machine_clients: frozenset[str]
    session_keys: tuple[str, ...]
    session_key_secret: str | None = None
    user_pool: str | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """The settings of the process.

    ``local_caller`` is the caller of every request if there is no sign-in (``oidc``).
    ``client_names`` are the display names by client id: of booking sites, and of our own client.
    Only the event handlers need ``event_bus_name``, ``audit_bucket``, ``series_queue_url`` and
    ``webhook_queue_url``, and they need no sign-in: with none of them, every request is rejected.
    ``allows_loopback_webhooks`` lets webhooks go to this machine, by http.
    ``has_request_log`` writes a
    line of JSON to standard output for each request. A client holds at most
    ``max_holds_per_client`` slots of one doctor. A patient reference is deleted
    ``patient_reference_days`` after its slot. ``page_language`` is a BCP 47 tag;
    ``catalogue_folder`` has the texts in other languages than English. ``has_public_slots``: all
    may read FHIR's bulk publication, without sign-in. Pages of ``cors_origins`` may read the API
    with a bearer token.
    """

    table_name: str
    stage: str = LOCAL_STAGE
    local_caller: str | None = None
    oidc: OidcSettings | None = None
    client_names: Mapping[str, str] = field(default_factory=dict)
    event_bus_name: str | None = None
    audit_bucket: str | None = None
    series_queue_url: str | None = None
    webhook_queue_url: str | None = None
    allows_loopback_webhooks: bool = False
    has_request_log: bool = False
    max_holds_per_client: int = 20
    patient_reference_days: int = 30
    page_language: str = "en"
    catalogue_folder: str | None = None
    has_public_slots: bool = False
    cors_origins: frozenset[str] = frozenset()

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``STAGE``, ``TABLE_NAME``, and ``LOCAL_CALLER`` or ``OIDC_...``, ``SESSION_KEY...``.

        Raises:
            SettingsError: a setting is missing or unsafe. ``LOCAL_CALLER`` turns sign-in off, so it
                is only allowed on the stage ``local`` with a DynamoDB on this machine.
        """
        stage = _require_value(environment, "STAGE")
        caller = environment.get("LOCAL_CALLER") or None
        if caller:
            _require_local_stage_without_auth(environment, stage)
        return cls(
            table_name=_require_value(environment, "TABLE_NAME"),
            stage=stage,
            local_caller=caller,
            client_names=_client_names(environment),
            oidc=None if caller or _is_event_function(environment) else _parse_oidc(environment),
            event_bus_name=environment.get("EVENT_BUS_NAME") or None,
            audit_bucket=environment.get("AUDIT_BUCKET") or None,
            series_queue_url=environment.get("SERIES_QUEUE_URL") or None,
            webhook_queue_url=environment.get("WEBHOOK_QUEUE_URL") or None,
            allows_loopback_webhooks=_parse_loopback_flag(environment, stage),
            has_request_log=_parse_request_log_flag(environment, stage),
            max_holds_per_client=_parse_number(
                environment, "MAX_HOLDS_PER_CLIENT", default=20, bounds=MAX_HOLDS_RANGE
            ),
            patient_reference_days=_parse_number(
                environment, "PATIENT_REFERENCE_DAYS", default=30, bounds=REFERENCE_DAYS_RANGE
            ),
            page_language=environment.get("PAGE_LANGUAGE") or "en",
            catalogue_folder=environment.get("CATALOGUE_FOLDER") or None,
            has_public_slots=_parse_switch(environment, "PUBLIC_SLOTS", default="off"),
            cors_origins=frozenset(_parse_cors_origins(environment)),
        )

    @property
    def is_always_https(self) -> bool:
        """Whether clients connect by HTTPS alone, whatever a proxy reports."""
        return self.stage != LOCAL_STAGE

    def require_event_bus(self) -> str:
        """Return the event bus's name, or raise ``SettingsError`` if there is none."""
        if self.event_bus_name is None:
            message = "EVENT_BUS_NAME is not set: changes cannot be published without it"
            raise SettingsError(message)
        return self.event_bus_name

    def require_audit_bucket(self) -> str:
        """Return the bucket's name, or raise ``SettingsError`` if there is none."""
        if self.audit_bucket is None:
            message = "AUDIT_BUCKET is not set: the audit log cannot be copied without it"
            raise SettingsError(message)
        return self.audit_bucket

    def require_series_queue(self) -> str:
        """Return the queue's URL, or raise ``SettingsError`` if there is none."""
        if self.series_queue_url is None:
            message = "SERIES_QUEUE_URL is not set: series cannot be extended without it"
            raise SettingsError(message)
        return self.series_queue_url


_EVENT_TARGETS = ("EVENT_BUS_NAME", "AUDIT_BUCKET", "SERIES_QUEUE_URL", "WEBHOOK_QUEUE_URL")


def _is_event_function(environment: Mapping[str, str]) -> bool:
    """Whether the process only handles events, so that it needs no session key."""
    has_target = any(environment.get(name) for name in _EVENT_TARGETS)
    return has_target and not environment.get("OIDC_ISSUER")


def _parse_oidc(environment: Mapping[str, str]) -> OidcSettings:
    issuer = _require_value(environment, "OIDC_ISSUER")
    secret = environment.get("SESSION_KEY_SECRET") or None
    return OidcSettings(
        issuer=issuer,
        discovery_url=environment.get("OIDC_DISCOVERY_URL")
        or f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=_require_value(environment, "OIDC_CLIENT_ID"),
        client_secret=environment.get("OIDC_CLIENT_SECRET") or None,
        machine_clients=frozenset(_parse_machine_clients(environment)),
        session_keys=_parse_session_keys(environment, secret),
        session_key_secret=secret,
        user_pool=environment.get("COGNITO_USER_POOL") or None,
    )


def _parse_machine_clients(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the display names of booking sites by client id; empty for those without a name.

    The entries are ``id`` or ``id=Name``. Blanks separate them, so those of a name are
    percent-encoded: ``Practice%20system``.
    """
    text = environment.get("OIDC_MACHINE_CLIENTS", "")
    entries = [entry.partition("=") for entry in text.split()]
    clients = {client: unquote(name) for client, _, name in entries}
    if _RESERVED_CLIENT in clients:
        message = f"OIDC_MACHINE_CLIENTS names {_RESERVED_CLIENT}, which owns the desk's bookings"
        raise SettingsError(message)
    return clients


def _client_names(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the display names by client id, also of the client with which people sign in.

    That one has the bearer tokens of people, whose requests come from a program, not from the page.
    """
    sites = _parse_machine_clients(environment)
    own = environment.get("OIDC_CLIENT_ID")
    people = {own: _PEOPLE_CLIENT_NAME} if own else {}
    return people | {client: name for client, name in sites.items() if name}


def _parse_session_keys(environment: Mapping[str, str], secret: str | None) -> tuple[str, ...]:
    if secret is not None:
        if environment.get("SESSION_KEY"):
            raise SettingsError("SESSION_KEY and SESSION_KEY_SECRET are set: choose one of them")
        return ()
    keys = tuple(_require_value(environment, "SESSION_KEY").split())
    if any(len(key) < MIN_SESSION_KEY_LENGTH for key in keys):
        message = (
            f"SESSION_KEY is too short: at least {MIN_SESSION_KEY_LENGTH} characters, hard to guess"
        )
        raise SettingsError(message)
    return keys


def _require_value(environment: Mapping[str, str], name: str) -> str:
    if value := environment.get(name):
        return value
    message = f"{name} is not set"
    raise SettingsError(message)


def _parse_cors_origins(environment: Mapping[str, str]) -> list[str]:
    """Return the origins as browsers send them; an unusual spelling would never match one."""
    text = environment.get("CORS_ORIGINS", "").strip()
    origins = [origin.strip() for origin in text.split(",")] if text else []
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            message = (
                f"CORS_ORIGINS has {origin!r}: it must be an origin such as "
                "https://www.example.com, in lower case, without a path or the default port; "
                "http only for this machine"
            )
            raise SettingsError(message)
    return origins


def _parse_number(
    environment: Mapping[str, str], name: str, *, default: int, bounds: tuple[int, int]
) -> int:
    text = environment.get(name) or str(default)
    lowest, highest = bounds
    if not (text.isascii() and text.isdecimal() and lowest <= int(text) <= highest):
        message = f"{name} is {text}: it must be a whole number from {lowest} to {highest}"
        raise SettingsError(message)
    return int(text)


def _parse_request_log_flag(environment: Mapping[str, str], stage: str) -> bool:
    """By default off on a laptop, where a person reads the terminal, and on elsewhere."""
    default = "off" if stage == LOCAL_STAGE else "on"
    return _parse_switch(environment, "REQUEST_LOG", default=default)


def _parse_loopback_flag(environment: Mapping[str, str], stage: str) -> bool:
    """In the cloud, this machine is the Lambda function itself."""
    is_on = _parse_switch(environment, "WEBHOOK_LOOPBACK", default="off")
    if is_on and stage != LOCAL_STAGE:
        message = f"WEBHOOK_LOOPBACK is on: only the stage {LOCAL_STAGE} sends to itself"
        raise SettingsError(f"{message}, and STAGE is {stage}")
    return is_on


def _parse_switch(environment: Mapping[str, str], name: str, *, default: str) -> bool:
    switch = environment.get(name) or default
    if switch not in _BOOLEANS:
        message = f"{name} is {switch}: it must be on or off"
        raise SettingsError(message)
    return _BOOLEANS[switch]


def _require_local_stage_without_auth(environment: Mapping[str, str], stage: str) -> None:
    if stage != LOCAL_STAGE:
        message = f"LOCAL_CALLER is set: only the stage {LOCAL_STAGE} runs without sign-in"
        raise SettingsError(f"{message}, and STAGE is {stage}")
    if issuer := environment.get("OIDC_ISSUER"):
        message = f"LOCAL_CALLER is set, and OIDC_ISSUER is {issuer}: choose one of them"
        raise SettingsError(message)
    endpoint = next(
        (environment[name] for name in _ENDPOINT_VARIABLES if environment.get(name)), None
    )
    if endpoint is None or urlsplit(endpoint).hostname not in _LOOPBACK_HOSTS:
        message = (
            f"{_ENDPOINT_VARIABLES[0]} is {endpoint or 'not set'}: LOCAL_CALLER disables sign-in "
            "and needs a DynamoDB on this machine"
        )
        raise SettingsError(message)
