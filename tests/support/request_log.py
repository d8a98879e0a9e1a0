"""The request log of the app under test."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import structs

from chalicelib import bootstrap
from chalicelib.storage import table
from chalicelib.storage.models import BaseItem
from chalicelib.web.observability import request_log
from tests.support.app_setup import import_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest
    from pynamodb.connection import TableConnection

    from chalicelib.web.auth.user_directory import CognitoClient
    from tests.support.app_client import AppClient, AppResponse


@dataclass
class RequestLog:
    """A client of an app with a request log, and the lines of that log."""

    client: AppClient
    raw_lines: list[str]

    @property
    def entries(self) -> list[dict[str, Any]]:
        """All lines, decoded from JSON."""
        return [json.loads(text) for text in self.raw_lines]

    def entry_for(self, response: AppResponse) -> dict[str, Any]:
        """Return the entry of a response, which must be the only new one."""
        (entry,) = self.entries
        self.raw_lines.clear()
        assert entry["status"] == response.status
        return entry


def enable_request_log(
    client: AppClient, cognito_client: Callable[[], CognitoClient] | None = None
) -> Iterator[RequestLog]:
    """Log requests as in a stage of the cloud."""
    texts: list[str] = []
    settings = structs.replace(client.services.settings, stage="prod", has_request_log=True)
    services = bootstrap.build_services(
        settings,
        now=client.clock,
        pause=lambda _attempt: None,
        cognito_client=cognito_client,
        log=texts.append,
    )
    client.services = bootstrap.set_services(services)
    app = import_app()
    before = app.log.handlers[:], app.log.propagate
    request_log.redirect_framework_logs(app.log)
    with _tracked_capacity(settings.table_name):
        yield RequestLog(client, texts)
    app.log.handlers[:], app.log.propagate = before


@contextmanager
def _tracked_capacity(table_name: str) -> Iterator[None]:
    """Use a connection that tracks the capacity of its calls during the block."""
    before = BaseItem._connection  # creating a client takes as long as ten calls
    BaseItem._connection = _tracking_connection(table_name, os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    try:
        yield
    finally:
        BaseItem._connection = before


@cache
def _tracking_connection(table_name: str, _endpoint: str) -> TableConnection | None:
    table.connect(table_name, track_capacity=True)
    return BaseItem._connection


def other_output(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return everything that was printed or logged, except the records of Chalice's logger.

    pytest captures those before the app formats them.
    """
    logged = [
        record.getMessage() for record in caplog.records if record.name != import_app().log.name
    ]
    return [*capfd.readouterr(), *logged]
