"""Who did it: logins in every form that sources write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.event import Fields
from pipeline.understand.sources.forms.addresses import address
from pipeline.understand.sources.forms.values import UNKNOWN, withheld

_MAIL = re.compile(r"[^\s@<>()\[\]\"',;:\\]{1,128}@[^\s@<>()\[\]\"',;:\\]{1,255}")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ROLE = re.compile(r"arn:aws[\w-]*:sts::\d*:assumed-role/([^/]+)/(.+)")
_USER = re.compile(r"arn:aws[\w-]*:iam::\d*:(?:user/(?:.*/)?)?([^/]+)")
_LONGEST = 1024


def person(value: Any) -> Fields:
    r"""Give `user.*` of a login: an address, `DOMAIN\name`, an AWS ARN, `Some Name (login@domain)`, or a bare name.

    What is no text goes on as `user.name`, so that `settle` drops it and notes why.
    """
    if type(value) is str:
        return {**_person(value)} if len(value) <= _LONGEST else {}
    return {} if value is None else {"user.name": value}


@lru_cache(maxsize=8192)
def _person(value: str) -> Fields:
    login = value.strip()
    if login in UNKNOWN or withheld(login) or address(login):
        return {}
    if role := _ROLE.fullmatch(login):
        return {**_named(role[2]), "user.roles": [role[1]]}
    if user := _USER.fullmatch(login):
        return _named(user[1])
    return _named(login)


def _named(login: str) -> Fields:
    if "@" in login and (found := _MAIL.search(login)):
        return {"user.email": found[0].lower()}
    head, slash, name = login.partition("\\")
    name = name.lstrip("\\")
    return {"user.domain": head, "user.name": name} if slash and head and name else {"user.name": login}


def mail(text: str) -> str | None:
    """Give an e-mail address lower-cased, or None where the text is none."""
    return text.lower() if _MAIL.fullmatch(text) else None


def guid(value: Any) -> bool:
    """Say whether a value is a GUID, as directories give them."""
    return type(value) is str and _GUID.fullmatch(value) is not None
