"""What commands have in common: how they report expected errors, and run other programs."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import requests
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import DomainError
from chalicelib.settings import SettingsError
from local import CommandError

_Arguments = ParamSpec("_Arguments")


def reports_errors(main: Callable[_Arguments, int]) -> Callable[_Arguments, int]:
    """Let a command print an expected error without a traceback, and return exit status 1."""

    @wraps(main)
    def command(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> int:
        try:
            return main(*args, **kwargs)
        except (BotoCoreError, ClientError) as error:
            print(f"AWS reports an error: {error}", file=sys.stderr)
        except (CommandError, DomainError, SettingsError, requests.RequestException) as error:
            print(error, file=sys.stderr)
        return 1

    return command


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
