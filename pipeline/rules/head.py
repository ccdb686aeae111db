"""Read what a document says of itself besides its logic: id, name, level, log source and our own attribute `ai`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from pipeline.pack import LEVELS, About
from pipeline.rules.collection import Document
from pipeline.rules.faults import Faults
from pipeline.scalars import text_of
from pipeline.yamlfile import Located

STATUSES = ("stable", "test", "experimental", "deprecated", "unsupported")
RETIRED = ("deprecated", "unsupported")
SHORT = 100
"""Characters of a text whose hash is remembered."""

CATALOGUE_ID = r"^(EXF|SHA|POL|INJ|AGT|OUT|IDN|END|EVA|INT)-\d{3}$"


class Attribute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Our own attribute `ai` of a rule or a correlation that speaks for itself."""

    id: Annotated[str, Meta(pattern=CATALOGUE_ID)]
    evidence: Literal["L0", "L1", "L2"]
    playbook: str
    atlas: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    raises: Mapping[Literal["low", "medium", "high", "critical"], str] = field(default={}, name="raise")
    next_step: str = ""


class LogSource(Struct, frozen=True):
    """Where the events of a rule come from; None where the rule does not say."""

    category: str | None = None
    product: str | None = None
    service: str | None = None

    def covers(self, other: LogSource) -> bool:
        """Say whether each part that this one names is the same in the other."""
        return all(mine in (None, theirs) for mine, theirs in zip(_parts(self), _parts(other), strict=True))


class Head(Struct, frozen=True, kw_only=True):
    """Everything that a document says of itself. `level` is None where it says none."""

    path: str
    line: int
    id: str
    name: str
    title: str
    level: str | None
    status: str
    about: About
    ai: Attribute | None

    @property
    def called(self) -> str:
        """Give the id, or what stands for it where there is none."""
        return self.id or self.name or self.title

    @property
    def retired(self) -> bool:
        """Say whether its author has taken it out of use."""
        return self.status in RETIRED


def read_head(document: Document, faults: Faults, *, lint: bool) -> Head:
    """Read the head of a document, every fault of it."""
    path, body = document.path, document.body

    def word(key: str, known: tuple[str, ...]) -> str | None:
        value = body.get(key)
        if value is not None and value not in known:
            faults.refuse(
                path, body.at(key), f"there is no {key} {value!r}", f"write one of {', '.join(known)}"
            )
        return value if value in known else None

    if not isinstance(body.get("title"), str) or not body["title"].strip():
        faults.refuse(path, body.at("title"), "there is no title", "say in a few words what it finds")
    if body.get("taxonomy", "sigma") != "sigma":
        faults.refuse(
            path,
            body.at("taxonomy"),
            "the taxonomy is not Sigma's own",
            "use field names of Sigma's taxonomy",
        )
    ai = _attribute(document, faults, lint=lint)
    return Head(
        path=path,
        line=document.line,
        id=_text(body, "id"),
        name=_text(body, "name"),
        title=_text(body, "title"),
        level=word("level", LEVELS),
        status=word("status", STATUSES) or "",
        about=_about(body, ai),
        ai=ai,
    )


def read_log_source(document: Document, faults: Faults) -> LogSource:
    """Read the log source of an event rule or a filter."""
    source = document.body.get("logsource")
    line = document.body.at("logsource")
    named = (
        {part: source[part] for part in LogSource.__struct_fields__ if source.get(part)}
        if isinstance(source, dict)
        else {}
    )
    if not named:
        faults.refuse(
            document.path,
            line,
            "there is no log source",
            "name a category, a product or a service under `logsource`",
        )
    elif not all(isinstance(value, str) for value in named.values()):
        faults.refuse(document.path, line, "a part of the log source is no text", "put it in quotes")
        return LogSource()
    return LogSource(**named)


def digest_of(*parts: Any) -> str:
    """Hash content by its meaning: the order of keys changes nothing, a number is not its text."""
    return _hashed(parts, {}).hex()


def _hashed(value: Any, known: dict[int, bytes]) -> bytes:
    """Hash a value; a part that aliases repeat is hashed once."""
    if isinstance(value, str) and len(value) <= SHORT:
        return _hashed_text(value)
    if isinstance(value, dict | list | tuple):
        if (found := known.get(id(value))) is None:
            found = known[id(value)] = _tagged(value, _inner(value, known))
        return found
    return _tagged(value, repr(value).encode())


def _inner(value: Any, known: dict[int, bytes]) -> bytes:
    if isinstance(value, dict):
        pairs = [_hashed(key, known) + _hashed(member, known) for key, member in value.items()]
        return b"".join(sorted(pairs))
    return b"".join([_hashed(member, known) for member in value])


def _tagged(value: Any, inner: bytes) -> bytes:
    return sha256(type(value).__name__.encode() + b"\0" + inner).digest()


@lru_cache(maxsize=20_000)
def _hashed_text(text: str) -> bytes:
    """Hash a short text; keys and many values stand in every document."""
    return sha256(b"str\0" + repr(text).encode()).digest()


def _attribute(document: Document, faults: Faults, *, lint: bool) -> Attribute | None:
    body = document.body
    if "ai" not in body:
        return None
    try:
        return msgspec.convert(body["ai"], Attribute)
    except msgspec.ValidationError as error:
        if lint:
            faults.refuse(
                document.path, body.at("ai"), f"the attribute `ai` is wrong: {error}", "see CONTRIBUTING.md"
            )
        return None


def _about(body: Located, ai: Attribute | None) -> About:
    tags = [tag.lower() for tag in _texts(body, "tags")]
    techniques = tuple(
        tag.removeprefix("attack.").upper()
        for tag in tags
        if tag.startswith("attack.t") and tag[8:9].isdigit()
    )
    about = About(
        description=_text(body, "description"),
        author=_text(body, "author"),
        techniques=techniques,
        false_positives=_texts(body, "falsepositives"),
    )
    if ai is None:
        return about
    return msgspec.structs.replace(
        about,
        catalogue=ai.id,
        evidence=ai.evidence,
        playbook=ai.playbook,
        atlas=ai.atlas,
        owasp=ai.owasp,
        controls=ai.controls,
        next_step=ai.next_step.strip(),
    )


def _text(body: Located, key: str) -> str:
    return (text_of(body.get(key)) or "").strip()


def _texts(body: Located, key: str) -> tuple[str, ...]:
    value = body.get(key)
    return tuple(member for member in value if isinstance(member, str)) if isinstance(value, list) else ()


def _parts(source: LogSource) -> tuple[str | None, ...]:
    return source.category, source.product, source.service
