"""``python -m examples.booking_site``: serve the site on this machine until Ctrl-C."""

import os
import secrets

from werkzeug.serving import run_simple

from examples.booking_site.site import create_site
from examples.booking_site.slots_api import SlotsApi, token_session

HOST = "127.0.0.1"


def main() -> None:
    env, port = os.environ, int(os.environ.get("PORT") or 8080)
    session = None
    if token_url := env.get("SLOTS_API_TOKEN_URL"):
        client = env["SLOTS_API_CLIENT_ID"], env["SLOTS_API_CLIENT_SECRET"]
        session = token_session(token_url, *client)
    site = create_site(SlotsApi(env.get("SLOTS_API") or "http://127.0.0.1:8000", session))
    site.secret_key = env.get("SECRET_KEY") or secrets.token_hex()
    # Browsers share cookies among the ports of a host.
    site.config["SESSION_COOKIE_NAME"] = f"booking_site_{port}"
    print(f"Booking site: http://{HOST}:{port}/", flush=True)  # noqa: T201  a command's output
    run_simple(HOST, port, site, threaded=True)


if __name__ == "__main__":
    main()
