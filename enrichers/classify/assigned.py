"""Find values that are given to a telling name, in whatever syntax, and name the vendor if the name does."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from enrichers.classify.checks import random, random_token
from enrichers.classify.placeholders import is_placeholder
from enrichers.classify.tables import FOLDER, table

BEFORE = 64
"""Characters before the sign of assignment in which the name and its vendor stand, on the same line."""
WORD = 12
"""Characters before the name in which a word such as `api` says what kind of key it is."""
GENERIC = "generic_secret"

VALUE = re.compile(
    r"""[=>:]{0,3}[ \t]{0,4}(?:(?:str|string|String|Text)[ \t]{0,3}=[ \t]{0,3})?(?:\r?\n[ \t]{1,16})?[(\[]?"""
    r"""(?:\\?(?P<quote>["'`])(?P<quoted>[^\s"'`\\<>]{12,512})\\?(?P=quote)"""
    r"""|(?P<bare>[^\s"'`<>,;&|\\(){}=]{11,511}[^\s"'`<>,;&|\\(){}=.:]={0,2}))(?![0-9A-Za-z])"""
)
_NAME = re.compile(r"[\w$.-]*\w")
_SIGNS = " \t\"'`\\])(:=>|?,"
"""What may stand between a name and its value."""
_DIGIT, _LETTER, _LETTERS = re.compile(r"\d"), re.compile(r"[A-Za-z]"), re.compile(r"[a-z]+")
_PAIR = re.compile(r"""["']?,?\s{1,12}["']?value["']?\s{0,2}[:=]\Z""", re.IGNORECASE)
"""What stands between a name and its value where both are values of their own."""
_SECRET = re.compile(r"secret|api|access|auth|account|sign|encrypt|private|master|service|licen[cs]e|webhook")
_TOKEN = re.compile(r"token|credential")
_OTHER = re.compile(
    r"public|[cx]srf|primary|foreign|partition|sort_?key|cache|monkey|turkey|hockey|keyword|keyboard|tokeni[sz]|"
    r"idempoten|object|s3_?key|digest|commit|checksum|sha\d|(?:page|next|continuation|change|cancellation)_?token|"
    r"(?:key|token|secret|credential)s?[_.-]?(?:id|name|path|file|ur[il]|type|count|len|length|size|hash|ring|arn|ref|"
    r"version|index|prefix|usage|alias|holder|alg|algorithm|expir\w*|ttl|store|vault|budget|limit|class|field)s?$"
)
"""Names of what is no credential, though they have the word."""
_NEXT = r"[^a-z]|\Z|io|ai|ci|com|app|api|key|tok|sec|acc|aut|cli|lic|per|bot|ser|web|dev|user"
"""How a word goes on after a vendor's name, in lower case."""


class Vendor(Struct, frozen=True, eq=False, kw_only=True, forbid_unknown_fields=True):
    """A vendor whose credentials have no beginning of their own: the name beside them tells, and their form agrees."""

    name: str
    form: str
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """Give the type of what is found."""
        return f"{self.name.split('|')[0]}_key"


@cache
def vendors() -> tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]:
    """Give of each vendor how it is named, what its credentials look like, and their type."""
    return tuple(
        (re.compile(rf"(?<![a-z])(?:{row.name})(?={_NEXT})"), re.compile(row.form, re.ASCII), row.type)
        for row in table(FOLDER / "vendors.yaml", Vendor)
    )


@cache
def _beginnings() -> tuple[str, ...]:
    """Give how the names of vendors begin: few words of a line do, and looking for all names takes long."""
    names = [name for row in table(FOLDER / "vendors.yaml", Vendor) for name in row.name.split("|")]
    return tuple({_LETTERS.findall(name)[0] for name in names})


def assigned(text: str, at: int, _end: int) -> tuple[int, int, None, str] | None:
    """Find the value given to a name whose sign of assignment ends at a place; a vendor's, or drawn by a machine."""
    match = VALUE.match(text, at)
    if match is None or is_placeholder(value := match["quoted"] or match["bare"]):
        return None
    line = _PAIR.sub("", text[max(0, at - BEFORE) : at]).rpartition("\n")[2].lower()
    line = line.rstrip(_SIGNS).removesuffix("string").rstrip(_SIGNS)
    names = _NAME.findall(line)
    if not names or _OTHER.search(names[-1]):
        return None
    place = match.span("quoted" if match["quoted"] else "bare")
    type_ = _vendor(line, value) or (GENERIC if _is_drawn(line[-len(names[-1]) - WORD :], value) else "")
    return (*place, None, type_) if type_ else None


def _vendor(line: str, value: str) -> str:
    if not any(word.startswith(_beginnings()) for word in _LETTERS.findall(line)):
        return ""
    if not (_DIGIT.search(value) and _LETTER.search(value)):
        return ""
    return next((type_ for name, form, type_ in vendors() if form.fullmatch(value) and name.search(line)), "")


def _is_drawn(name: str, value: str) -> bool:
    if len(value) < 16:
        return False
    if _TOKEN.search(name):
        return random_token(value)
    return _SECRET.search(name) is not None and random(value)
