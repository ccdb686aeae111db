"""The words in which metrics, groups and conditions are written, and what fields may be used for. Faults are ValueErrors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from pipeline.dashboards.nouns import Condition, Group, Metric, Source, Value
from pipeline.fields import FIELDS, Field

METRICS = ("count", "unique", "sum", "average", "min", "max")
EVERY = ("1h", "1d")
PRESENT = "*"

COUNTED = frozenset({"keyword", "ip", "boolean", "long", "date"})
"""Kinds that can be grouped by and counted; texts are cut into words, objects are not searched."""
NUMBERS = frozenset({"long", "float"})
NEEDS: Mapping[str, frozenset[str]] = {
    "unique": COUNTED,
    "sum": NUMBERS,
    "average": NUMBERS,
    "min": NUMBERS | {"date"},
    "max": NUMBERS | {"date"},
}
"""Kinds of field that each metric can work on."""

MOST = 100
"""Groups and rows at most: a screen is no export."""

TYPED: Mapping[str, Callable[[str], Value]] = {
    "boolean": {"true": True, "false": False}.__getitem__,
    "long": int,
    "float": float,
}
"""How a value is read that somebody types, by the kind of its field."""

_TOP = re.compile(r"top (\d{1,4}) (\S+)")
_PLAIN = re.compile(r"[^\"\\\n]{1,200}")


def field_named(name: Any) -> Field:
    """Give a field that we write."""
    if isinstance(name, str) and name in FIELDS:
        return FIELDS[name]
    near = get_close_matches(str(name), FIELDS, n=1)
    raise ValueError(f"no document has the field {name}" + (f": did you mean {near[0]}?" if near else ""))


def metric(label: str, words: Any) -> Metric:
    """Read a metric such as `count`, `unique user.id`, or a mapping of `of`, `where` and `unless`."""
    if isinstance(words, Mapping):
        if unknown := sorted(set(words) - {"of", "where", "unless"}):
            raise ValueError(f"a metric has no {', '.join(map(str, unknown))}: write of, where and unless")
        plain = metric(label, words.get("of"))
        return Metric(label, plain.kind, plain.field, conditions(words.get("where"), words.get("unless")))
    kind, _, name = str(words).partition(" ")
    if kind not in METRICS or (kind == "count") != (not name):
        raise ValueError(f"{words} is no metric: write count, or {', '.join(METRICS[1:])} and a field")
    if kind != "count" and field_named(name).kind not in NEEDS[kind]:
        raise ValueError(f"{kind} does not work on {name}, which is a {FIELDS[name].kind}")
    return Metric(label, kind, name)


def group(words: Any, source: Source) -> Group:
    """Read a group such as `top 10 rule.id`, `every 1h`, or `{ranges: FIELD, bounds: [0, 60, 600]}`."""
    if isinstance(words, Mapping):
        return _ranges(words)
    kind, _, rest = str(words).partition(" ")
    if kind == "every" and rest in EVERY:
        if not source.time:
            raise ValueError(f"{source.name} have no time: group them by something else")
        return Group("every", source.time, every=rest)
    if found := _TOP.fullmatch(str(words)):
        size, name = int(found[1]), found[2]
        if not 1 <= size <= MOST:
            raise ValueError(f"top {size} is not from 1 to {MOST}")
        if field_named(name).kind not in COUNTED:
            raise ValueError(f"{name} is a {FIELDS[name].kind}, which cannot be grouped by")
        return Group("top", name, size=size)
    raise ValueError(
        f"{words} is no group: write top 10 FIELD, every {' or '.join(EVERY)}, or ranges and bounds"
    )


def conditions(where: Any, unless: Any = None) -> tuple[Condition, ...]:
    """Read what must be (`where`) and what must not (`unless`): fields with a value, values, `*`, or from and below."""
    found = []
    for words, wanted in ((where, True), (unless, False)):
        if words is None:
            continue
        if not isinstance(words, Mapping):
            raise ValueError("where and unless are written as fields with values")  # noqa: TRY004 - a fault of what is written
        found += [_condition(name, value, wanted=wanted) for name, value in words.items()]
    return tuple(found)


def condition_typed(name: str, text: str) -> Condition:
    """Read a condition as people type it: a field and one value, in the field's own kind."""
    kind = field_named(name).kind
    if text == PRESENT:
        return _condition(name, text, wanted=True)
    try:
        value = TYPED.get(kind, str)(text)
    except (ValueError, KeyError):
        raise ValueError(f"{name} is a {kind}, which {text!r} is not") from None
    return _condition(name, value, wanted=True)


def span_seconds(text: Any) -> int:
    """Give the seconds of `24h` or `7d`."""
    found = re.fullmatch(r"([1-9]\d{0,2})([hd])", str(text))
    if found is None:
        raise ValueError(f"{text} is no span of time: write 24h or 7d")
    return int(found[1]) * {"h": 3600, "d": 86_400}[found[2]]


def _ranges(words: Mapping[Any, Any]) -> Group:
    bounds = words.get("bounds")
    if set(words) - {"names"} != {"ranges", "bounds"} or not isinstance(bounds, list) or len(bounds) < 2:
        raise ValueError(
            "ranges are written as {ranges: FIELD, bounds: [0, 60, 600], names: [a minute, ten]}"
        )
    if not all(isinstance(bound, int | float) for bound in bounds) or bounds != sorted(set(bounds)):
        raise ValueError("bounds are numbers that grow")
    if field_named(words["ranges"]).kind not in NUMBERS:
        raise ValueError(f"{words['ranges']} is no number and has no ranges")
    names = words.get("names", [f"{start:g} to {end:g}" for start, end in pairwise(bounds)])
    if (
        not isinstance(names, list)
        or len(names) != len(bounds) - 1
        or len(set(map(str, names))) != len(names)
    ):
        raise ValueError("each range between two bounds has one name, and no two have the same")
    return Group("ranges", words["ranges"], bounds=tuple(map(float, bounds)), names=tuple(map(str, names)))


def _condition(name: Any, value: Any, *, wanted: bool) -> Condition:
    field = field_named(name)
    if field.kind in {"object", "text"}:
        raise ValueError(f"{name} is a {field.kind}, which cannot be a condition")
    if value == PRESENT:
        return Condition(name, wanted=wanted)
    if isinstance(value, Mapping):
        if field.kind not in NUMBERS or not value or set(value) - {"from", "below"}:
            raise ValueError(f"{name} from and below are for numbers, with nothing else beside them")
        return Condition(name, least=value.get("from"), below=value.get("below"), wanted=wanted)
    values = tuple(value) if isinstance(value, list) else (value,)
    for one in values:
        _fitting(name, field, one)
    return Condition(name, values, wanted=wanted)


def _fitting(name: str, field: Field, value: Value) -> None:
    fits = {"boolean": bool, "long": int, "float": (int, float)}.get(field.kind, str)
    if not isinstance(value, fits) or (isinstance(value, str) and not _PLAIN.fullmatch(value)):  # type: ignore[arg-type]
        raise ValueError(f"{name} cannot be {value!r}: it is a {field.kind}")
    if field.values and value not in field.values:
        raise ValueError(f"{name} is never {value}: it is one of {', '.join(field.values)}")
