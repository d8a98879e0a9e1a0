"""The cookies of sessions and sign-ins: keys, signatures, time and attributes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from itsdangerous import URLSafeTimedSerializer
from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.web.auth.session_keys import SecretSessionKeys, SessionKeysUnavailableError
from tests.support.app_client import build_services
from tests.support.clock import Clock
from tests.support.factories import SUNDAY_NOON
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from chalicelib.services import Services
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider

OLD_KEY, NEW_KEY = "o" * 64, "n" * 64
FORWARDED = ["http", "https, http", "HTTPS", "", "ftp"]


class FakeSecret:
    """A secret in Secrets Manager with its versions by stage, which is at times unavailable."""

    def __init__(self, clock: Clock, key: str) -> None:
        self.clock = clock
        self.versions: dict[str, dict[str, Any]] = {}
        self.is_down = False
        self.reads = 0
        self.rotate(key)

    def rotate(self, key: str) -> None:
        if "AWSCURRENT" in self.versions:
            self.versions["AWSPREVIOUS"] = self.versions["AWSCURRENT"]
        self.versions["AWSCURRENT"] = {"SecretString": key, "CreatedDate": self.clock.now}

    def get_secret_value(self, **parameters: str) -> dict[str, Any]:
        self.reads += 1
        if self.is_down:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        try:
            return self.versions[parameters["VersionStage"]]
        except KeyError:
            client = boto3.client("secretsmanager")
            raise client.exceptions.ResourceNotFoundException(
                {"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue"
            ) from None

    def keys(self) -> SecretSessionKeys:
        """Return the keys as a process of its own reads them."""
        return SecretSessionKeys("session-keys", self.clock, lambda: self)


@pytest.fixture
def secret() -> FakeSecret:
    """A secret that has been read for a long time."""
    clock = Clock()
    found = FakeSecret(clock, OLD_KEY)
    clock.now += timedelta(days=30)
    return found


def use_secret(client: AppClient, secret: FakeSecret) -> Services:
    """Build a process that reads its keys from the secret, at the app's clock."""
    secret.clock = client.clock
    settings = client.services.settings
    assert settings.oidc is not None
    oidc = replace(settings.oidc, session_keys=(), session_key_secret="session-keys")
    return bootstrap.build_services(
        replace(settings, oidc=oidc), now=client.clock, secrets_client=lambda: secret
    )


def test_key_rotation_ends_no_session(page_session: PageSession, secret: FakeSecret) -> None:
    """Two processes read the new key minutes apart; every cookie of each is valid in both."""
    client = page_session.client
    secret.versions["AWSCURRENT"]["CreatedDate"] = client.clock.now - timedelta(days=1)
    processes = [use_secret(client, secret) for _ in range(2)]
    client.use_services(processes[0])
    page_session.sign_in()
    assert page_session.get(DAY_PATH).status == 200
    client.clock.now += timedelta(minutes=2)
    client.use_services(processes[1])
    assert page_session.get(DAY_PATH).status == 200
    secret.rotate(NEW_KEY)
    signed_by_new_key = False

    for minute in range(30):
        client.clock.now += timedelta(minutes=1)
        client.use_services(processes[minute % 2])
        response = page_session.get(DAY_PATH)
        assert (minute, response.status) == (minute, 200)
        signed_by_new_key |= is_signed_by(page_session.cookies["session"], NEW_KEY)

    assert signed_by_new_key


def session_serializer(key: str) -> URLSafeTimedSerializer:
    """Return a serializer with the algorithms of the app's session cookie."""
    options = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer([key], salt="session", signer_kwargs=options)


def is_signed_by(cookie: str, key: str) -> bool:
    return session_serializer(key).loads_unsafe(cookie)[0]


def test_second_rotation_drops_a_known_key(secret: FakeSecret) -> None:
    process = secret.keys()
    assert process() == (OLD_KEY,)

    secret.rotate(NEW_KEY)
    secret.rotate("m" * 64)
    secret.clock.now += timedelta(minutes=5)

    assert set(process()) == {NEW_KEY, "m" * 64}


def test_pending_key_is_accepted_before_it_is_current(secret: FakeSecret) -> None:
    secret.versions["AWSPENDING"] = {"SecretString": NEW_KEY, "CreatedDate": secret.clock.now}

    assert secret.keys()() == (NEW_KEY, OLD_KEY)


def test_keys_are_read_every_five_minutes(secret: FakeSecret) -> None:
    process = secret.keys()
    for _ in range(3):
        process()
    first = secret.reads
    secret.clock.now += timedelta(minutes=5)
    process()

    assert (first, secret.reads) == (3, 6)


def test_known_keys_survive_an_outage_of_secrets_manager(secret: FakeSecret) -> None:
    process = secret.keys()
    process()
    secret.is_down = True
    secret.clock.now += timedelta(hours=1)

    assert process() == process() == (OLD_KEY,)
    assert secret.reads == 4


