"""The example booking site beside the app, as a child process that ends with its parent."""

import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from local import loopback
from local.child import Child, ChildError


class BookingSite(Child):
    """A booking site on a free port; all that it is told is where the API is.

    ``access`` are its variables for getting tokens, where the API asks for some.
    """

    def __init__(self, api_url: str, *, log: Path, access: Mapping[str, str] | None = None) -> None:
        port = loopback.free_port()
        super().__init__(
            "The booking site",
            [sys.executable, "-m", "examples.booking_site"],
            port=port,
            ready_path="/static/site.css",
            settings={"SLOTS_API": api_url, "PORT": str(port), **(access or {})},
            log=log,
        )

    def start(self) -> None:
        """Start it, and say so if it ends before it is stopped: nothing else depends on it."""
        super().start()
        Thread(target=self._tell_if_it_ends, daemon=True).start()

    def _tell_if_it_ends(self) -> None:
        try:
            self.wait()
        except ChildError as reason:
            print(reason, file=sys.stderr, flush=True)
