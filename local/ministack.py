"""MiniStack, the local DynamoDB and Cognito, as a child process that ends with its parent."""

import os
from collections.abc import Sequence
from pathlib import Path

from local import loopback, stage
from local.child import Child

PYTHON = stage.PROJECT / ".venv-ministack" / "bin" / "python"


class MiniStack(Child):
    """A MiniStack of one's own; ``with MiniStack(folder) as ministack:`` runs it for a block.

    ``folder`` keeps its state from one run to the next (written on a clean stop only, so never kill
    it with SIGKILL) and its log. It listens on a free port unless told which. What it ``inherits``
    may be a lock on the folder, which then lasts until the state is written, however the parent
    ends.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        inherits: Sequence[int] = (),
        keeps_state: bool = True,
    ) -> None:
        port = port or loopback.free_port()
        super().__init__(
            "MiniStack",
            [os.fspath(PYTHON), "-m", "ministack"],
            port=port,
            ready_path="/_ministack/ready",
            settings={
                "BIND_HOST": loopback.HOST,
                "GATEWAY_PORT": str(port),
                "PERSIST_STATE": "1" if keeps_state else "0",
                "STATE_DIR": os.fspath(folder.absolute() / "state"),
                # Listeners on fixed ports that nothing here uses.
                "IOT_MTLS_ENABLED": "0",
                "SFTP_ENABLED": "0",
            },
            log=folder / "ministack.log",
            inherits=inherits,
        )

    @property
    def environment(self) -> dict[str, str]:
        """What an AWS client needs to reach it: endpoint, keys, region."""
        return {
            **{name: value for name, value in stage.variables().items() if name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_DYNAMODB": self.url,
        }
