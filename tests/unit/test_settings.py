"""Settings from the environment, and invalid ones with which the process does not start."""

from __future__ import annotations

import pytest

from chalicelib.settings import Settings, SettingsError

LOCAL_ENV = {
    "STAGE": "local",
    "TABLE_NAME": "slots",
    "LOCAL_CALLER": "dr-lee",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:4566",
}


def test_local_stage_starts_with_local_dynamodb() -> None:
    assert Settings.from_env(LOCAL_ENV) == Settings(table_name="slots", local_caller="dr-lee")


@pytest.mark.parametrize("endpoint", ["http://localhost:8000", "http://[::1]:8000"])
def test_loopback_host_has_several_names(endpoint: str) -> None:
    settings = Settings.from_env({**LOCAL_ENV, "AWS_ENDPOINT_URL_DYNAMODB": endpoint})

    assert settings.table_name == "slots"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"STAGE": "prod"}, "STAGE is prod"),
        ({"STAGE": "prod", "LOCAL_CALLER": ""}, "OIDC_ISSUER is not set"),
        ({"STAGE": ""}, "STAGE is not set"),
        ({"TABLE_NAME": ""}, "TABLE_NAME is not set"),
        ({"LOCAL_CALLER": ""}, "OIDC_ISSUER is not set"),
        ({"OIDC_ISSUER": "https://issuer"}, "OIDC_ISSUER"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": ""}, "AWS_ENDPOINT_URL_DYNAMODB is not set"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.eu-west-2.amazonaws.com"}, "this machine"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1.example.com"}, "this machine"),
    ],
)
def test_invalid_settings_are_rejected_and_named(changed: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_env({**LOCAL_ENV, **changed})


OIDC_ENV = {
    "STAGE": "prod",
    "TABLE_NAME": "slots",
    "OIDC_ISSUER": "https://issuer.example",
    "OIDC_CLIENT_ID": "page",
    "SESSION_KEY": "k" * 32,
}


def test_authenticated_stage_has_discovery_url() -> None:
    settings = Settings.from_env({**OIDC_ENV, "OIDC_MACHINE_CLIENTS": "one=First%20site two"})

    assert settings.local_caller is None
    assert settings.oidc is not None
    assert settings.oidc.machine_clients == {"one", "two"}
    assert settings.oidc.discovery_url == "https://issuer.example/.well-known/openid-configuration"


@pytest.mark.parametrize("name", ["TABLE_NAME", "OIDC_ISSUER", "OIDC_CLIENT_ID", "SESSION_KEY"])
def test_authenticated_stage_requires_its_settings(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        Settings.from_env({**OIDC_ENV, name: ""})


def test_guessable_session_key_is_rejected() -> None:
    with pytest.raises(SettingsError, match="SESSION_KEY is too short"):
        Settings.from_env({**OIDC_ENV, "SESSION_KEY": f"{'k' * 32} short"})


def test_session_keys_may_be_in_a_secret() -> None:
    environment = {**OIDC_ENV, "SESSION_KEY": "", "SESSION_KEY_SECRET": "session-keys"}

    oidc = Settings.from_env(environment).oidc

    assert oidc is not None
    assert (oidc.session_keys, oidc.session_key_secret) == ((), "session-keys")


def test_session_keys_have_one_place() -> None:
    with pytest.raises(SettingsError, match="SESSION_KEY and SESSION_KEY_SECRET are set"):
        Settings.from_env({**OIDC_ENV, "SESSION_KEY_SECRET": "session-keys"})


def test_stream_handler_needs_no_sign_in() -> None:
    settings = Settings.from_env({"STAGE": "prod", "TABLE_NAME": "s", "EVENT_BUS_NAME": "bus"})

    assert settings.oidc is None
    assert settings.local_caller is None


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (LOCAL_ENV, False),
        (OIDC_ENV, True),
        ({**OIDC_ENV, "STAGE": "dev"}, True),
    ],
)
def test_every_stage_but_local_is_https(environment: dict[str, str], *, expected: bool) -> None:
    assert Settings.from_env(environment).is_always_https is expected


def test_event_bus_is_required_only_for_publishing() -> None:
    assert (
        Settings.from_env({**LOCAL_ENV, "EVENT_BUS_NAME": "followers"}).require_event_bus()
        == "followers"
    )

    with pytest.raises(SettingsError, match="EVENT_BUS_NAME is not set"):
        Settings.from_env({**LOCAL_ENV, "EVENT_BUS_NAME": ""}).require_event_bus()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (LOCAL_ENV, False),
        (OIDC_ENV, True),
        ({**LOCAL_ENV, "REQUEST_LOG": "on"}, True),
        ({**OIDC_ENV, "REQUEST_LOG": "off"}, False),
    ],
)
def test_request_log_defaults_on_except_locally(
    environment: dict[str, str], *, expected: bool
) -> None:
    assert Settings.from_env(environment).has_request_log is expected


def test_boolean_setting_is_on_or_off() -> None:
    with pytest.raises(SettingsError, match="REQUEST_LOG is yes"):
        Settings.from_env({**LOCAL_ENV, "REQUEST_LOG": "yes"})


def test_public_slots_are_off_by_default() -> None:
    assert not Settings.from_env(LOCAL_ENV).has_public_slots
    assert Settings.from_env({**LOCAL_ENV, "PUBLIC_SLOTS": "on"}).has_public_slots
    with pytest.raises(SettingsError, match="PUBLIC_SLOTS is yes"):
        Settings.from_env({**LOCAL_ENV, "PUBLIC_SLOTS": "yes"})


def test_booking_sites_can_have_display_names() -> None:
    clients = "one two=Practice%20system three=B%26B four="

    settings = Settings.from_env({**OIDC_ENV, "OIDC_MACHINE_CLIENTS": clients})

    assert settings.oidc is not None
    assert settings.oidc.machine_clients == {"one", "two", "three", "four"}
    named = {
        client: settings.client_names.get(client) for client in ("one", "two", "three", "four")
    }
    assert named == {"one": None, "two": "Practice system", "three": "B&B", "four": None}


def test_client_of_the_page_has_a_name() -> None:
    settings = Settings.from_env({**OIDC_ENV, "OIDC_CLIENT_ID": "3rXhTZjHjKa7Kifs"})

    assert settings.client_names == {"3rXhTZjHjKa7Kifs": "Manage Slots API"}


def test_origins_of_other_sites_are_separated_by_commas() -> None:
    text = "https://www.clinic.example, https://b.example:8443,http://localhost:3000"

    origins = Settings.from_env({**OIDC_ENV, "CORS_ORIGINS": text}).cors_origins

    assert origins == {
        "https://www.clinic.example",
        "https://b.example:8443",
        "http://localhost:3000",
    }
    assert Settings.from_env({**OIDC_ENV, "CORS_ORIGINS": " "}).cors_origins == frozenset()


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "https://",
        "http://www.clinic.example",  # anyone on the way could change the page
        "https://www.clinic.example/",
        "https://WWW.clinic.example",
        "https://www.clinic.example:443",
        "https://a@www.clinic.example",
        "https://a.example https://b.example",
        "https://a.example,",
    ],
)
def test_origin_that_no_browser_sends_is_rejected(origin: str) -> None:
    with pytest.raises(SettingsError, match="CORS_ORIGINS has"):
        Settings.from_env({**OIDC_ENV, "CORS_ORIGINS": origin})
