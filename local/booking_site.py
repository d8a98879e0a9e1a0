"""The example booking site beside the app, as a child process that ends with its parent."""

import sys
from pathlib import Path
from threading import Thread

from local import loopback
from local.child import Child, ChildError


class BookingSite(Child):
    """A booking site on a free port; all that it is told is the URL of the API, and a token.

    A token lasts an hour: a site that runs for longer would have to ask for the next.
    """

    def __init__(self, api_url: str, *, log: Path, token: str | None = None) -> None:
        port = loopback.free_port()
        given = {"SLOTS_API_TOKEN": token} if token else {}
        super().__init__(
            "The booking site",
            [sys.executable, "-m", "examples.booking_site"],
            port=port,
            ready_path="/static/site.css",
            settings={"SLOTS_API": api_url, "PORT": str(port), **given},
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
