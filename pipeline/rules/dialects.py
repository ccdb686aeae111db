"""What the languages of Elastic can say of our rules, what they mean differently there, and a rule for Kibana."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.fields import FIELDS
from pipeline.pack import Correlation, Rule
from pipeline.rules.tree import And, Empty, Exists, Item, Node, Not, Or, Patterns, items

TARGETS = {
    "esql": "ESQLBackend",
    "lucene": "LuceneBackend",
    "eql": "EqlBackend",
    "siem_rule": "LuceneBackend",
}
"""What rules can be put into, and the back end that does it; a `siem_rule` is a detection rule around a Lucene query."""

CORRELATED = {"esql": ("event_count", "value_count", "temporal"), "eql": ("event_count",)}
"""Correlations that a language has a form for, which its back end writes rightly."""

CASED = "compares text with case where the mapping does; Sigma does not"
BUCKETS = "counts in fixed buckets of its timespan; here windows slide"
ABSENT = "`not` leaves out events without the field; Sigma means them too"
LISTS = (
    "a comparison with a list of several values is never true in ES|QL: it looks at {}; take lucene or eql"
)
SEARCHES = (
    "an expression is searched for here; there it must cover the whole value, and knows neither \\b nor (?i)"
)
SEQUENCE = "finds one sequence; here it fires again at every event that completes one"
RAISED = "keeps its lowest level: what raises it stays here"


SEVERITY = {
    "informational": ("low", 1),
    "low": ("low", 21),
    "medium": ("medium", 47),
    "high": ("high", 73),
    "critical": ("critical", 99),
}
"""The severity and the risk score of a detection rule."""


Known = Rule | Correlation


def siem_rule(one: Known, query: str, index: str) -> dict[str, Any]:
    """Give a rule and its Lucene query as a detection rule that Kibana imports; it is off until somebody switches it on."""
    severity, score = SEVERITY[one.level]
    return {
        "rule_id": one.id,
        "name": one.title,
        "description": one.about.description or one.title,
        "severity": severity,
        "risk_score": score,
        "type": "query",
        "language": "lucene",
        "query": query,
        "index": [index],
        "interval": "5m",
        "from": "now-10m",
        "to": "now",
        "enabled": False,
        "author": [one.about.author] if one.about.author else [],
        "false_positives": list(one.about.false_positives),
        "tags": [
            *filter(None, [one.about.catalogue]),
            *one.about.techniques,
            *one.about.atlas,
            *one.about.owasp,
        ],
        "note": one.about.next_step,
        "version": 1,
    }


def hindered(one: Known, known: Mapping[str, Known], target: str) -> str:
    """Give the reason why a query would be wrong though another tool writes one; empty where there is none."""
    if isinstance(one, Correlation):
        if one.kind not in CORRELATED.get(target, ()):
            return f"{target} has no form for a correlation of type {one.kind}; let it show our alerts"
        if target == "eql" and [word for word, _ in one.condition] != ["gte"]:
            return "a sequence counts up to a threshold, and knows gte alone"
    asked = [item for item in _asked(one, known) if not isinstance(item.want, Exists | Empty)]
    if any(isinstance(item.want, Patterns) for item in asked):
        return SEARCHES
    lists = sorted({item.field for item in asked if item.field in FIELDS and FIELDS[item.field].many})
    return LISTS.format(", ".join(lists)) if lists and target == "esql" else ""


def _asked(one: Known, known: Mapping[str, Known]) -> tuple[Item, ...]:
    """Give all items of a rule, or of everything that a correlation listens to."""
    if isinstance(one, Correlation):
        return tuple(item for digest in one.rules if digest in known for item in _asked(known[digest], known))
    return items(one.tree) if one.tree is not None else ()


def notes(one: Known, target: str) -> Iterator[str]:
    """Say what a rule means differently in another language."""
    if isinstance(one, Correlation):
        yield BUCKETS if target == "esql" else SEQUENCE
        return
    if target != "eql":
        yield CASED
    if target == "esql" and one.tree is not None and _denies(one.tree):
        yield ABSENT
    if one.raises:
        yield RAISED


def _denies(node: Node) -> bool:
    match node:
        case Not():
            return True
        case And(parts) | Or(parts):
            return any(map(_denies, parts))
        case _:
            return any(item.negated for item in items(node))
