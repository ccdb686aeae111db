"""Which fields of a source's records no event takes anything from: each is left out, and the record is read again."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.record import Record
from pipeline.understand.leaves import GONE, Path, altered, another, leaves, type_of, written
from pipeline.understand.read import AUTO
from pipeline.understand.settle import checked
from pipeline.understand.sources import READERS, Draft, Source, source_named
from pipeline.understand.sources.source import FORWARDER_KEYS
from pipeline.understand.unwrap import Element, unwrap

MOST_LOOKS = 5
"""Records in which a path is looked at."""
MOST_PATHS = 500
"""Paths of one source."""
MOST_EFFORT = 256 * 1024 * 1024
"""Bytes of one source that may be read again: some seconds."""
READ_AGAIN = 3
"""How often a record is read for one path."""
MOST_DOUBLES = 3
LEAST_TELLING = 4
"""Characters from which on two equal texts are no accident."""

_OWN_KEYS = 3
"""So many of a source's own keys make a record its own where the source was named."""
_UNFORESEEN = (TypeError, ValueError, AttributeError, LookupError, OverflowError, RecursionError)

Reading = tuple[bool, bool, list[tuple[Fields, tuple[Any, ...], tuple[str, ...]]]]
"""What is compared: whether a record is still claimed and read to its end, and its drafts but for their identity,
which may be a hash of everything."""


class Tally(Struct):
    """What is known of one path: the records that have it, the type of the first value, and what looking at it showed."""

    count: int
    type: str
    looks: int = 0
    mapped: bool = False


class Survey(Struct):
    """The paths of one source, how much of it may still be read again, and for how many paths no room was."""

    paths: dict[Path, Tally] = {}
    effort: int = MOST_EFFORT
    dropped: int = 0


class Strange(Struct):
    """What has no paths: lines of text, and records that are not of the source that was named, or of none.

    `keys` are theirs, and `claimed` names the readers that would claim them.
    """

    lines: int = 0
    unclaimed: int = 0
    keys: set[str] = set()
    claimed: dict[str, None] = {}


class Unmapped(Struct, frozen=True):
    """A path of a source's records from which no event takes anything; `count` records have it."""

    source: str
    field: str
    count: int
    type: str


class Look(Struct, frozen=True):
    """An element that is looked at: the bytes of its record, its leaves, how it reads, and the words that identify its acts."""

    element: Element
    size: int
    source: Source
    found: dict[Path, Any]
    before: Reading
    names: str


def take(record: Record, surveys: dict[str, Survey], strange: Strange) -> None:
    """Add a record to the surveys of the sources that read its elements."""
    try:
        for element in unwrap(record.body):
            _take(element, record, surveys, strange)
    except BadRecord:
        strange.unclaimed += 1


def unmapped(surveys: dict[str, Survey]) -> list[Unmapped]:
    """Give the paths that were looked at in vain, the most frequent first."""
    found = [
        Unmapped(source, written(path), tally.count, tally.type)
        for source, survey in surveys.items()
        for path, tally in survey.paths.items()
        if tally.looks and not tally.mapped
    ]
    return sorted(found, key=lambda one: (-one.count, one.source, one.field))


def unexamined(surveys: dict[str, Survey]) -> int:
    """Count the paths that there was no room or no time to look at."""
    waiting = sum(not tally.looks for survey in surveys.values() for tally in survey.paths.values())
    return waiting + sum(survey.dropped for survey in surveys.values())


def _take(element: Element, record: Record, surveys: dict[str, Survey], strange: Strange) -> None:
    source = None if element.fault else _source_of(element, record.source)
    if source is None:
        strange.unclaimed += 1
        if type(element.value) is dict and len(strange.keys) < MOST_PATHS:
            strange.keys.update(list(element.value)[:MOST_PATHS])
        if not element.fault and (other := _source_of(element, AUTO)):
            strange.claimed[other.name] = None
    elif type(element.value) is dict:
        _survey(element, len(record.body), source, surveys.setdefault(source.name, Survey()))
    else:
        strange.lines += 1


