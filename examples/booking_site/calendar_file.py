"""Lines of iCalendar files (RFC 5545); ``templates/appointment.ics`` has the event."""

MAX_OCTETS = 75  # of a line, without its end
MAX_CHARACTERS = (MAX_OCTETS - 1) // 4  # after the blank; a character has at most 4 octets


def fold(text: str) -> str:
    """End lines by CRLF, and break long ones between characters, not within one."""
    return "".join(f"{_fold_line(line)}\r\n" for line in text.splitlines())


def _fold_line(line: str) -> str:
    step = MAX_CHARACTERS if len(line.encode()) > MAX_OCTETS else MAX_OCTETS
    return "\r\n ".join(line[i : i + step] for i in range(0, len(line), step))
