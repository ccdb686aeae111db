"""Where network programs send to, and whether they send at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from enrichers.commands import tables
from enrichers.doing import Doing, fetching, sending
from enrichers.hosts import host_of


def sends(name: str, words: Sequence[str], fed: bool) -> Doing | None:
    """Say what a network program does; None where it is none or reaches nothing."""
    read = _PROGRAMS.get(name)
    return read(words, fed) if read else None


def _curl(words: Sequence[str], _fed: bool) -> Doing | None:
    places = _places(words, takes=_curl_takes)
    return _request(places, carries=any(_is_data(word) for word in words), words=words)


def _http(words: Sequence[str], _fed: bool) -> Doing | None:
    """Read wget and PowerShell's requests alike."""
    return _request(_places(words), carries=any(_is_long_data(word) for word in words), words=words)


def _httpie(words: Sequence[str], fed: bool) -> Doing | None:
    named = any(
        word.lower() in tables.SENDING_METHODS or ("=" in word and "://" not in word) for word in words
    )
    return _request(_places(words), carries=fed or named, words=words)


def _request(places: tuple[str, ...], *, carries: bool, words: Sequence[str]) -> Doing | None:
    """Say whether a request sends: by its data, its method, or a computed query."""
    computed = any("?" in word and "$" in word for word in words)
    if carries or computed or _method(words) in tables.SENDING_METHODS:
        return sending(*places)
    return fetching(*places) if places else None


def _takes(flag: str) -> bool:
    return flag in tables.WORD_TAKERS


def _curl_takes(flag: str) -> bool:
    return flag in tables.WORD_TAKERS or (_is_data(flag) and "=" not in flag and "@" not in flag)


def _places(words: Sequence[str], takes: Callable[[str], bool] = _takes) -> tuple[str, ...]:
    """Give the hosts of URLs, else of the first free word that looks like a host."""
    urls = [word for word in words if "://" in word and not word.startswith(("file:", "-"))]
    free = urls or [word for word in _free(words, takes) if "." in word or word.startswith("localhost")][:1]
    return tuple(dict.fromkeys(host for word in free if (host := host_of(word))))


def _free(words: Sequence[str], takes: Callable[[str], bool] = _takes) -> list[str]:
    """Give the words that are no flags, and are taken by none."""
    pairs = zip(("", *words), words, strict=False)
    return [word for before, word in pairs if not word.startswith("-") and not takes(before)]


def _method(words: Sequence[str]) -> str:
    for before, word in pairwise(words):
        if before.lower() in ("-x", "--request", "-method", "--method"):
            return word.lower()
    attached = next((word for word in words if word.startswith(("-X", "--request=", "--method="))), "")
    return attached.removeprefix("-X").rpartition("=")[2].lower()


def _is_data(word: str) -> bool:
    """Say whether a flag of curl sends something: a long name, or a letter among joined ones."""
    if not word.startswith("-") or word.startswith("--"):
        return _is_long_data(word)
    letter = next((letter for letter in word[1:] if letter in tables.CURL_SENDS | tables.CURL_VALUES), "-")
    return letter in tables.CURL_SENDS


def _is_long_data(word: str) -> bool:
    return word.lower().startswith(tables.LONG_SENDS)


def _copy(words: Sequence[str], _fed: bool) -> Doing | None:
    free = _free(words)
    remote = [word for word in free if _is_remote(word)]
    if not remote:
        return None
    hosts = tuple(host for word in remote if (host := host_of(word)))
    return sending(*hosts) if _is_remote(free[-1]) else fetching(*hosts)


def _is_remote(word: str) -> bool:
    """Know `host:path`, `user@host` and URLs; `c:/path` is a drive."""
    head, colon, _ = word.partition(":")
    return ("@" in head) or (bool(colon) and len(head) > 1 and "/" not in head)


def _talk(words: Sequence[str], _fed: bool) -> Doing | None:
    """Read programs whose first free word is a host."""
    host = next(map(host_of, _free(words)), None)
    return sending(host) if host else None


def _socat(words: Sequence[str], _fed: bool) -> Doing | None:
    """Read `TCP:host:port` and its kin; a place that only listens is none."""
    kinds = ("tcp:", "tcp4:", "tcp6:", "tcp-connect:", "udp:", "udp-sendto:", "openssl:")
    places = [host_of(word.split(":")[1]) for word in words if word.lower().startswith(kinds)]
    return sending(*filter(None, places)) if places else None


def _netcat(words: Sequence[str], fed: bool) -> Doing | None:
    """Read netcat; where it listens, it gives what it is fed to whoever calls."""
    if any(word.startswith("-") and "l" in word for word in words):
        return sending() if fed else None
    return _talk(words, fed)


def _mail(words: Sequence[str], _fed: bool) -> Doing | None:
    return sending(*(word.lower() for word in words if "@" in word and not word.startswith("-")))


def _resolve(words: Sequence[str], _fed: bool) -> Doing | None:
    """Look-ups send only where the name is computed."""
    return sending(*_places(words)) if any("$" in word for word in words) else None


def _bucket(words: Sequence[str], _fed: bool) -> Doing | None:
    free = _free(words)
    buckets = [word for word in free if "://" in word and word.partition("://")[0] in tables.BUCKETS]
    if not buckets or not {"cp", "mv", "sync", "rsync", "put"} & {*free}:
        return None
    hosts = tuple(
        f"{rest.partition('/')[0]}.{tables.BUCKETS[kind]}"
        for kind, _, rest in (b.partition("://") for b in buckets)
    )
    return sending(*hosts) if free[-1] in buckets else fetching(*hosts)


_PROGRAMS: dict[str, Callable[[Sequence[str], bool], Doing | None]] = {
    **dict.fromkeys(tables.HTTP_CLIENTS, _http),
    "curl": _curl,
    **dict.fromkeys(("http", "https", "httpie", "xh"), _httpie),
    **dict.fromkeys(tables.COPIERS, _copy),
    **dict.fromkeys(tables.TALKERS, _talk),
    **dict.fromkeys(("nc", "ncat", "netcat"), _netcat),
    "sftp": _talk,
    "socat": _socat,
    **dict.fromkeys(tables.MAILERS, _mail),
    **dict.fromkeys(tables.RESOLVERS, _resolve),
    **dict.fromkeys(tables.BUCKETEERS, _bucket),
}
