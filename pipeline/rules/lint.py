"""What our own pack asks of a rule beyond Sigma: known fields, a place in the catalogue, proof beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from uuid import UUID

from pipeline.fields import FIELDS
from pipeline.rules.correlation import Sketch
from pipeline.rules.event_rule import OURS, Draft
from pipeline.rules.faults import Faults
from pipeline.rules.filters import Filter
from pipeline.rules.joining import Joined, Part
from pipeline.rules.match import fields_of
from pipeline.rules.text import fold
from pipeline.rules.tree import Item, Texts, items
from pipeline.yamlfile import Located

_TAG = re.compile(r"attack\.(t\d{4}(\.\d{3})?|[a-z]+(-[a-z]+)*)")

Found = Iterator[tuple[str, str, str]]
"""A key of a document, what is wrong there, and the remedy."""


def lint_parts(
    parts: Sequence[Part], found: Joined, playbooks: Collection[str] | None, faults: Faults
) -> None:
    """Take down what our own pack does not allow."""
    for at, part in enumerate(parts):
        for check in CHECKS:
            for key, fault, remedy in check(part):
                faults.refuse(part.head.path, part.body.at(key), fault, remedy)
        for line, fault, remedy in _of_fields(part):
            faults.refuse(part.head.path, line, fault, remedy)

        known = found.rules.get(at) or found.correlations.get(at)
        if known and known.listed and "ai" not in part.body:
            fault = "the rule speaks for itself but has no attribute `ai`"
            faults.refuse(
                part.head.path, part.head.line, fault, "give it one, or let a correlation listen to it"
            )
        if part.head.ai and playbooks is not None and part.head.ai.playbook not in playbooks:
            fault = f"there is no playbook {part.head.ai.playbook}"
            faults.refuse(part.head.path, part.body.at("ai"), fault, "write it, or name another")


def _identity(part: Part) -> Found:
    try:
        UUID(part.head.id)
    except ValueError:
        yield "id", "the id is not a UUID", "make one with `python3 -c 'import uuid; print(uuid.uuid4())'`"


def _told(part: Part) -> Found:
    """Ask what an analyst must know of a rule that speaks for itself."""
    if "ai" not in part.body or isinstance(part, Filter):
        return
    if part.head.level is None:
        yield "level", "there is no level", "say how bad it is: low, medium, high or critical"
    if not part.head.about.description.startswith("Detects "):
        yield (
            "description",
            "the description does not begin with `Detects`",
            "say what it detects and why that matters",
        )
    if not part.head.about.false_positives:
        yield (
            "falsepositives",
            "there are no false positives",
            "name what else looks like this, or write Unlikely",
        )


def _tags(part: Part) -> Found:
    for tag in part.body.get("tags") or ():
        if not (isinstance(tag, str) and _TAG.fullmatch(tag)):
            yield (
                "tags",
                f"{tag!r} is no tag of ATT&CK",
                "write tactics and techniques such as attack.t1567.002",
            )


def _proved(part: Part) -> Found:
    """Ask that the file is named by the catalogue id, and that its cases lie beside it."""
    if part.head.ai is None:
        return
    path, stem = Path(part.head.path), part.head.ai.id.lower().replace("-", "_") + "_"
    if not path.stem.startswith(stem):
        yield "ai", f"the file of {part.head.ai.id} is not named by it", f"let its name begin with {stem}"
    if not path.with_suffix(".cases.yaml").is_file():
        yield "ai", "the rule has no cases", f"prove it in {path.with_suffix('.cases.yaml').name} beside it"


def _source(part: Part) -> Found:
    if not isinstance(part, Sketch) and part.source.category != OURS:
        yield "logsource", "the rule looks at other events than ours", f"write `category: {OURS}`"


def _used(part: Part) -> Found:
    for name in sorted(part.meanings.keys() - part.used) if isinstance(part, Draft) else ():
        yield "detection", f"the identifier {name!r} is not used", "use it in the condition, or take it out"


CHECKS: tuple[Callable[[Part], Found], ...] = (_identity, _told, _tags, _proved, _source, _used)


def _of_fields(part: Part) -> Iterator[tuple[int, str, str]]:
    """Find what can never match, before the first event: fields that no source writes, values that a field never has."""
    for field in sorted(_fields(part) - FIELDS.keys()):
        near = get_close_matches(field, FIELDS, n=1)
        yield (
            _line_of(field, part),
            f"no source writes the field {field!r}",
            f"did you mean {near[0]}?" if near else "see fields.py",
        )
    for item in _items(part):
        for value in _impossible(item):
            values = FIELDS[item.field].values
            allowed = ", ".join(get_close_matches(value, values, n=1) or values)
            yield (
                _line_of(item.field, part),
                f"the field {item.field!r} is never {value!r}",
                f"write {allowed}",
            )


def _items(part: Part) -> Iterable[Item]:
    if isinstance(part, Draft):
        return [item for node in part.meanings.values() for item in items(node)]
    return items(part.tree) if isinstance(part, Filter) else ()


def _fields(part: Part) -> set[str]:
    named = set(part.head.ai.group_by if part.head.ai else ())
    if isinstance(part, Draft):
        return named.union(fields_of(*part.meanings.values()))
    if isinstance(part, Filter):
        return named.union(fields_of(part.tree))
    sources = {field for fields in part.aliases.values() for field in fields.values()}
    return (
        named
        | sources
        | {*part.condition.fields}
        | {field for field in part.group_by if field not in part.aliases}
    )


def _impossible(item: Item) -> Iterator[str]:
    values = FIELDS[item.field].values if item.field in FIELDS else ()
    if values and isinstance(item.want, Texts):
        for form in (form for forms in item.want.values for form in forms):
            match form:
                case (str(word),) if fold(word) not in values:
                    yield word


def _line_of(field: str, part: Part) -> int:
    """Find the line that names a field, as far as it can be told."""
    waiting: list[object] = [part.body]
    while waiting:
        body = waiting.pop()
        if isinstance(body, Located):
            for key, value in body.items():
                if str(key).split("|")[0] == field:
                    return body.at(key)
                waiting.append(value)
        elif isinstance(body, list):
            waiting += [member for member in body if isinstance(member, Located)]
    return part.head.line
