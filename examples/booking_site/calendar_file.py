"""Lines of iCalendar files (RFC 5545); ``templates/appointment.ics`` has the event."""

MAX_OCTETS = 75  # of a line, without its end


def fold(text: str) -> str:
    """End lines by CRLF, and break long ones between characters, not within one."""
    return "".join(f"{_fold_line(line)}\r\n" for line in text.splitlines())


def _fold_line(line: str) -> str:
    folded, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > MAX_OCTETS:
            folded, octets = f"{folded}\r\n ", 1
        folded, octets = folded + character, octets + size
    return folded
