"""Operating systems as sources name them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_BEGUN = (
    ("windows", "windows"),
    ("macos", "macos"),
    ("mac os", "macos"),
    ("macmdm", "macos"),
    ("os x", "macos"),
    ("darwin", "macos"),
    ("ios", "ios"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("android", "android"),
    ("linux", "linux"),
    ("ubuntu", "linux"),
    ("debian", "linux"),
    ("fedora", "linux"),
    ("centos", "linux"),
    ("red hat", "linux"),
    ("suse", "linux"),
)
"""How the names of systems begin, in lower case."""
_ALONE = {"mac": "macos", "rhel": "linux", "amazon linux": "linux"}
_LONGEST = 128


def os_type(name: Any) -> str | None:
    """Give `host.os.type` of a system's name, whatever its version; None where it is none of the five."""
    return _type(name) if type(name) is str and len(name) <= _LONGEST else None


@lru_cache(maxsize=1024)
def _type(name: str) -> str | None:
    plain = name.strip().lower()
    return _ALONE.get(plain) or next((system for head, system in _BEGUN if plain.startswith(head)), None)
