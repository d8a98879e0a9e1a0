"""``python -m local.ministack_process``: MiniStack, saving its state while it runs.

By itself MiniStack saves when it stops, and only logs where that fails: a power cut or a full disk
would lose everything since the start. This module runs in MiniStack's virtual environment.
"""

import asyncio
import fcntl
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import BufferingHandler
from pathlib import Path

import uvicorn
from ministack import app as ministack
from ministack.core import persistence

from local.browser_guard import App, BrowserGuard, Receive, Scope, Send

SAVE_SECONDS = float(os.environ.get("SAVE_SECONDS", "5"))
"""How often a changed state is saved, and so what a power cut may lose."""

# Receive hides messages for a while. If a crash loses that, they are received again a bit earlier.
_READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet", "Receive")


class StateSaver:
    """ASGI application around MiniStack's that saves its state.

    ``folder`` has the current and the previous state, each in a folder. A state is written to
    another folder, flushed to the disk and then renamed, so both are complete at any time. A file
    ``up-to-date`` beside them says that nothing has changed after the save.
    """

    def __init__(self, folder: Path) -> None:
        self._new, self._current, self._previous, self._up_to_date = (
            folder / name for name in ("new", "current", "previous", "up-to-date")
        )
        self._is_changed = False
        self._is_failing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_write = scope["type"] == "http" and _is_write(scope)
        if is_write:
            # Before the response: a client that has it may be followed by a crash at once.
            self._mark_changed()
        await ministack.app(scope, receive, send)
        if is_write:
            # A save during the request may lack the change.
            self._mark_changed()

    def _mark_changed(self) -> None:
        if not self._is_changed:
            self._is_changed = True
            self._up_to_date.unlink(missing_ok=True)

    def restore(self) -> None:
        """Make MiniStack load the newest state, and report where a crash may have lost changes."""
        newest = next(filter(Path.exists, (self._current, self._previous)), None)
        if newest is None:
            return
        persistence.STATE_DIR = os.fspath(newest)
        if not self._up_to_date.exists():
            saved = newest.stat().st_mtime
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(saved))
            _report(
                f"The last server did not stop cleanly. Its data is restored as saved at {at}, "
                f"{time.time() - saved:.0f} s ago; changes after that are lost."
            )

    async def save_changes(self, stopping: asyncio.Event) -> bool:
        """Save at an interval, where something has changed, and once more at the end.

        Return whether the last save succeeded.
        """
        while not stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), SAVE_SECONDS)
            if self._is_changed and not stopping.is_set():
                await self._save()
        return await self._save()

    async def _save(self) -> bool:
        """Save the current state, report a failure, and return whether it succeeded."""
        self._is_changed = False
        try:
            await self._write()
        except OSError as error:
            if not self._is_failing:
                _report(f"Data is not saved: {error}. Changes since the last save may be lost.")
            self._is_changed = self._is_failing = True
            return False
        if self._is_failing:
            _report("Data is saved again.")
        self._is_failing = False
        return True

    async def _write(self) -> None:
        try:
            self._new.mkdir(parents=True, exist_ok=True)
            _write_services(self._new)
            # A busy disk takes seconds, in which other requests go on.
            await asyncio.to_thread(_flush_to_disk, *self._new.iterdir(), self._new)
            if self._current.exists():
                shutil.rmtree(self._previous, ignore_errors=True)
                self._current.rename(self._previous)
            self._new.rename(self._current)
            if not self._is_changed:
                self._up_to_date.touch()
            await asyncio.to_thread(_flush_to_disk, self._current.parent)
        finally:
            shutil.rmtree(self._new, ignore_errors=True)


def _write_services(folder: Path) -> None:
    """Write MiniStack's files to the folder, and raise an error that MiniStack itself only logs."""
    errors = BufferingHandler(capacity=1_000)
    errors.setLevel(logging.ERROR)
    persistence.STATE_DIR = os.fspath(folder)
    persistence.logger.addHandler(errors)
    persistence.save_all(ministack._build_persistence_save_dict())  # noqa: SLF001  no other way
    persistence.logger.removeHandler(errors)
    for record in errors.buffer:
        # The message names one of many services; the error itself is the same for all of them.
        *_, cause = record.args or ()
        raise OSError(cause)


def _flush_to_disk(*paths: Path) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def _is_write(scope: Scope) -> bool:
    operation = dict(scope["headers"]).get(b"x-amz-target", b"").decode().rpartition(".")[2]
    return scope["method"] not in {"GET", "HEAD"} and not operation.startswith(_READS)


def _report(message: str) -> None:
    """Print a line on the terminal of the parent process, if it still has one."""
    with suppress(OSError, KeyError):
        os.write(int(os.environ["TERMINAL_FD"]), f"{message}\n".encode())


class _Server(uvicorn.Server):
    """Stops at SIGTERM, and leaves the last save to this module instead of to MiniStack."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop)
        yield

    def _stop(self) -> None:
        persistence.PERSIST_STATE = False
        self.should_exit = True


async def _serve(app: App) -> None:
    """Serve until SIGTERM."""
    config = uvicorn.Config(
        BrowserGuard(app),
        port=int(os.environ["GATEWAY_PORT"]),
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )
    await _Server(config).serve()


async def main() -> int:
    """Serve until SIGTERM; return 1 if the last changes are not saved."""
    if not persistence.PERSIST_STATE:
        await _serve(ministack.app)
        return 0
    folder = Path(persistence.STATE_DIR).with_name("saved")
    # It has the private keys of the identity provider.
    folder.parent.chmod(0o700)
    print(f"Waiting until no other MiniStack uses {folder}", flush=True)
    # One whose parent was killed still saves its state.
    fcntl.flock(os.open(folder.parent, os.O_RDONLY), fcntl.LOCK_EX)
    saver = StateSaver(folder)
    saver.restore()
    stopping = asyncio.Event()
    saving = asyncio.create_task(saver.save_changes(stopping))
    await _serve(saver)
    persistence.PERSIST_STATE = True
    stopping.set()
    return 0 if await saving else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
