"""Judge whether the structure or the checksum of a value holds: True, False, or None where that cannot be told."""

from __future__ import annotations

import base64
import binascii
import importlib
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable
from functools import partial

from enrichers.classify import documents

Check = Callable[[str], bool | None]

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_COMMON = frozenset(
    "password passwort passwd secret required optional string hidden unknown incorrect invalid missing null none true "
    "false undefined admin administrator postgres mysql root guest default test testing letmein qwerty user username "
    "changeit value token".split()
)
_CODE = re.compile(
    r"^[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+$|\w[(\[]|^[{[]|\)$|^[$%@&/~]|^https?:|^arn:|^ref:|^\\"
)
_SLUG = re.compile(r"^(?:[A-Za-z]+|\d{1,4}|v\d)(?:[-_./:](?:[A-Za-z]+|\d{1,4}|v\d))+$")
_SSN_SAMPLES = frozenset(
    {"078051120", "219099999", "123456789", "457555462", "987654321", "111111111", "123121234"}
)
_JWT_SAMPLES = (
    "eyJzdWIiOiIxMjM0NTY3ODkwIiw",
    "eyJzb21lIjoicGF5bG9hZCJ9",
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAs",
)
"""How the claims begin that the format's site, its standard and a well-known library show."""
_EVERYWHERE = re.compile(
    r"any ?town|any ?city|springfield|123 (?:main|elm|fake)|1600 pennsylvania|10 downing|baker street|privet drive"
)
_COUNTRIES = frozenset(
    "AD AE AT AU BE BG BR CA CH CN CY CZ DE DK EE ES FI FR GB GR HK HR HU IE IL IN IS IT JP KR LI LT LU LV MC MT MX NL NO "
    "NZ PL PT RO SE SG SI SK SM TR UA US ZA".split()
)
"""Countries of banks, as their codes are written."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NAMED = re.compile(r"secret|token|passw|apikey|api[_-]key|credential", re.IGNORECASE)
_MONTHS = re.compile(r"[A-Za-zéûçäö]{3,}")


def check_named(name: str, *, sure: bool) -> Check:
    """Give the check of a table's row: by its own name, `stdnum MODULE`, or none: then the form is all there is to it."""
    if not name:
        return (lambda _: True) if sure else (lambda _: None)
    if name.startswith("stdnum "):
        return partial(_stdnum, name.removeprefix("stdnum "))
    check = CHECKS[name]
    return check if sure else lambda value: None if check(value) else False


def crc32_base62(value: str) -> bool:
    """Check a token that ends in the CRC-32 of its random part, six digits of base 62."""
    body = value.partition("_")[2]
    return _base62(zlib.crc32(body[:-6].encode())) == body[-6:]


def macaroon(value: str) -> bool:
    """Check a token of the Python package index: a serialised macaroon that names its site."""
    decoded = _base64(value.partition("-")[2])
    return decoded is not None and (b"pypi.org" in decoded[:24] or b"test.pypi.org" in decoded[:28])


def jwt(value: str) -> bool:
    """Check that header and claims of a signed token decode to JSON, and that it is not the format's own sample."""
    header, claims, _ = value.split(".")
    return not claims.startswith(_JWT_SAMPLES) and "alg" in _json(header) and bool(_json(claims))


def pem(value: str) -> bool | None:
    """Check the body of an armoured key; None where it is cut off or cannot be read."""
    lines = value.replace("\\r", "").replace("\\n", "\n").splitlines()
    body = "".join(line.strip() for line in lines if not line.startswith(("-----", "=")) and ":" not in line)
    decoded = _base64(body)
    if decoded is None or "-----END" not in value:
        return None
    return decoded[:1] in b"\x30\x94\x95\xc5" or decoded.startswith(b"openssh-key-v1") or "ENCRYPTED" in value


def snowflake(value: str) -> bool:
    """Check that the first part of a Discord token is the account's number."""
    decoded = _base64(value.partition(".")[0])
    return decoded is not None and decoded.isdigit() and 16 <= len(decoded) <= 20


def basic(value: str) -> bool:
    """Check that a Basic header decodes to a name and a password of somebody's own."""
    decoded = _base64(value) or b""
    name, colon, secret = decoded.decode("utf-8", "replace").partition(":")
    return bool(name and colon) and password(secret)


