"""Read an event rule, lay filters over it, and make it a Rule that matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from pipeline.pack import LEVELS, Rule
from pipeline.rules.collection import Document
from pipeline.rules.detection import NEVER, read_detection
from pipeline.rules.faults import Faults
from pipeline.rules.head import Head, LogSource, digest_of, read_head, read_log_source
from pipeline.rules.match import fields_of, matcher, verbs_of
from pipeline.rules.transforms import Placeholders
from pipeline.rules.tree import Item, Node, Texts, both
from pipeline.yamlfile import Located

OURS = "ai_interaction"
"""The category of log sources whose events this pipeline makes."""

DEFAULT_LEVEL = "medium"

PARTS = {"product": "event.module", "service": "event.dataset"}
"""Which of our fields a part of the log source speaks of."""


class Draft(Struct, frozen=True, kw_only=True):
    """An event rule that is read but not yet compiled."""

    head: Head
    source: LogSource
    tree: Node
    meanings: Mapping[str, Node]
    used: frozenset[str]
    body: Located


def read_event_rule(document: Document, placeholders: Placeholders, faults: Faults, *, lint: bool) -> Draft:
    """Read an event rule, every fault of it."""
    head = read_head(document, faults, lint=lint)
    body, at = document.body["detection"], document.body.at("detection")
    detection = read_detection(body, document.path, at, placeholders, faults)
    for level, identifier in (head.ai.raises if head.ai else {}).items():
        if identifier not in detection.meanings:
            faults.refuse(
                head.path,
                document.body.at("ai"),
                f"{identifier!r} would raise the level to {level}, but is not there",
                "name an identifier of the detection",
            )
        elif LEVELS.index(level) <= LEVELS.index(head.level or DEFAULT_LEVEL):
            faults.refuse(
                head.path,
                document.body.at("ai"),
                f"raising to {level} raises nothing",
                "name a level above the rule's own",
            )
    return Draft(
        head=head,
        source=read_log_source(document, faults),
        tree=detection.tree,
        meanings=detection.meanings,
        used=detection.used | {*(head.ai.raises.values() if head.ai else ())},
        body=document.body,
    )


def finished(draft: Draft, filters: Iterable[Node], *, generic: bool, listed: bool) -> Rule:
    """Compile an event rule under its filters; `generic`: its log source does not restrict it."""
    head = draft.head
    tree = both(*(() if generic else restrictions(draft.source)), draft.tree, *filters)
    matches, met, narrowed = matcher(tree)
    raises = sorted((head.ai.raises if head.ai else {}).items(), key=lambda pair: -LEVELS.index(pair[0]))
    nodes = [
        (level, draft.meanings[identifier]) for level, identifier in raises if identifier in draft.meanings
    ]
    return Rule(
        id=head.called,
        name=head.name,
        title=head.title,
        digest=digest_of(draft.body, repr(tree)),
        path=head.path,
        line=head.line,
        level=head.level or DEFAULT_LEVEL,
        fields=fields_of(tree, *(node for _, node in nodes)),
        matches=matches,
        met=met,
        narrowed=narrowed,
        tree=tree,
        raises=tuple((level, matcher(node)[0]) for level, node in nodes),
        listed=listed,
        group_by=head.ai.group_by if head.ai else (),
        verbs=verbs_of(tree) or frozenset(),
        about=head.about,
    )


def restrictions(source: LogSource) -> tuple[Node, ...]:
    """Say what a log source asks of our events: the category is ours, product and service are module and data set."""
    if source.category != OURS:
        return (NEVER,)
    named = ((field, getattr(source, part)) for part, field in PARTS.items())
    return tuple(
        Item(field=field, want=Texts((((value,),),)), words=f"is {value}") for field, value in named if value
    )
