"""Find e-mail addresses, telephone numbers, bank accounts and network addresses where a cue stands."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address

from stdnum import iban as iban_number

from enrichers.classify.dialling import in_plan
from enrichers.classify.placeholders import samples

Found = tuple[int, int, bool | None]
"""Where a finding starts and ends, and whether it is valid."""

_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])", re.ASCII
)
_RESERVED = re.compile(r"(?:\A|\.)example\.(?:com|net|org)\Z", re.IGNORECASE)
"""Domains that documents use and nobody has an address at (RFC 2606)."""
_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-'"
_FILES = frozenset("png jpg jpeg gif svg webp ico pdf css js ts py md txt html json yaml yml zip gz".split())
_IN_URL = re.compile(r"://[^\s/@]{0,70}\Z")
_AMERICAN = re.compile(r"\([2-9]\d\d\) ?\d{3}[-. ]\d{4}|[2-9]\d\d([-.])\d{3}\1\d{4}")
PHONE = re.compile(r"\+?\(?\d(?:[ ./()-]{0,2}\d){6,16}(?!\d)")
_NO_PHONE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,3}(?:\.\d{1,3}){3}")
IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_IBANS = frozenset(
    "AD AE AL AT AZ BA BE BG BH BR BY CH CR CY CZ DE DK DO EE EG ES FI FO FR GB GE GI GL GR GT HR HU IE IL IQ IS IT JO KW KZ "
    "LB LC LI LT LU LV LY MC MD ME MK MR MT MU NL NO PK PL PS PT QA RO RS SA SC SD SE SI SK SM ST SV TL TN TR UA VA VG XK".split()
)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_VERSION = re.compile(r"(?:version|release|build|section|chapter|v|ver\.?|§)\s?\Z", re.IGNORECASE)
_OF_IPV6 = "0123456789abcdefABCDEF:"


def email(text: str, place: int, _end: int) -> Found | None:
    """Find an address whose `@` follows a place; at a domain that is reserved for documents it is nobody's, else nobody can tell."""
    at = place + 1
    domain = _DOMAIN.match(text, at + 1)
    if domain is None or domain[0].rpartition(".")[2].lower() in _FILES:
        return None
    lead = text[max(0, at - 64) : at]
    first = at - len(lead) + len(lead.rstrip(_LOCAL))
    while first < place and text[first] in ".'-":
        first += 1
    if text[max(0, first - 1) : first] == "\\" and text[first] in "nrt" and first < place:
        first += 1
    shell = text[first:at] == "git" and text[domain.end() : domain.end() + 1] == ":"
    near = max(0, first - 72)
    in_url = text.find("://", near, first) >= 0 and _IN_URL.search(text, near, first)
    return None if shell or in_url else (first, domain.end(), False if is_reserved(domain[0]) else None)


def is_reserved(domain: str) -> bool:
    """Say whether a domain is one of documents."""
    return _RESERVED.search(domain) is not None


def phone(text: str, place: int, _end: int) -> Found | None:
    """Find a number that starts at a place; valid is True where its numbering plan knows it.

    Numbers without `+` are taken as American if they are written so, else on the word of the cue before them.
    """
    found = PHONE.match(text, place)
    if found is None or text[max(0, place - 1) : place].isalnum() or _NO_PHONE.match(text, place):
        return None
    number = found[0]
    if number[0] == "+" or _AMERICAN.fullmatch(number):
        return (place, found.end(), True) if in_plan(number) else None
    digits = sum(map(str.isdigit, number))
    return (place, found.end(), None) if number[0] in "0(" and 9 <= digits <= 13 else None


def iban(text: str, place: int, _end: int) -> Found | None:
    """Find an account number that starts at a place, whose check digits and national format hold, and that no manual prints."""
    found = IBAN.match(text, place)
    if found is None or found[0][:2] not in _IBANS or text[max(0, place - 1) : place].isalnum():
        return None
    number = found[0]
    while len(number) >= 15:
        if iban_number.is_valid(number):
            return None if number.replace(" ", "") in samples() else (place, place + len(number), True)
        number = number.rpartition(" ")[0]
    return None


def ipv4(text: str, place: int, _end: int) -> Found | None:
    """Find an address around a place, but no version, loopback, wildcard or mask."""
    found = next(
        (match for match in _IPV4.finditer(text, max(0, place - 15), place + 8) if match.end() >= place), None
    )
    if found is None or _VERSION.search(text, max(0, found.start() - 9), found.start()):
        return None
    octets = [int(octet) for octet in found[0].split(".")]
    real = max(octets) <= 255 and octets[0] not in (0, 127, 255)
    return (found.start(), found.end(), None) if real else None


def ipv6(text: str, place: int, _end: int) -> Found | None:
    """Find an address around a place, but not the loopback."""
    before, after = text[max(0, place - 40) : place], text[place : place + 40]
    first = place - len(before) + len(before.rstrip(_OF_IPV6))
    last = place + len(after) - len(after.lstrip(_OF_IPV6))
    found = text[first:last]
    last -= found.endswith(":") and not found.endswith("::")
    free = not (_is_of_word(text[max(0, first - 1) : first]) or _is_of_word(text[last : last + 1]))
    return (first, last, None) if free and found.count(":") <= 8 and _is_ipv6(text[first:last]) else None


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _is_ipv6(text: str) -> bool:
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return False
    return int(address) >> 64 != 0