def anthropic(value: str) -> bool | None:
    """Check the length and the end of a key; other lengths may be other kinds."""
    return True if re.search(r"-[\w-]{93}AA$", value) else None


def openai(value: str) -> bool | None:
    """Check the mark that the vendor's keys carry in the middle; newer kinds may lack it."""
    return True if "T3BlbkFJ" in value else None


def letters(value: str) -> bool | None:
    """Check that the random part is of letters alone, as the vendor draws it."""
    return True if value.partition("_")[2].isalpha() else None


def password(value: str) -> bool:
    """Say whether a value looks like a password that somebody chose: no word, no code, no template."""
    plain = value.strip("\"'`.,;!").lower()
    if plain in _COMMON or "password" in plain or _CODE.search(value):
        return False
    classes = (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s.,:;/-]")
    found = [bool(re.search(pattern, value)) for pattern in classes]
    return any(found[:2]) and any(found[2:])


def url_password(value: str) -> bool:
    """Say whether the password of an address is somebody's own; there it needs no digit to show."""
    plain = value.lower()
    return (
        len(value) >= 6
        and plain not in _COMMON
        and not any(word in plain for word in ("pass", "pwd", "secret"))
    )


def random(value: str) -> bool:
    """Say whether a value was drawn by a machine: letters and digits, much entropy, no words, no code."""
    if _CODE.search(value) or _SLUG.match(value) or "://" in value or not re.search(r"\d", value):
        return False
    if _NAMED.search(value) or (len(value) < 20 and not re.search(r"[G-Zg-z]", value)):
        return False
    return bool(re.search(r"[A-Za-z]", value)) and entropy(value) >= (3.0 if len(value) < 24 else 3.2)


def random_token(value: str) -> bool:
    """Say the same of a value that is called a token: there a UUID is the number of something."""
    return random(value) and _UUID.fullmatch(value) is None


def ssn(value: str) -> bool | None:
    """Refuse the published samples; nothing else can be told from the number."""
    digits = re.sub(r"\D", "", value)
    return False if digits in _SSN_SAMPLES or len(set(digits)) == 1 else None


def day(value: str) -> bool | None:
    """Refuse what is no day of a calendar; nothing else can be told from it."""
    numbers = [int(number) for number in re.findall(r"\d+", value)]
    small = [number for number in numbers if number < 1900]
    if _MONTHS.search(re.sub(r"\d(?:st|nd|rd|th|er)\b|\b(?:of|de)\b", "", value)):
        return None if small and 1 <= small[0] <= 31 else False
    return None if len(small) == 2 and 1 <= min(small) <= 12 and 1 <= max(small) <= 31 else False


def street(value: str) -> bool | None:
    """Refuse the addresses that everybody writes as examples, and lists of numbers; no more can be told."""
    plain = value.lower()
    return False if _EVERYWHERE.search(plain) or len(re.findall(r"[a-zà-ÿ]{3}", plain)) < 2 else None


def bic(value: str) -> bool:
    """Say whether a bank's code names a country of accounts; there is no check digit."""
    return value[4:6] in _COUNTRIES and not value[6:].startswith("0000")


def entropy(value: str) -> float:
    """Give the entropy of a text in bits per character."""
    size = len(value) or 1
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())


def _stdnum(module: str, value: str) -> bool:
    return bool(importlib.import_module(f"stdnum.{module}").is_valid(value.replace(".", "")))


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0")


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(
            text.rstrip("=").translate({45: 43, 95: 47}) + "=" * (-len(text.rstrip("=")) % 4), validate=True
        )
    except (binascii.Error, ValueError):
        return None


def _json(part: str) -> dict[str, object]:
    try:
        found = json.loads(_base64(part) or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


CHECKS: dict[str, Check] = {
    "anthropic": anthropic,
    "basic": basic,
    "bic": bic,
    "crc32_base62": crc32_base62,
    "day": day,
    "jwt": jwt,
    "letters": letters,
    "macaroon": macaroon,
    "openai": openai,
    "password": password,
    "pem": pem,
    "random": random,
    "random_token": random_token,
    "snowflake": snowflake,
    "ssn": ssn,
    "street": street,
    "url_password": url_password,
    **documents.CHECKS,
}
