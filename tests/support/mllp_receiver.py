"""A hospital's system on loopback that receives HL7 messages by MLLP."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import hl7

if TYPE_CHECKING:
    from collections.abc import Iterator


class MllpReceiver(socketserver.ThreadingTCPServer):
    """Acknowledges each message with ``code``, and keeps those that it accepts."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.code = "AA"
        self.messages: list[hl7.Message] = []
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(socketserver.StreamRequestHandler):
    server: MllpReceiver

    def handle(self) -> None:
        received = b""
        while not received.endswith(b"\x1c\r"):
            if not (byte := self.rfile.read(1)):
                return
            received += byte
        message = hl7.parse(received[1:-2].decode())
        if self.server.code == "AA":
            self.server.messages.append(message)
        acknowledgement = str(message.create_ack(self.server.code))
        self.wfile.write(b"\x0b" + acknowledgement.encode() + b"\x1c\r")


@contextmanager
def run_mllp_receiver(port: int = 0) -> Iterator[MllpReceiver]:
    """Serve while the block runs."""
    with MllpReceiver(port) as receiver:
        thread = threading.Thread(target=receiver.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()
