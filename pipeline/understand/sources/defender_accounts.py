"""Accounts of Microsoft Defender's rows: which person one is, and which are no persons at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.people import guid, mail
from pipeline.understand.sources.forms.values import UNKNOWN, table, withheld

_PARTS = ("Upn", "Name", "Domain", "Sid", "ObjectId")
_OWN = tuple(f"Account{part}" for part in _PARTS)
_BEHIND = tuple(f"InitiatingProcessAccount{part}" for part in _PARTS)
_BOTH = _OWN + _BEHIND

ACCOUNTS = table({key: key for key in _BOTH})
"""The columns of accounts, for their spelling."""

_SERVICE = re.compile(r"system|local service|network service|(?:dwm|umfd)-\d+|.*\$", re.IGNORECASE)
_SERVICE_DOMAINS = frozenset(("nt authority", "window manager", "font driver host"))
_SERVICE_SIDS = frozenset(("S-1-5-18", "S-1-5-19", "S-1-5-20"))
_LONGEST = 512

Account = tuple[str, ...]
"""Address, name, domain, SID and directory id."""
_NOBODY: Account = ("",) * len(_PARTS)


def account(columns: Fields) -> Fields:
    """Give who acts: the account of the row, else that of the process that acts; its gaps are filled from the other one."""
    words = _words(map(columns.get, _BOTH))
    return {**_told(words[:5], words[5:])}


def own_account(columns: Fields) -> Fields:
    """Give who the account of the row is, whoever the process that acts belongs to."""
    return {**_told(_words(map(columns.get, _OWN)), _NOBODY)}


def member(name: Any, domain: Any, sid: Any) -> Fields:
    """Give who an account is that has but a name, a domain and a SID."""
    return {**_told(_words((None, name, domain, sid, None)), _NOBODY)}


def _words(values: Any) -> Account:
    return tuple([value if type(value) is str and len(value) <= _LONGEST else "" for value in values])


@lru_cache(maxsize=4096)
def _told(own: Account, behind: Account) -> Fields:
    """Read a pair of accounts, remembering pairs: they come again with every row."""
    own, behind = _known(own), _known(behind)
    if not any(own[:4]):
        own, behind = behind, _NOBODY
    if _is_service(own):
        sid = own[3]
        return {"ai.actor.type": "service", **({"ai.actor.id": sid} if sid else {})}
    return _person(own, _NOBODY if _is_service(behind) else behind)


def _known(words: Account) -> Account:
    return tuple("" if word in UNKNOWN or withheld(word) else word for word in words)


def _is_service(one: Account) -> bool:
    _, name, domain, sid, _ = one
    named = _SERVICE.fullmatch(name) is not None or domain.lower() in _SERVICE_DOMAINS
    return named or sid in _SERVICE_SIDS


def _person(own: Account, behind: Account) -> Fields:
    """Name a person; a NetBIOS domain makes no address."""
    upn, name, domain, sid, object_id = own
    joined = f"{name}@{domain}" if name and "." in domain else ""
    found = {
        "user.email": next((known for told in (upn, behind[0], joined) if (known := mail(told))), None),
        "user.name": name or behind[1],
        "user.domain": domain or ("" if name else behind[2]),
        "user.id": next((told for told in (object_id, behind[4]) if guid(told)), None),
        "ai.actor.id": sid or behind[3],
    }
    people = {field: told for field, told in found.items() if told}
    return {**people, "ai.actor.type": "human"} if people else {}
