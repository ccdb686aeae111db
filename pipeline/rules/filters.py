"""Read filters: conditions that are laid over rules by name, as `(rule) and (filter)`."""

from __future__ import annotations

from msgspec import Struct

from pipeline.rules.collection import Document
from pipeline.rules.detection import NEVER, read_detection
from pipeline.rules.faults import Faults
from pipeline.rules.head import Head, LogSource, read_head, read_log_source
from pipeline.rules.transforms import Placeholders
from pipeline.rules.tree import Node
from pipeline.yamlfile import Located


class Filter(Struct, frozen=True, kw_only=True):
    """A filter: for which rules (ids or names; none: any) of which log source it holds."""

    head: Head
    source: LogSource
    line: int
    rules: tuple[str, ...]
    tree: Node
    body: Located


def read_filter(document: Document, placeholders: Placeholders, faults: Faults) -> Filter:
    """Read a filter, every fault of it."""
    head = read_head(document, faults, lint=False)
    body, line = document.body["filter"], document.body.at("filter")
    detection = read_detection(body, document.path, line, placeholders, faults, besides=("rules",))
    if detection.tree is not NEVER and not all(
        one.lstrip(" (").lower().startswith("not") for one in detection.conditions
    ):
        faults.note(
            document.path,
            line,
            "the filter keeps what its condition matches; to exclude that, write `not` before it",
        )
    rules = body.get("rules") if isinstance(body, dict) else None
    if rules is None:
        faults.refuse(
            document.path,
            line,
            "the filter names no rules",
            "name ids or names under `rules`, or write `rules: any`",
        )
    named = rules if isinstance(rules, list) else [] if rules in (None, "any") else [rules]
    return Filter(
        head=head,
        source=read_log_source(document, faults),
        line=line,
        rules=tuple(map(str, named)),
        tree=detection.tree,
        body=document.body,
    )
