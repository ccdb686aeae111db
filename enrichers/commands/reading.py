"""Read what a command line does: what it reveals, where it sends, what it destroys.

It is a reading, not a shell: what a variable holds, an alias means or an encoded command says stays closed to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from enrichers.commands import tables
from enrichers.commands.sending import sends
from enrichers.commands.words import Simple, simple_commands
from enrichers.credentials import names_credentials
from enrichers.doing import Doing, does, joined, read_statement, sending
from enrichers.hosts import host_of

DEEPEST = 3
"""Shells inside shells that are read."""
LONGEST = 16_384
"""Characters at each end of a command line that are read."""
LONGEST_KEPT = 2048
"""Characters of a command line that is remembered."""
MOST = 20
"""Addresses and paths in code that are looked at."""

_DEVICE = re.compile(r"/dev/(?:tcp|udp)/([^/\s]{1,253})/\d")
_MAILERS = ("net.webclient", "send-mailmessage", "smtplib")
"""What code names to send, called or not."""
_CLIENTS = tuple(rf"{name}\.(?:post|put|patch)\(" for name in ("requests", "httpx", "axios", "session"))
_CALLED = re.compile(
    "|".join((*_CLIENTS, r"urlopen\(", r"fetch\(", r"\.upload(?:string|data|file)\(", r"https?\.request\("))
)
_OPENED = re.compile(r"(?:open|readfilesync|path|get-content)\(\s?['\"]([^'\"]{1,300})['\"]")
_DUMPED = re.compile(r"(?:print|dict|str|dumps|log|stringify)\((?:os\.environ|process\.env)\)")
_URL = re.compile(r"https?://[^\s'\"`)<>]{1,2000}")
_RECURSIVE = re.compile(r"-[a-zA-Z]*[rR][a-zA-Z]*|--recursive")


def read_command(line: str) -> Doing:
    """Say what a command line does; its own risk, code_exec, is not among the risks."""
    if len(line) <= LONGEST_KEPT:
        return _kept(line)
    return _read(line if len(line) <= 2 * LONGEST else f"{line[:LONGEST]}\n{line[-LONGEST:]}")


@lru_cache(4096)
def _kept(line: str) -> Doing:
    return _read(line)


def _read(line: str) -> Doing:
    return joined((*_commands(line, 0), *_code(line)))


def _commands(line: str, depth: int) -> Iterator[Doing]:
    for simple in simple_commands(line):
        name, words = program(simple.words)
        if name in tables.SHELLS and depth < DEEPEST:
            yield from _commands(_script(words), depth + 1)
        else:
            yield from _one(name, words, simple)


def _code(line: str) -> Iterator[Doing]:
    """Read code in the line, of whatever language: statements, sockets, requests, files that are opened."""
    folded, calls = line.casefold(), "(" in line
    yield read_statement(folded)
    if found := _DEVICE.search(line):
        yield sending(found[1].lower())
    if calls and (_DUMPED.search(folded) or any(map(names_credentials, _OPENED.findall(folded)[:MOST]))):
        yield does("read_secret")
    mails = (calls or "-" in line) and any(name in folded for name in _MAILERS)
    if mails or (calls and _CALLED.search(folded)):
        yield sending(*(host for url in _URL.findall(folded)[:MOST] if (host := host_of(url))))


def program(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Give the program of a simple command and its further words; `sudo`, `env` and variables before it are skipped."""
    at = 0
    while at < len(words) - 1 and ("=" in words[at] or _name(words[at]) in tables.PREFIXES):
        at += 1
    if at and words[at].startswith("-"):  # flags of `sudo` or `env`: the program is the next word that is one
        ahead = range(at, min(at + 8, len(words)))
        at = next((n for n in ahead if _name(words[n]) in tables.PROGRAMS), at)
    return _name(words[at]), tuple(words[at + 1 :])


def _name(word: str) -> str:
    return word.rpartition("/")[2].lower().removesuffix(".exe")


def _script(words: Sequence[str]) -> str:
    """Give what a shell is told to run: the words behind its flags."""
    at = next((n for n, word in enumerate(words) if not word.startswith(("-", "/"))), len(words))
    return " ".join(words[at:])


def _one(name: str, words: tuple[str, ...], simple: Simple) -> Iterator[Doing]:
    if name in tables.PROGRAMS:
        yield from _listed(name, words)
        if network := sends(name, words, simple.fed):
            yield network
        elif _matches(tables.SENDERS, name, words):
            yield _publishes(name, words)
    if (name in ("env", "set") and not words) or _reveals(name, words):
        yield does("read_secret")


def _listed(name: str, words: tuple[str, ...]) -> Iterator[Doing]:
    if _matches(tables.SECRETS, name, words):
        yield does("read_secret")
    if _matches(tables.DESTROYERS, name, words):
        yield does("destructive", unbounded=_matches(tables.UNBOUNDED, name, words))
    if _matches(tables.ADMINS, name, words):
        yield does("admin")
    if name == "rm" and any(_RECURSIVE.fullmatch(word) for word in words):
        yield from _removes([word for word in words if not word.startswith("-")])


def _matches(rows: tables.Rows, name: str, words: Sequence[str]) -> bool:
    """Say whether a command is one of these: the words of a row in their order, each may go on."""
    if name not in rows:
        return False
    text = " ".join(words).lower()  # tells most rows off at once
    return any(all(map(text.__contains__, row)) and _follow(row, words) for row in rows[name])


def _follow(row: Sequence[str], words: Sequence[str]) -> bool:
    rest = map(str.lower, words)
    return all(any(word.startswith(wanted) for word in rest) for wanted in row)


def _publishes(name: str, words: Sequence[str]) -> Doing:
    places = [host for word in words if _is_place(word) and (host := host_of(word))]
    return sending(*(places or tables.DESTINATIONS.get(name, ())))


def _is_place(word: str) -> bool:
    """Know URLs, `user@host:path` and `registry.example/image`."""
    head, slash, _ = word.partition("/")
    return "://" in word or "@" in word or (bool(slash) and "." in head.strip("."))


def _removes(targets: Sequence[str]) -> Iterator[Doing]:
    if not targets or any(_name(target.rstrip("/")) not in tables.BUILT for target in targets):
        everything = any(target in tables.EVERYTHING or target.endswith("/*") for target in targets)
        yield does("destructive", unbounded=everything)


def _reveals(name: str, words: Sequence[str]) -> bool:
    """Say whether a program is pointed at credentials in a way that shows them; a key that it signs in with is none."""
    if name in tables.BLIND:
        return False
    read = words[:-1] if name in tables.PLACERS else words
    if name in tables.COPIERS or name in tables.TALKERS:
        read = [word for before, word in zip(("", *read), read, strict=False) if before != "-i"]
    return any(map(names_credentials, read))
