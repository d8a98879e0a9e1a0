"""MiniStack, the local DynamoDB and Cognito, as a subprocess that ends with its parent."""

import os
from collections.abc import Sequence
from pathlib import Path

from local import local_config, ports
from local.subprocess_server import SubprocessServer

PYTHON = local_config.PROJECT / ".venv-ministack" / "bin" / "python"


class MiniStack(SubprocessServer):
    """``with MiniStack(folder) as ministack:`` runs a MiniStack while the block runs.

    ``folder`` has its log, and its state from one run to the next (see ``ministack_process``). It
    listens on a free port unless ``port`` names one. What it ``inherits`` may be a lock on the
    folder, which then lasts until the state is saved, however the parent ends.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        inherits: Sequence[int] = (),
        keeps_state: bool = True,
    ) -> None:
        port = port or ports.free_port()
        super().__init__(
            name="MiniStack",
            command=[os.fspath(PYTHON), "-m", "local.ministack_process"],
            port=port,
            ready_path="/_ministack/ready",
            settings={
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
        """The variables with which an AWS client reaches it: endpoint, keys, region."""
        stage = local_config.variables()
        aws = {name: value for name, value in stage.items() if name.startswith("AWS_")}
        return {**aws, "AWS_ENDPOINT_URL": self.url, "AWS_ENDPOINT_URL_DYNAMODB": self.url}
