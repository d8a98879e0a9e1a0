"""The example booking site beside the app, as a subprocess that ends with its parent."""

import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from local import ports
from local.subprocess_server import SubprocessServer, SubprocessServerError


class BookingSite(SubprocessServer):
    """A booking site on a free port; it knows only where the API is.

    ``access`` has its variables for requesting tokens, where the API requires them.
    """

    def __init__(self, api_url: str, *, log: Path, access: Mapping[str, str] | None = None) -> None:
        port = ports.free_port()
        super().__init__(
            name="The booking site",
            command=[sys.executable, "-m", "examples.booking_site"],
            port=port,
            ready_path="/static/site.css",
            settings={"SLOTS_API": api_url, "PORT": str(port), **(access or {})},
            log=log,
        )

    def start(self) -> None:
        """Start it, and report if it ends unexpectedly: nothing else depends on it."""
        super().start()
        Thread(target=self._report_exit, daemon=True).start()

    def _report_exit(self) -> None:
        try:
            self.wait()
        except SubprocessServerError as reason:
            print(reason, file=sys.stderr, flush=True)
