"""A function without a required setting does not start, and names the setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.packaging import lambda_process
from tests.support.scheduled_event import SCHEDULED_EVENT

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


def test_stream_handler_without_bucket_fails(package_dir: Path) -> None:
    handled = lambda_process.run(
        package_dir, f"{START}\napp.copy_audit_items({{'Records': []}}, None)"
    )

    assert "SettingsError: AUDIT_BUCKET is not set" in handled.stderr


def test_schedule_without_queue_fails(package_dir: Path) -> None:
    handled = lambda_process.run(
        package_dir, f"{START}\napp.start_extension({SCHEDULED_EVENT}, None)"
    )

    assert "SettingsError: SERIES_QUEUE_URL is not set" in handled.stderr


def test_webhooks_function_without_queue_fails(package_dir: Path) -> None:
    body = '{"webhook_id": "w", "delivery_id": "d", "due": "2026-11-22T12:00:00Z"}'
    event = {"Records": [{"body": body}]}
    handled = lambda_process.run(package_dir, f"{START}\napp.deliver_webhooks({event}, None)")

    assert "SettingsError: WEBHOOK_QUEUE_URL is not set" in handled.stderr


def test_app_that_sends_webhooks_to_itself_does_not_start(package_dir: Path) -> None:
    started = lambda_process.run(package_dir, START, WEBHOOK_LOOPBACK="on")

    assert "SettingsError: WEBHOOK_LOOPBACK is on" in started.stderr


@pytest.mark.parametrize(
    "target", ["EVENT_BUS_NAME", "AUDIT_BUCKET", "SERIES_QUEUE_URL", "WEBHOOK_QUEUE_URL"]
)
def test_event_functions_start_without_a_session_key(package_dir: Path, target: str) -> None:
    sign_in = dict.fromkeys(["OIDC_ISSUER", "OIDC_CLIENT_ID", "SESSION_KEY"], "")

    started = lambda_process.run(package_dir, START, **sign_in, **{target: "target"})

    assert started.returncode == 0, started.stderr


def test_template_sets_all_settings_and_no_local_caller(resources: dict[str, Any]) -> None:
    variables = {
        function: resources[function]["Environment"]["Variables"]
        for function in (
            "APIHandler",
            "SlotsChanged",
            "CopyAuditItems",
            "StartExtension",
            "AnnounceDisruptions",
            "ExtendSeries",
            "DeliverWebhooks",
        )
    }

    common = {"STAGE", "TABLE_NAME"}
    webhooks = {"WEBHOOK_QUEUE_URL", "WEBHOOK_LOOPBACK"}
    assert variables["SlotsChanged"].keys() == common | {"EVENT_BUS_NAME", "WEBHOOK_QUEUE_URL"}
    assert variables["DeliverWebhooks"].keys() == common | webhooks | {"REQUEST_LOG"}
    assert variables["CopyAuditItems"].keys() == common | {"AUDIT_BUCKET"}
    assert variables["AnnounceDisruptions"].keys() == common | {"REQUEST_LOG", "EVENT_BUS_NAME"}
    for function in ("StartExtension", "ExtendSeries"):
        assert variables[function].keys() == common | {"REQUEST_LOG", "SERIES_QUEUE_URL"}
    assert variables["APIHandler"].keys() == common | webhooks | {
        "COGNITO_USER_POOL",
        "CORS_ORIGINS",
        "MAX_HOLDS_PER_CLIENT",
        "OIDC_CLIENT_ID",
        "OIDC_DISCOVERY_URL",
        "OIDC_ISSUER",
        "OIDC_MACHINE_CLIENTS",
        "PATIENT_REFERENCE_DAYS",
        "PUBLIC_SLOTS",
        "REQUEST_LOG",
        "SERIES_QUEUE_URL",
        "SESSION_KEY_SECRET",
    }