def test_without_any_key_sessions_are_unavailable(secret: FakeSecret) -> None:
    secret.is_down = True
    process = secret.keys()

    with pytest.raises(SessionKeysUnavailableError):
        process()

    secret.is_down = False
    secret.clock.now += timedelta(seconds=30)
    assert process() == (OLD_KEY,)


def test_short_secret_is_no_key(secret: FakeSecret) -> None:
    secret.rotate("short")

    assert secret.keys()() == (OLD_KEY,)


def test_keys_come_from_secrets_manager(ministack: str) -> None:
    client = boto3.client("secretsmanager", endpoint_url=ministack)
    client.create_secret(Name="session-keys", SecretString=OLD_KEY)
    client.put_secret_value(SecretId="session-keys", SecretString=NEW_KEY)
    now = datetime.now(UTC) + timedelta(hours=1)

    keys = SecretSessionKeys("session-keys", lambda: now, lambda: client)()

    assert keys == (OLD_KEY, NEW_KEY)


def test_cookie_with_sha1_signature_is_rejected(page_session: PageSession) -> None:
    page_session.sign_in()
    (key,) = page_session.oidc_provider.settings().session_keys
    assert is_signed_by(page_session.cookies["session"], key)
    payload = page_session.cookies["session"]
    value = URLSafeTimedSerializer([key], salt="session").loads_unsafe(payload)[1]

    page_session.cookies["session"] = str(
        URLSafeTimedSerializer([key], salt="session").dumps(value)
    )

    assert page_session.get(DAY_PATH).status == 303


@pytest.mark.parametrize(("ahead", "status"), [(0.001, 200), (30, 200), (32, 303)])
def test_cookie_of_machine_with_fast_clock_is_accepted(
    page_session: PageSession, ahead: float, status: int
) -> None:
    clock = page_session.client.clock
    clock.now += timedelta(seconds=ahead)
    page_session.sign_in()

    clock.now = SUNDAY_NOON

    assert page_session.get(DAY_PATH).status == status


def test_leeway_does_not_extend_a_session(page_session: PageSession) -> None:
    page_session.sign_in()

    page_session.client.clock.now += timedelta(minutes=30, seconds=1)

    assert page_session.get(DAY_PATH).status == 303


@pytest.mark.parametrize(
    "changed",
    [{"roles": ["doctor", "superintendent"]}, {"roles": None}, {"generation": "x"}, {"name": 7}],
)
def test_cookie_of_another_version_needs_new_sign_in(
    page_session: PageSession, changed: dict[str, object]
) -> None:
    page_session.sign_in()
    (key,) = page_session.oidc_provider.settings().session_keys
    serializer = session_serializer(key)
    value = serializer.loads_unsafe(page_session.cookies["session"])[1]

    statuses = []
    for other in (value, {**value, **changed}, [value], "x"):
        page_session.cookies["session"] = sign_now(serializer, other)
        statuses.append(page_session.get(DAY_PATH).status)

    assert statuses == [200, 303, 303, 303]


def sign_now(serializer: URLSafeTimedSerializer, value: object) -> str:
    """Sign a value as the app does at Sunday noon."""
    signer: Any = serializer.make_signer(serializer.salt)
    signer.get_timestamp = lambda: int(SUNDAY_NOON.timestamp())
    return str(signer.sign(serializer.dump_payload(value)).decode())


def test_callback_is_accepted_once_even_with_its_cookie(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    """A thief may have a copy of the cookie, and the provider may take the code again."""
    login = page_session.start_login()
    thief = page_session.copy()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=login["nonce"]
    )
    callback = f"/sign-in/callback?code=c&state={login['state']}"

    responses = [browser.get(callback) for browser in (page_session, thief)]

    assert [response.status for response in responses] == [303, 400]
    assert "session" not in thief.cookies
    assert page_session.get(DAY_PATH).status == 200


@pytest.mark.parametrize("forwarded", FORWARDED)
def test_deployed_stage_is_https_whatever_proxies_say(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider, forwarded: str
) -> None:
    settings = replace(authenticated_client.services.settings, stage="prod")
    authenticated_client.use_services(build_services(settings, authenticated_client.clock))
    session = PageSession(authenticated_client, oidc_provider)

    login = session.get("/sign-in", X_Forwarded_Proto=forwarded)

    cookie = login.headers["Set-Cookie"][0]
    assert cookie.startswith("__Host-sign-in=")
    assert "Secure" in cookie.split("; ")
    assert "redirect_uri=https%3A%2F%2Fslots.example%2F" in login.headers["Location"]
    assert login.headers["Strict-Transport-Security"] == "max-age=31536000"
