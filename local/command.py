"""What commands have in common: how they report expected errors, and run other programs."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import requests
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.errors import DomainError
from chalicelib.settings import SettingsError
from local import CommandError

_AWS_ERRORS = (BotoCoreError, ClientError, PynamoDBException)
_EXPECTED = (CommandError, DomainError, FileNotFoundError, SettingsError, requests.RequestException)
_Main = Callable[..., int]


def reports_errors(status: int = 1) -> Callable[[_Main], _Main]:
    """Let a command print an expected error without a traceback, and return this exit status."""

    def decorate(main: _Main) -> _Main:
        @wraps(main)
        def command(*args: Any, **kwargs: Any) -> int:  # noqa: ANN401  those of the command
            try:
                return main(*args, **kwargs)
            except _AWS_ERRORS as error:
                print(f"AWS reports an error: {error}", file=sys.stderr)
            except _EXPECTED as error:
                print(error, file=sys.stderr)
            return status

        return command

    return decorate


def run(
    command: Sequence[str | Path],
    failure: str,
    *,
    is_quiet: bool = True,
    **options: Any,  # noqa: ANN401  those of subprocess.run
) -> None:
    """Run a program; if it is quiet, its output is shown only when it fails."""
    if is_quiet:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    ran = subprocess.run(command, text=True, check=False, **options)
    if ran.returncode:
        raise CommandError(f"{failure} (exit status {ran.returncode}).\n{ran.stdout or ''}")
