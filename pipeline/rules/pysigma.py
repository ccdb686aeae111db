"""Work with pySigma, which is loaded when it is first asked for: read documents, lay a pipeline over them, give queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

from pipeline.errors import ContentError, Problem
from pipeline.rules.collection import Document
from pipeline.rules.event_rule import PARTS

EXTRA = "rules are converted by pySigma and its Elasticsearch back end, which are not installed"
REMEDY = "pip install 'shadowgraph[sigma]'"


PLACE = "place"
"""Where a document stands, as an attribute of what pySigma makes of it."""

LONGEST = 200
"""Characters of a reason that another tool gives."""


Place = tuple[str, int]
"""The path and the line of a document."""


class Tools(Struct, frozen=True):
    """The parts of pySigma that conversion needs; they are loaded when first asked for."""

    backends: ModuleType
    collection: ModuleType
    conditions: ModuleType
    pipeline: ModuleType
    transformations: ModuleType


def tools() -> Tools:
    """Load pySigma; raise ContentError where it is not installed."""
    names = (
        "sigma.backends.elasticsearch",
        "sigma.collection",
        "sigma.processing.conditions",
        "sigma.processing.pipeline",
        "sigma.processing.transformations",
    )
    try:
        return Tools(*map(import_module, names))
    except ImportError as error:
        raise ContentError([Problem("rules convert", 1, EXTRA, REMEDY)]) from error


def pipeline_of(
    sigma: Tools,
    pipelines: Iterable[Path],
    placeholders: Mapping[str, Sequence[str]],
    documents: Iterable[Document],
) -> Any:
    """Join pipelines with our lists and with what products and services mean in our fields; raise ContentError."""
    kind = sigma.pipeline.ProcessingPipeline
    whole = kind(vars={name: list(values) for name, values in placeholders.items()})
    for path in pipelines:
        try:
            whole += kind.from_yaml(path.read_text("utf-8"))
        except Exception as error:
            fault = f"is no pipeline of pySigma: {_short(error)}"
            raise ContentError([Problem(str(path), 1, fault, "see detections/pipelines")]) from error
    whole.items.extend(_source_items(sigma, documents))
    return whole


def _source_items(sigma: Tools, documents: Iterable[Document]) -> Iterator[Any]:
    """Say what the log sources of these documents ask of our fields, as our own reading does."""
    sources = [document.body.get("logsource") for document in documents]
    named = {
        (part, source[part])
        for source in sources
        if isinstance(source, dict)
        for part in PARTS
        if source.get(part)
    }
    for part, value in sorted(named):
        condition = sigma.transformations.AddConditionTransformation({PARTS[part]: value})
        yield sigma.pipeline.ProcessingItem(
            condition, rule_conditions=[sigma.conditions.LogsourceCondition(**{part: value})]
        )


def parsed(sigma: Tools, documents: Sequence[Document]) -> list[tuple[Place, Any]]:
    """Give every document as pySigma reads it, by its place, what is listened to first; a text says why it does not."""
    rules: list[Any] = []
    filters: list[Any] = []
    refused: list[tuple[Place, Any]] = []
    for document in documents:
        place = document.path, document.line
        try:
            read = sigma.collection.SigmaCollection.from_dicts(
                [_plain(document.body)], collect_filters=True, resolve_references=False
            )
            for rule in read.rules:
                rule.custom_attributes[PLACE] = place
        except Exception as error:  # noqa: BLE001 - another tool's faults are many, and each is a reason
            refused.append((place, _short(error)))
        else:
            rules += read.rules
            filters += read.filters
    return [*_joined(sigma, rules, filters), *refused]


def _joined(sigma: Tools, rules: list[Any], filters: list[Any]) -> Iterator[tuple[Place, Any]]:
    """Lay filters over rules and correlations onto rules; one that stands on something unread is refused alone."""
    kind = sigma.collection.SigmaCollection
    known = kind(rules, resolve_references=False)
    reasons = {id(rule): _unmet(rule, known) for rule in rules if hasattr(rule, "group_by")}
    for rule in rules:
        if reasons.get(id(rule)):
            yield rule.custom_attributes[PLACE], reasons[id(rule)]
    whole = kind([*(rule for rule in rules if not reasons.get(id(rule))), *filters], resolve_references=False)
    whole.resolve_rule_references()
    for rule in whole.rules:
        yield rule.custom_attributes[PLACE], rule


def _unmet(rule: Any, known: Any) -> str:
    """Say which rule a correlation does not find; empty where it finds all."""
    try:
        rule.resolve_rule_references(known)
    except Exception as error:  # noqa: BLE001 - as above
        return _short(error)
    return ""


def _plain(value: Any) -> Any:
    """Give a document as plain mappings, without what only we ask of it."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items() if key != "ai"}
    return [_plain(member) for member in value] if isinstance(value, list) else value


def query(backend: Any, rule: Any) -> tuple[str, str]:
    """Give the query of a rule, or the reason why there is none."""
    several = hasattr(rule, "group_by")
    try:
        found = backend.convert_correlation_rule(rule) if several else backend.convert_rule(rule)
    except Exception as error:  # noqa: BLE001 - as above
        return "", _short(error)
    return (found[0], "") if found else ("", "its parts are converted, and nothing of its own")


def _short(error: Exception) -> str:
    """Give the first line of what another tool says, without the rule that it puts behind it."""
    said = str(error).partition("\n")[0]
    for start in (" in rule SigmaRule(", " in rule SigmaCorrelationRule(", " (while converting"):
        said = said.partition(start)[0]
    if said.startswith("Conversion result not available"):
        said = "a rule that it listens to does not convert"
    return said[:LONGEST] or type(error).__name__
