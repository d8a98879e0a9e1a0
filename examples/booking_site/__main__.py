"""``python -m examples.booking_site``: serve the site on this machine until Ctrl-C."""

from __future__ import annotations

import os
import secrets

from werkzeug.serving import make_server

from examples.booking_site.access import ClientCredentials
from examples.booking_site.site import create_site
from examples.booking_site.slots_api import SlotsApi

HOST = "127.0.0.1"


def main() -> None:
    api = SlotsApi(os.environ.get("SLOTS_API") or "http://127.0.0.1:8000", _credentials())
    port = int(os.environ.get("PORT") or 8080)
    site = create_site(
        api,
        secret_key=os.environ.get("SECRET_KEY") or secrets.token_hex(),
        session_cookie=f"booking_site_{port}",
    )
    server = make_server(HOST, port, site, threaded=True)
    print(f"Booking site: http://{HOST}:{port}/", flush=True)  # noqa: T201  a command's output
    server.serve_forever()


def _credentials() -> ClientCredentials | None:
    """Return the client credentials from the environment; None to send requests without a token."""
    token_url = os.environ.get("SLOTS_API_TOKEN_URL")
    if not token_url:
        return None
    return ClientCredentials(
        token_url,
        client_id=os.environ["SLOTS_API_CLIENT_ID"],
        client_secret=os.environ["SLOTS_API_CLIENT_SECRET"],
    )


if __name__ == "__main__":
    main()
