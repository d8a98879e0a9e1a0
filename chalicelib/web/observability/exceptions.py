"""Format unexpected exceptions for the log, without personal data."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator


def format_exception(error: BaseException) -> list[str]:
    """Format an exception and its causes as type and stack frames, the first cause first.

    Messages and values are left out, because they may contain patient data. AWS errors have their
    code.
    """
    chain = reversed(list(_cause_chain(error)))
    return [line for exception in chain for line in _exception_lines(exception)]


def _cause_chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        yield current
        seen.append(current)
        is_suppressed = current.__suppress_context__
        current = current.__cause__ or (None if is_suppressed else current.__context__)


def _exception_lines(error: BaseException) -> Iterator[str]:
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind}: {code}" if code else kind
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
