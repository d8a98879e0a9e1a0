"""A function that lacks a setting does not start, and says which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.packaging import in_lambda

if TYPE_CHECKING:
    from pathlib import Path

IMPORT_APP = "import app"


def test_it_starts_with_the_settings_of_the_cloud(unpacked: Path) -> None:
    started = in_lambda.run_python(unpacked, IMPORT_APP)

    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    "setting", ["STAGE", "TABLE_NAME", "OIDC_ISSUER", "OIDC_CLIENT_ID", "SESSION_KEY"]
)
def test_it_refuses_to_start_without(unpacked: Path, setting: str) -> None:
    started = in_lambda.run_python(unpacked, IMPORT_APP, **{setting: ""})

    assert started.returncode != 0
    assert f"SettingsError: {setting} is not set" in started.stderr


def test_it_refuses_to_start_with_a_session_key_that_can_be_guessed(unpacked: Path) -> None:
    started = in_lambda.run_python(unpacked, IMPORT_APP, SESSION_KEY="short")

    assert "SettingsError: SESSION_KEY is too short" in started.stderr


def test_it_refuses_to_let_everybody_in(unpacked: Path) -> None:
    started = in_lambda.run_python(unpacked, IMPORT_APP, LOCAL_CALLER="dr-lee")

    assert "SettingsError: LOCAL_CALLER is set" in started.stderr


def test_it_refuses_to_pass_over_changes_where_no_event_bus_is_named(unpacked: Path) -> None:
    told = in_lambda.run_python(
        unpacked, f"{IMPORT_APP}\napp.slots_changed({{'Records': []}}, None)"
    )

    assert "SettingsError: EVENT_BUS_NAME is not set" in told.stderr


@pytest.mark.parametrize("function", ["APIHandler", "SlotsChanged"])
def test_the_template_gives_it_every_setting_and_no_caller(
    resources: dict[str, Any], function: str
) -> None:
    given = resources[function]["Environment"]["Variables"]

    assert given == given | {
        "STAGE": {"Ref": "Stage"},
        "TABLE_NAME": {"Ref": "Table"},
        "OIDC_CLIENT_ID": {"Ref": "PageClient"},
        "OIDC_ISSUER": {"Fn::Sub": "https://${UserPool.ProviderName}"},
        "SESSION_KEY": {"Ref": "SessionKeys"},
    }
    assert ("EVENT_BUS_NAME" in given) is (function == "SlotsChanged")
    assert [name for name in given if name == "LOCAL_CALLER" or name.startswith("AWS_")] == []


def test_a_session_key_has_to_be_given_is_long_enough_and_is_not_shown(
    template: dict[str, Any],
) -> None:
    parameter = template["Parameters"]["SessionKeys"]

    assert "Default" not in parameter
    assert parameter["NoEcho"]
    assert parameter["MinLength"] == 32
