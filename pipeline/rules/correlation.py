"""Read a correlation: which rules it listens to, over which time, in which groups, and what must hold."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from msgspec import Struct

from pipeline.rules.collection import Document
from pipeline.rules.faults import Faults, Refused
from pipeline.rules.head import Head, read_head
from pipeline.yamlfile import Located

TEMPORAL = ("temporal", "temporal_ordered")
OF_VALUES = ("value_count", "value_sum", "value_avg", "value_median", "value_percentile")
KINDS = ("event_count", *OF_VALUES, *TEMPORAL)
OPERATORS = ("gt", "gte", "lt", "lte", "eq", "neq")
PARTS = ("type", "rules", "group-by", "aliases", "timespan", "condition", "generate")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2629746, "y": 31556952}
"""Seconds of a unit of time: `m` is a minute, `M` a month."""

_SPAN = re.compile(r"(\d{1,9})([smhdwMy])", re.ASCII)


class Condition(Struct, frozen=True, kw_only=True):
    """What must hold: thresholds that all hold, or a text over names of rules. `fields` is what is counted."""

    thresholds: tuple[tuple[str, float], ...] = ()
    text: str | None = None
    fields: tuple[str, ...] = ()
    percentile: float | None = None


class Sketch(Struct, frozen=True, kw_only=True):
    """A correlation that is read but does not yet know its rules. `aliases`: alias -> {rule: field}."""

    head: Head
    body: Located
    line: int
    kind: str
    rules: tuple[str, ...]
    span: float
    group_by: tuple[str, ...]
    aliases: dict[str, dict[str, str]]
    condition: Condition
    generate: bool


def read_correlation(document: Document, faults: Faults, *, lint: bool) -> Sketch:
    """Read a correlation, every fault of it."""
    head = read_head(document, faults, lint=lint)
    body = document.body["correlation"]
    path, line = document.path, document.body.at("correlation")
    if not isinstance(body, Located):
        faults.refuse(path, line, "a correlation is not a mapping", "write type, rules and timespan under it")
        body = Located(type="temporal", rules=["?"], timespan="1s")
        body.lines = {}

    def part(key: str, read: Any, *more: Any) -> Any:
        return faults.attempt(path, body.at(key) if key in body else line, read, body.get(key), *more)

    for key in body:
        if key not in PARTS:
            faults.note(path, body.at(key), f"a correlation has no part {key!r}, so it changes nothing")
    kind = part("type", _kind) or ""
    generate = [
        part("generate", _flag),
        faults.attempt(path, document.body.at("generate"), _flag, document.body.get("generate")),
    ]
    return Sketch(
        head=head,
        body=document.body,
        line=body.at("rules") if "rules" in body else line,
        kind=kind,
        rules=part("rules", _rules) or (),
        span=part("timespan", _span) or 1.0,
        group_by=part("group-by", _group_by) or (),
        aliases=part("aliases", _aliases) or {},
        condition=part("condition", _condition, kind) or Condition(),
        generate=any(generate),
    )


def _kind(value: Any) -> str:
    if value not in KINDS:
        raise Refused(f"there is no type of correlation {value!r}", f"write one of {', '.join(KINDS)}")
    return str(value)


def _flag(value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise Refused("`generate` takes true or false", "write one of them, without quotes")
    return bool(value)


def _rules(value: Any) -> tuple[str, ...]:
    named = _texts(value, "rules", "name the rules that it listens to, by id or name")
    if not named:
        raise Refused("the correlation names no rules", "name the rules that it listens to, by id or name")
    return named


def _group_by(value: Any) -> tuple[str, ...]:
    return () if value is None else _texts(value, "group-by", "write names of fields")


def _texts(value: Any, key: str, remedy: str) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(f"`{key}` is not a text or a list of texts", remedy)
    if len(set(texts)) < len(texts):
        raise Refused(f"`{key}` names something twice", "name it once")
    return tuple(texts)


def _span(value: Any) -> float:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None or not int(found[1]):
        raise Refused(
            "the timespan is not a number above zero and a unit", "write one such as 30s, 5m, 1h or 7d"
        )
    return float(int(found[1]) * UNITS[found[2]])


def _aliases(value: Any) -> dict[str, dict[str, str]]:
    if value is None:
        return {}
    if not (isinstance(value, dict) and all(map(_is_alias, value.values()))):
        raise Refused(
            "`aliases` is not a mapping of aliases to rules and their fields",
            "write `alias: {rule name: field}`",
        )
    return {
        str(alias): {str(rule): field for rule, field in fields.items()} for alias, fields in value.items()
    }


def _is_alias(fields: Any) -> bool:
    return isinstance(fields, dict) and all(isinstance(field, str) for field in fields.values())


def _condition(value: Any, kind: str) -> Condition:
    if value is None and kind in TEMPORAL:
        return Condition()
    if isinstance(value, str) and kind in TEMPORAL:
        return Condition(text=value)
    if not isinstance(value, dict):
        raise Refused(
            "the correlation has no condition of thresholds", "write one such as `condition: {gte: 5}`"
        )
    unknown = [key for key in value if key not in (*OPERATORS, "field", "percentile")]
    if unknown:
        raise Refused(
            f"a condition has no key {unknown[0]!r}", f"write {', '.join(OPERATORS)}, field or percentile"
        )
    thresholds = tuple((word, _number(value[word])) for word in OPERATORS if word in value)
    if not thresholds and kind not in TEMPORAL:
        raise Refused("the condition has no threshold", f"write one of {', '.join(OPERATORS)} and a number")
    fields = _fields(value.get("field"), kind) if kind in OF_VALUES else ()
    percentile = _percentile(value.get("percentile")) if kind == "value_percentile" else None
    return Condition(thresholds=thresholds, fields=fields, percentile=percentile)


def _fields(value: Any, kind: str) -> tuple[str, ...]:
    several = isinstance(value, list)
    if value in (None, []) or (several and kind != "value_count"):
        raise Refused(f"{kind} needs one `field` to look at", "name it in the condition")
    return _texts(value, "field", "write the name of a field")


def _percentile(value: Any) -> float:
    percentile = _number(value)
    if not 0 <= percentile <= 100:
        raise Refused("the percentile is not from 0 to 100", "write a number from 0 to 100")
    return percentile


def _number(value: Any) -> float:
    number = isinstance(value, int) or (isinstance(value, float) and isfinite(value))
    if isinstance(value, bool) or not number:
        raise Refused("a threshold or percentile is not a number", "write a number, without quotes")
    return value  # type: ignore[no-any-return]
