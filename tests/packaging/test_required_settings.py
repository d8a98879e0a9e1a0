"""A function without a required setting does not start, and names the setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.packaging import lambda_process

if TYPE_CHECKING:
    from pathlib import Path

START = "import app"


def test_app_starts_with_all_settings(package_dir: Path) -> None:
    started = lambda_process.run(package_dir, START)

    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    "setting", ["STAGE", "TABLE_NAME", "OIDC_ISSUER", "OIDC_CLIENT_ID", "SESSION_KEY"]
)
def test_app_without_required_setting_does_not_start(package_dir: Path, setting: str) -> None:
    started = lambda_process.run(package_dir, START, **{setting: ""})

    assert started.returncode != 0
    assert f"SettingsError: {setting} is not set" in started.stderr


def test_app_with_short_session_key_does_not_start(package_dir: Path) -> None:
    started = lambda_process.run(package_dir, START, SESSION_KEY="short")

    assert "SettingsError: SESSION_KEY is too short" in started.stderr


def test_app_with_local_caller_does_not_start(package_dir: Path) -> None:
    started = lambda_process.run(package_dir, START, LOCAL_CALLER="dr-lee")

    assert "SettingsError: LOCAL_CALLER is set" in started.stderr


def test_stream_handler_without_event_bus_fails(package_dir: Path) -> None:
    handled = lambda_process.run(
        package_dir, f"{START}\napp.slots_changed({{'Records': []}}, None)"
    )

    assert "SettingsError: EVENT_BUS_NAME is not set" in handled.stderr


@pytest.mark.parametrize("function", ["APIHandler", "SlotsChanged"])
def test_template_sets_all_settings_and_no_local_caller(
    resources: dict[str, Any], function: str
) -> None:
    variables = resources[function]["Environment"]["Variables"]

    assert variables == variables | {
        "STAGE": {"Ref": "Stage"},
        "TABLE_NAME": {"Ref": "Table"},
        "OIDC_CLIENT_ID": {"Ref": "PageClient"},
        "OIDC_ISSUER": {"Fn::Sub": "https://${UserPool.ProviderName}"},
        "SESSION_KEY": {"Ref": "SessionKeys"},
    }
    assert ("EVENT_BUS_NAME" in variables) is (function == "SlotsChanged")
    assert [name for name in variables if name == "LOCAL_CALLER" or name.startswith("AWS_")] == []


def test_session_key_parameter_is_required_long_and_hidden(template: dict[str, Any]) -> None:
    parameter = template["Parameters"]["SessionKeys"]

    assert "Default" not in parameter
    assert parameter["NoEcho"]
    assert parameter["MinLength"] == 32
