"""Read the detection of a rule or a filter: identifiers, what they stand for, and the condition that joins them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from pipeline.rules.condition import loud, read_condition
from pipeline.rules.faults import Faults, Refused
from pipeline.rules.items import read_item
from pipeline.rules.regexes import costly
from pipeline.rules.transforms import Placeholders
from pipeline.rules.tree import Node, Or, Patterns, bind, both, either, names
from pipeline.yamlfile import Located

NEVER = Or(())
"""Stands for what could not be read, so that the rest can be checked all the same."""


class Detection(Struct, frozen=True):
    """What an event must meet, and what each identifier stands for.

    `conditions` are the words of the author, `used` the identifiers in them.
    """

    tree: Node
    meanings: Mapping[str, Node]
    conditions: tuple[str, ...]
    used: frozenset[str] = frozenset()


def read_detection(
    body: Any,
    path: str,
    line: int,
    placeholders: Placeholders,
    faults: Faults,
    *,
    besides: Collection[str] = (),
) -> Detection:
    """Read a detection, every fault of it; `besides` are keys that are no identifiers."""
    if not isinstance(body, Located):
        faults.refuse(
            path, line, "a detection is not a mapping", "write identifiers and a condition under it"
        )
        return Detection(NEVER, {}, ())
    meanings = {
        str(name): _definition(definition, path, body.at(name), placeholders, faults)
        for name, definition in body.items()
        if name not in ("condition", "timeframe", *besides)
    }
    if "timeframe" in body:
        faults.note(path, body.at("timeframe"), "`timeframe` has no effect; a correlation has a timespan")
    at = body.at("condition") if "condition" in body else line
    conditions = faults.attempt(path, at, _conditions, body.get("condition")) or ()
    nodes = [
        faults.attempt(path, at, read_condition, condition, meanings) or NEVER for condition in conditions
    ]
    if any(map(loud, conditions)):
        faults.note(path, at, "operators in capitals are understood here, other tools refuse them")
    whole = either(*nodes) if nodes else NEVER
    return Detection(bind(whole, meanings), meanings, conditions, names(whole))


def _conditions(condition: Any) -> tuple[str, ...]:
    conditions = condition if isinstance(condition, list) else [condition]
    if not conditions or not all(isinstance(one, str) and one.strip() for one in conditions):
        raise Refused(
            "there is no condition", "write one that joins the identifiers, such as `condition: selection`"
        )
    return tuple(conditions)


def _definition(definition: Any, path: str, line: int, placeholders: Placeholders, faults: Faults) -> Node:
    """Read what an identifier stands for: a map (all lines hold), a list of maps or keywords (one holds), a keyword."""
    if isinstance(definition, Located):
        return _map(definition, path, placeholders, faults)
    members = definition if isinstance(definition, list) else [definition]
    maps = [member for member in members if isinstance(member, Located)]
    keywords = [member for member in members if not isinstance(member, Located)]
    nodes = [_map(member, path, placeholders, faults) for member in maps]
    if keywords or not maps:
        nodes.append(faults.attempt(path, line, read_item, "", keywords, placeholders) or NEVER)
    return either(*nodes)


def _map(definition: Located, path: str, placeholders: Placeholders, faults: Faults) -> Node:
    if not definition:
        faults.refuse(
            path, definition.line, "a detection asks for nothing", "write at least one field and its value"
        )
        return NEVER
    return both(*_lines(definition, path, placeholders, faults))


def _lines(definition: Located, path: str, placeholders: Placeholders, faults: Faults) -> Iterator[Node]:
    for key, value in definition.items():
        item = faults.attempt(path, definition.at(key), read_item, key, value, placeholders)
        if (
            item
            and isinstance(item.want, Patterns)
            and any(costly(p, item.want.flags) for p in item.want.values)
        ):
            faults.note(
                path,
                definition.at(key),
                "an expression with look-around or back-references costs much and has 50 ms",
            )
        yield item or NEVER
