from ipaddress import ip_network

import pytest

from enrichers.hosts import belongs, host_of, registered, within


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://Paste.Example:8443/x?y#z", "paste.example"),
        ("https://user:pass@evil.example/", "evil.example"),
        ("http://fernwood.example@evil.example/", "evil.example"),
        ("bob@files.example:/tmp", "files.example"),
        ("files.example.", "files.example"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("http://2852039166/", "169.254.169.254"),
        ("0xA9FEA9FE", "169.254.169.254"),
        ("0251.0376.0251.0376", "169.254.169.254"),
        ("999.1.1.1", "999.1.1.1"),
        ("/etc/passwd", None),
        ("", None),
        ("a" * 300, None),
    ],
)
def test_a_host_has_one_spelling(text: str, host: str | None) -> None:
    assert host_of(text) == host


@pytest.mark.parametrize(
    ("host", "ours"), [("a.b.example", True), ("b.example", True), ("ab.example", False), ("example", False)]
)
def test_a_host_belongs_to_a_domain_or_lies_below_it(host: str, ours: bool) -> None:
    assert belongs(host, ["c.example", "b.example"]) is ours


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("mail.b.example", True),
        ("localhost", True),
        ("db01", True),
        ("db01.internal", True),
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("::1", True),
        ("198.51.100.7", True),
        ("203.0.113.7", False),
        ("2001:db8::1", False),
        ("b.example.evil.example", False),
        ("internal.evil.example", False),
        ("999.1.1.1", False),
    ],
)
def test_our_own_and_local_hosts_are_inside(host: str, inside: bool) -> None:
    assert within(host, ["b.example"], [ip_network("198.51.100.0/24")]) is inside


def test_a_registered_domain_lies_below_a_public_suffix() -> None:
    assert registered("a.b.shop.co.uk") == "shop.co.uk"
    assert registered("203.0.113.9") == "203.0.113.9"
    assert registered("localhost") == "localhost"
    assert registered("b.example.github.io") == "example.github.io"
    assert registered("2001:db8::1") == "2001:db8::1"
    assert registered("a.b.\u4e2d\u56fd") == "b.\u4e2d\u56fd"
