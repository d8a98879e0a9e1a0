"""``python -m tests.server_with_sign_in FOLDER``: the app asking the local issuer who comes in.

Prints its URL when it is ready, and ends on SIGTERM.
"""

import os
import secrets
import signal
import sys
from pathlib import Path

from chalice.config import Config

from local import demo, issuer, loopback, server, stage
from local.ministack import MiniStack


def main(folder: Path) -> None:
    """Serve until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with MiniStack(folder) as ministack:
        os.environ.update(ministack.environment)
        stage.use_local_stage()
        demo.prepare()
        port = loopback.free_port()
        found = issuer.prepare(port)
        del os.environ["LOCAL_CALLER"]
        os.environ.update(
            OIDC_ISSUER=found.url,
            OIDC_DISCOVERY_URL=found.discovery_url,
            OIDC_CLIENT_ID=found.page.client_id,
            SESSION_KEY=secrets.token_hex(32),
        )
        from app import app  # noqa: PLC0415  it reads the environment

        config = Config(chalice_stage=stage.NAME, config_from_disk=stage.chalice_config())
        with server.serve(app, config, loopback.HOST, port) as url:
            print(url, flush=True)  # noqa: T201  for whoever started it
            signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
