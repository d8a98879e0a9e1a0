"""Sends HL7 messages by MLLP, the minimal lower layer protocol."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import hl7

START, END = b"\x0b", b"\x1c\r"
MAX_BYTES = 65_536


class NotAcceptedError(Exception):
    """The receiver can't be reached, doesn't respond in time, or doesn't accept the message."""


@dataclass(frozen=True)
class MllpSender:
    """Sends to one receiver; each wait takes at most ``timeout`` seconds."""

    host: str
    port: int
    timeout: float = 3.0

    def send(self, message: str) -> None:
        """Send the message, and wait for its acknowledgement.

        Raises:
            NotAcceptedError: anything but an acknowledgement AA of this message.
        """
        try:
            answer = hl7.parse(self._exchange(message))
            code, control_id = str(answer["MSA.F1"]), str(answer["MSA.F2"])
        except (OSError, ValueError, LookupError, hl7.HL7Exception) as error:
            raise NotAcceptedError from error
        if (code, control_id) != ("AA", str(hl7.parse(message)["MSH.F10"])):
            raise NotAcceptedError(code)

    def _exchange(self, message: str) -> str:
        with socket.create_connection((self.host, self.port), self.timeout) as connection:
            connection.sendall(START + message.encode() + END)
            received = b""
            while not received.endswith(END):
                part = connection.recv(4096)
                if not part or len(received) > MAX_BYTES:
                    raise NotAcceptedError
                received += part
        return received.removeprefix(START).removesuffix(END).decode()
