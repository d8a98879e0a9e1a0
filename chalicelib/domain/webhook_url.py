"""The URLs and addresses to which webhooks may be sent: none within a private network (SSRF).

https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation

MAX_URL_LENGTH = 2000
_DEFAULT_PORTS = {"https": 443, "http": 80}
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
# They contain an IPv4 address, to which a gateway may forward: NAT64 and 6to4.
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")))


class EndpointUrl(NamedTuple):
    """A webhook's URL in parts; ``target`` is the path with the query."""

    scheme: str
    host: str
    port: int
    target: str


def parse_url(text: str, *, allow_loopback: bool) -> EndpointUrl:
    """Return the parts of a URL to which webhooks may be sent.

    ``allow_loopback`` is for a local server: it may send to itself, and by http. Raises
    ``RequestRejectedError``.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _invalid(Text("Enter a valid URL")) from None
    if not _VISIBLE_ASCII.fullmatch(text) or len(text) > MAX_URL_LENGTH or parts.fragment:
        raise _invalid(Text("Enter a valid URL"))
    if parts.username is not None or parts.password is not None:
        raise _invalid(Text("The URL must not have a user name or a password"))
    host = parts.hostname or ""
    _require_public(parts.scheme, host, allow_loopback=allow_loopback)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return EndpointUrl(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], target)


def _require_public(scheme: str, host: str, *, allow_loopback: bool) -> None:
    is_local_test = allow_loopback and is_loopback_host(host)
    if scheme != "https" and not (is_local_test and scheme == "http"):
        raise _invalid(Text("The URL must begin with https://"))
    if is_local_test:
        return
    if (address := _parse_address(host)) is not None:
        if not _is_public(address):
            raise _invalid(Text("The URL must have a public address"))
    elif not _HOST.fullmatch(host) or _is_private_name(host):
        raise _invalid(Text("The URL must have a public address"))


def is_loopback_host(host: str) -> bool:
    """Whether a host of a URL is this machine, by name or address."""
    address = _parse_address(host)
    return host == "localhost" if address is None else address.is_loopback


def is_public_address(text: str) -> bool:
    """Whether an IP address can be reached from everywhere, and belongs to no private network."""
    address = _parse_address(text)
    return address is not None and _is_public(address)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _parse_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_private_name(host: str) -> bool:
    """Whether a name has no domain, or one of a local network; so has an IPv4 address in disguise.

    What a name resolves to is checked with each connection; this only rejects mistakes early.
    """
    last = host.rstrip(".").rpartition(".")
    return not last[0] or last[2] in ("local", "localhost", "internal") or last[2].isdecimal()


def _invalid(detail: Text) -> RequestRejectedError:
    return RequestRejectedError(FieldViolation("url", "invalid", detail))
