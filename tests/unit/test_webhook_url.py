"""Where webhooks may be sent: no address of a private network, in whatever form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.webhook_url import EndpointUrl, is_public_address, parse_url

if TYPE_CHECKING:
    import ipaddress

PRIVATE_V4 = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4"),
    *("240.0.0.0/4",),
]
PRIVATE_V6 = ["::/127", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32", "2002::/16"]


@given(st.sampled_from(PRIVATE_V4).flatmap(lambda network: st.ip_addresses(network=network)))
def test_private_ipv4_is_not_public_in_any_form(address: ipaddress.IPv4Address) -> None:
    assert not is_public_address(str(address))
    assert not is_public_address(f"::ffff:{address}")
    assert not is_public_address(f"64:ff9b::{address}")


@given(st.sampled_from(PRIVATE_V6).flatmap(lambda network: st.ip_addresses(network=network)))
def test_private_ipv6_is_not_public(address: ipaddress.IPv6Address) -> None:
    assert not is_public_address(str(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize("text", ["", "example.org", "127.1", "0x7f000001", "fe80::1%eth0"])
def test_what_is_no_public_address_is_not_public(text: str) -> None:
    assert not is_public_address(text)


def test_url_is_taken_apart() -> None:
    assert parse_url("https://Hooks.example.org/a/b?c=d", allow_loopback=False) == EndpointUrl(
        "https", "hooks.example.org", 443, "/a/b?c=d"
    )
    assert parse_url("https://hooks.example.org:8443", allow_loopback=False).port == 8443


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "https://localhost/"]
)
def test_only_a_local_server_sends_to_itself(url: str) -> None:
    assert parse_url(url, allow_loopback=True)
    with pytest.raises(RequestRejectedError):
        parse_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "https://10.0.0.1/",
        "https://2130706433/",
        "https://127.1/",
        "https://printer.local/",
        "https://a@hooks.example.org/",
        "https://hooks.exämple.org/",
        "https://hooks.example.org/\r\nX: y",
        f"https://hooks.example.org/{'a' * 2000}",
        "https://[::1",
        "https:///path",
    ],
)
def test_other_urls_are_rejected_also_by_a_local_server(url: str) -> None:
    with pytest.raises(RequestRejectedError):
        parse_url(url, allow_loopback=True)
