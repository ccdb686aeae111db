"""What one pass over a text looks for, gathered from the tables."""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import Struct

from enrichers.classify.code import QUERY, signs
from enrichers.classify.fold import INVISIBLE
from enrichers.classify.health import rows as clinical_rows
from enrichers.classify.hidden import MARKS
from enrichers.classify.kinds import Kind, kinds, number_kinds
from enrichers.classify.malicious import malicious_signs
from enrichers.classify.names import CUES
from enrichers.classify.orders import orders


class Cue(Struct, frozen=True, eq=False):
    """An expression that makes a closer look worth while.

    `topic` says who looks closer and `thing` is what they look with. `starts`: the start of a match is wanted, not
    its end alone. `once`: one match of a text is enough. There is no look-around in `expression`.
    """

    topic: str
    thing: Any
    expression: str
    caseless: bool = False
    starts: bool = False
    once: bool = False


_DISGUISE = (
    "|".join(INVISIBLE)
    + r"|\xf3\xa0|[A-Za-z][\xcd-\xd4]|[\xcd-\xd4][\x80-\xbf][A-Za-z]"
    + r"|\xef\xbc[\xa1-\xba]|\xef\xbd[\x81-\x9a]|\xf0\x9d[\x90-\x9f]|\xe2\x92[\x9c-\xbf]|\xe2\x93[\x80-\xa9]"
)
"""UTF-8 of what has no look, of Greek or Cyrillic beside Latin, and of letters in the form of full width, print or rings."""
PLAIN = (
    Cue("long", None, r"[A-Za-z0-9+/_-]{24}", once=True),
    Cue("percent", None, r"%[0-9A-Fa-f]{2}", once=True),
    Cue("scheme", None, r"://"),
    Cue("dot", None, r"[A-Za-z0-9]\.[A-Za-z]{2}"),
    Cue("path", None, r"""[\s"'=(:`][/\\][A-Za-z0-9._]""", starts=True),
    Cue("path", None, r"""[\s"'=(:`][~.]{1,2}[/\\][A-Za-z0-9._]""", starts=True),
    Cue("path", None, r"^[~.]{0,2}[/\\][A-Za-z0-9._]", starts=True),
)
"""Unbroken tokens and escapes that may hide something, and what may be a host, an address or a path."""
PEOPLE = (
    r"(?:name|mail|phone|mobile|address|adresse|nom|nombre|naam|nome|vorname|ssn|iban|birth|dob|telefon|tel)"
)
NUMBER, COMMAND, MALICE = "number", "command", "malice"
_MONEY = r"[0-9] [A-Z]|, [0-9]{4}|[A-Z]{2} ?[0-9]|[$£€] ?-?[0-9]|[0-9] ?[$€]|[0-9] ?(?:bn|[mb]illion|mn|kr|z)"
"""Beside a number: a currency, a quantity, a town; together they make an address or an amount."""
RECORDS = (
    Cue(NUMBER, None, r"[0-9](?:[ .,/-]?[0-9]){5}", once=True),
    Cue(NUMBER, None, r"[0-9]{2}[A-Z]|[0-9][A-Z]{2}|[A-Z][0-9][A-Z]|[0-9]{2}[a-z][0-9]{2}", once=True),
    Cue(NUMBER, None, _MONEY, once=True),
    Cue(NUMBER, None, r"balance|saldo|solde|kontostand", caseless=True, once=True),
    Cue("columns", None, rf"{PEOPLE}[*_\"]{{0,2}} ?[,;|\t]", caseless=True, once=True),
    Cue("keys", None, rf"{PEOPLE}[ _a-z]{{0,8}}\" ?:", caseless=True, once=True),
)
"""What may be a number of a person, an amount or an address, the head of a table of persons, and a key of a list of them.

Several cues of one topic take the pass less time than one that begins with `^|`, or that has all alternatives."""

COMMANDS = tuple(
    Cue(COMMAND, None, expression, caseless=True, once=True)
    for expression in (
        r"[a-z]\(",
        r"[ \t][-/]{1,2}[a-z]",
        r"\$[_({a-z]",
        r"::[a-z]",
        r"/(?:dev|etc|tmp|bin)/",
        r"[\"'](?:\.|[/\\])",
        r"\\[a-z]",
        r"wevtutil|advfirewall|vssadmin|shadowcopy|windefend|histfile|histsize|systemctl|recoveryenabled|mkfifo",
        r"wh_keyboard|create_suspended|logsource",
    )
)
"""What is in every text that has commands or calls, and seldom in prose: only there is it looked for malicious code."""


@cache
def general_cues() -> tuple[Cue, ...]:
    """Give what is looked for in every text."""
    found = _of_kinds(kinds())
    asked = [Cue("order", order, cue, caseless=True) for order in orders() for cue in order.cues]
    queries = [Cue(QUERY, sign, sign.expression, sign.caseless, once=True) for sign in signs() if sign.alone]
    marks = [Cue(topic, None, mark, once=True) for topic, mark in MARKS]
    return (*found, *asked, *queries, *PLAIN, *RECORDS, *marks, *COMMANDS)


@cache
def number_cues() -> tuple[Cue, ...]:
    """Give what is looked for in texts that have numbers."""
    return tuple(_of_kinds(number_kinds()))


def _of_kinds(kinds: tuple[Kind, ...]) -> list[Cue]:
    return [
        Cue("kind", kind, cue, kind.caseless, starts=kind.at == "start")
        for kind in kinds
        for cue in kind.cues
    ]


@cache
def person_cues() -> tuple[Cue, ...]:
    """Give what is looked for in texts that tell persons apart: names and clinical words."""
    named = (Cue(topic, None, expression, caseless) for topic, expression, caseless in CUES)
    clinical = (
        Cue("health", row, rf"\b(?:{row.words})\b", caseless=True, starts=True) for row in clinical_rows()
    )
    return (*named, *clinical)


@cache
def code_cues() -> tuple[Cue, ...]:
    """Give what is looked for in texts that may hold source code."""
    return tuple(Cue("code", sign, sign.expression, sign.caseless) for sign in signs())


@cache
def malicious_cues() -> tuple[Cue, ...]:
    """Give what is looked for in texts that have commands or calls."""
    return tuple(Cue(MALICE, sign, cue, caseless=True) for sign in malicious_signs() for cue in sign.cues)


@cache
def disguise_cues() -> tuple[Cue, ...]:
    """Give what is looked for in texts that are not plain ASCII."""
    return (Cue("tags", None, r"\xf3\xa0[\x80\x81]", once=True), Cue("disguise", None, _DISGUISE, once=True))