def _source_of(element: Element, name: str) -> Source | None:
    if name == AUTO:
        return next((source for source in READERS if source.claims(element.value, element.hints)), None)
    named = source_named(name)
    return named if named and _is_its(element, named) else None


def _is_its(element: Element, named: Source) -> bool:
    if named.claims(element.value, element.hints):
        return True
    return type(element.value) is dict and len(named.keys & element.value.keys()) >= _OWN_KEYS


def _survey(element: Element, size: int, source: Source, survey: Survey) -> None:
    """Count the paths of one object and look at those of which it is not yet known what they are for."""
    drafts, whole = _drafts(element.value, element.hints, source)
    if not drafts:
        return
    found = leaves(element.value)
    new = [path for path in found if path not in survey.paths]
    room = MOST_PATHS - len(survey.paths)
    survey.paths |= {path: Tally(0, type_of(found[path])) for path in new[:room]}
    survey.dropped = max(survey.dropped, len(new) - room)

    known = {path: survey.paths[path] for path in found if path in survey.paths}
    for tally in known.values():
        tally.count += 1
    waiting = [path for path, tally in known.items() if not tally.mapped and tally.looks < MOST_LOOKS]
    if waiting:
        before = _compared(drafts, element.value, element.hints, source, whole=whole)
        _examine(waiting, Look(element, size, source, found, before, _named(drafts)), survey)


def _examine(waiting: list[Path], look: Look, survey: Survey) -> None:
    for path in waiting:
        if survey.effort <= 0:
            return
        survey.effort -= READ_AGAIN * look.size
        tally = survey.paths[path]
        tally.looks += 1
        tally.mapped = _is_known(path, look) or _tells(path, look)


def _is_known(path: Path, look: Look) -> bool:
    """Say whether a path is a forwarder's, or its value stands as it is in what identifies an act."""
    value = look.found[path]
    if len(path) == 1 and path[0] in FORWARDER_KEYS - look.source.own:
        return True
    return type(value) is str and len(value) >= LEAST_TELLING and value in look.names


def _tells(path: Path, look: Look) -> bool:
    """Say whether anything becomes other when a path is left out or has another value, alone or without its doubles."""
    value, hints, source, found = look.element.value, look.element.hints, look.source, look.found
    for change in (_left_out, another):
        if _reading(altered(value, path, change), hints, source) != look.before:
            return True
    doubles = [other for other in found if other != path and _is_double(found[other], found[path])]
    for other in doubles[:MOST_DOUBLES]:
        value = altered(value, other, _left_out)
    if not doubles or not (alone := _reading(value, hints, source))[-1]:
        return False
    return _reading(altered(value, path, _left_out), hints, source) != alone


def _is_double(one: Any, other: Any) -> bool:
    return type(one) is str and len(one) >= LEAST_TELLING and one == other


def _left_out(_value: Any) -> Any:
    return GONE


def _reading(value: Any, hints: Fields, source: Source) -> Reading:
    drafts, whole = _drafts(value, hints, source)
    return _compared(drafts, value, hints, source, whole=whole)


def _drafts(value: Any, hints: Fields, source: Source) -> tuple[list[Draft], bool]:
    """Read a value as `read` does, draft by draft: whatever stops a reader, those before it stay."""
    drafts = list[Draft]()
    try:
        for draft in source.read(dict(value), hints):
            drafts.append(draft)
    except (BadRecord, *_UNFORESEEN):
        return drafts, False
    return drafts, True


def _compared(drafts: list[Draft], value: Any, hints: Fields, source: Source, *, whole: bool) -> Reading:
    told = [
        (
            checked(draft.fields, checked(draft.common, source.fixed)),
            tuple(time for time in draft.times if type(time) not in (dict, list)),
            draft.problems,
        )
        for draft in drafts
    ]
    return source.claims(value, hints), whole, told


def _named(drafts: list[Draft]) -> str:
    return "\n".join(part for draft in drafts for part in (draft.id, draft.session, draft.act, draft.part))
