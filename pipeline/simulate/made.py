"""What stories put into their texts: keys that open nothing, customers who do not exist, code of no product."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from random import Random  # noqa: TID251 - the type alone; streams come from chance.py
from zlib import crc32

from pipeline.simulate.chance import pick, token, uuid
from pipeline.simulate.names import CUSTOMERS, FIRST, LAST

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIAGNOSES = ("diabetes", "asthma", "hypertension", "epilepsy", "migraine", "arthritis", "depressive episode")
_MEDICINES = ("metformin", "salbutamol", "lisinopril", "gabapentin", "amlodipine", "sertraline")
_VERBS = ("read", "write", "clamp", "shift", "check", "reset", "store", "merge")
_THINGS = ("table", "frame", "sample", "offset", "window", "valve", "buffer", "limit")


def make(dice: Random, order: str, known: dict[str, str]) -> str:
    """Make what is ordered: a maker's name and its arguments, of which some name what was made before."""
    name, *arguments = order.split()
    return _MAKERS[name](dice, *(known.get(argument, argument) for argument in arguments))


def aws_key(dice: Random) -> str:
    """Make the id of an access key in the vendor's form."""
    return "AKIA" + "".join(pick(dice, _BASE32) for _ in range(16))


def aws_secret(dice: Random) -> str:
    """Make the secret half of an access key."""
    return "".join(pick(dice, _BASE62 + "+/") for _ in range(40))


def github_token(dice: Random) -> str:
    """Make a token whose last six characters are the checksum of the rest."""
    body = "".join(pick(dice, _BASE62) for _ in range(30))
    rest, check = crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        check = _BASE62[digit] + check
    return f"ghp_{body}{check}"


def customers(dice: Random, count: str) -> str:
    """Make a list of customers' contacts: name, address, phone, one on each line."""
    return "\n".join(_contact(dice) for _ in range(int(count)))


def patients(dice: Random, count: str) -> str:
    """Make records of people with what ails them."""
    rows = []
    for _ in range(int(count)):
        born = f"{dice.randrange(1950, 2004)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
        rows.append(
            f"{_contact(dice)}; born {born}; diagnosed with {pick(dice, _DIAGNOSES)}, takes {pick(dice, _MEDICINES)}"
        )
    return "\n".join(rows)


def code(dice: Random, lines: str) -> str:
    """Make source code in C of at least so many lines, from one pattern with changing names and numbers."""
    text = ['#include "meridian.h"', "", "static struct table state;", ""]
    while len(text) < int(lines):
        verb, thing, limit = pick(dice, _VERBS), pick(dice, _THINGS), dice.randrange(8, 900)
        text += [
            f"static int {verb}_{thing}_{limit}(struct {thing} *{thing}, uint16_t count)",
            "{",
            f"    for (uint16_t i = 0; i < count; i++) {{",  # noqa: F541 - the braces read alike in all these lines
            f"        if ({thing}->value[i] > {limit}U) {{",
            f"            {thing}->value[i] = (uint16_t)({thing}->value[i] - {limit // 3}U);",
            f"            state.{verb}_errors++;",
            "        }",
            "    }",
            f"    return {verb}_done(&state, {thing});",
            "}",
            "",
        ]
    return "\n".join(text)


def base64(_dice: Random, text: str) -> str:
    """Hide a text that was made before."""
    return b64encode(text.encode()).decode()


def hexadecimal(_dice: Random, text: str) -> str:
    """Hide a text as hexadecimal digits."""
    return text.encode().hex()


def log(dice: Random, lines: str) -> str:
    """Make a log full of ids that look like secrets and are none."""
    return "\n".join(
        f"12:0{number % 10}:{dice.randrange(10, 60)} request {uuid(dice)} built commit {token(dice, 40)} in {dice.randrange(90)} s"
        for number in range(int(lines))
    )


def digits(dice: Random, count: str) -> str:
    """Make a number of so many digits."""
    return "".join(str(dice.randrange(10)) for _ in range(int(count)))


def _contact(dice: Random) -> str:
    first, last, firm = pick(dice, FIRST), pick(dice, LAST), pick(dice, CUSTOMERS)
    number = f"+49 30 {dice.randrange(2312_5000, 2312_5999)}"
    return f"{first} {last}; {first.lower()}.{last.lower()}@{firm}.example; {number}"


_MAKERS: dict[str, Callable[..., str]] = {
    "aws_key": aws_key,
    "aws_secret": aws_secret,
    "github_token": github_token,
    "customers": customers,
    "patients": patients,
    "code": code,
    "base64": base64,
    "hexadecimal": hexadecimal,
    "log": log,
    "digits": digits,
}
