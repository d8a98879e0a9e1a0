"""What the environment says this process is to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL_STAGE = "local"
_ENDPOINTS = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class SettingsError(RuntimeError):
    """The process must not start: its text names the setting and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``local_caller`` is the doctor as whom everybody acts who reaches the local stage."""

    table_name: str
    local_caller: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``STAGE``, ``TABLE_NAME``, ``LOCAL_CALLER``; raise ``SettingsError``.

        Only the stage ``local``, with a DynamoDB on this machine, lets people in without sign-in.
        """
        stage = _required(environment, "STAGE")
        if stage != LOCAL_STAGE:
            message = (
                f"STAGE is {stage}, and only {LOCAL_STAGE} runs without sign-in, "
                "which this version does not have yet"
            )
            raise SettingsError(message)
        if issuer := environment.get("OIDC_ISSUER"):
            message = f"OIDC_ISSUER is {issuer}: the stage {LOCAL_STAGE} has no sign-in"
            raise SettingsError(message)
        _require_dynamodb_on_this_machine(environment)
        return cls(
            table_name=_required(environment, "TABLE_NAME"),
            local_caller=_required(environment, "LOCAL_CALLER"),
        )


def _required(environment: Mapping[str, str], name: str) -> str:
    if value := environment.get(name):
        return value
    message = f"{name} is not set"
    raise SettingsError(message)


def _require_dynamodb_on_this_machine(environment: Mapping[str, str]) -> None:
    endpoint = next((environment[name] for name in _ENDPOINTS if environment.get(name)), None)
    if endpoint is None or urlsplit(endpoint).hostname not in _THIS_MACHINE:
        message = (
            f"{_ENDPOINTS[0]} is {endpoint or 'not set'}: the stage {LOCAL_STAGE} lets everybody "
            "in and therefore takes only a DynamoDB on this machine"
        )
        raise SettingsError(message)
