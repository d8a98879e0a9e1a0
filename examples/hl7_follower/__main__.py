"""Runs the follower: ``python -m examples.hl7_follower``."""

from __future__ import annotations

import os
from pathlib import Path

from examples.hl7_follower.mllp import MllpSender
from examples.hl7_follower.receiver import create_app
from examples.hl7_follower.revisions import SentRevisions


def main() -> None:
    """Read the settings from the environment, and serve on this computer."""
    host, _, port = os.environ.get("MLLP_RECEIVER", "127.0.0.1:2575").rpartition(":")
    revisions = SentRevisions(Path(os.environ.get("SENT_REVISIONS", "sent-revisions.sqlite")))
    app = create_app(os.environ["WEBHOOK_SECRET"], MllpSender(host, int(port)), revisions)
    app.run("127.0.0.1", int(os.environ.get("PORT", "8090")))


if __name__ == "__main__":
    main()
