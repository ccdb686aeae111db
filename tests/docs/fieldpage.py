"""Write docs/fields.md from `pipeline/fields.py` and ENRICHERS: .venv/bin/python -m tests.docs.fieldpage"""

from pathlib import Path

from enrichers import ENRICHERS
from pipeline.fields import FIELDS

PLACE = Path(__file__).parents[2] / "docs" / "fields.md"

SECTIONS = {
    "When and what": "@timestamp ecs. event. organization. trace. span. message tags log.",
    "Who, from where": "user. user_agent. source. host. device. service. process. cloud. ai.surface ai.actor. ai.key. ai.network. ai.user. ai.device.",
    "Which app": "url. destination. http. network. ai.app.",
    "Which file": "file.",
    "Model, agent, tool": "mcp. gen_ai. ai.agent. ai.registry. ai.task. ai.turn. ai.tool. ai.approval. ai.delegation. ai.guardrail. ai.grant. ai.share. ai.change.",
    "Content, never raw": "ai.content. ai.intent.",
    "Data found": "ai.data.",
    "Judgement": "ai.taint ai.provenance. ai.baseline. ai.policy. ai.risk. ai.entity. ai.quality. ai.idle ai.pack.",
    "Rule": "rule. threat.",
    "Alert": "ai.alert.",
    "Standing": "ai.standing.",
    "Others": "",
}
"""Headings, and how the names of their fields begin; the first that fits has the field."""

HEAD = """\
# Fields

<!-- Written from pipeline/fields.py and enrichers/__init__.py by `.venv/bin/python -m tests.docs.fieldpage`. -->

Every event, alert and standing is one flat JSON object with these keys. Names of the Elastic Common Schema come first,
then OpenTelemetry's `gen_ai.*`, then our own `ai.*`. A field that is not known is absent, never empty. A type with `[]`
is a list. Rules may use these fields and no others; `shadowgraph rules check` says so.
"""

ADDED = """\
## Who adds what

A source gives what it saw. These functions then add what is known beforehand or can be seen in the event itself, in this
order:

| Enricher | What it does |
|---|---|
"""


def page():
    """Give the text of docs/fields.md."""
    names = {section: [] for section in SECTIONS}
    for name in FIELDS:
        names[
            next(s for s, starts in SECTIONS.items() if name.startswith(tuple(starts.split())) or not starts)
        ].append(name)
    tables = [_table(section, found) for section, found in names.items() if found]
    return "\n".join([HEAD, *tables, ADDED + "".join(map(_enricher, ENRICHERS))])


def _table(section, names):
    return f"## {section}\n\n| Field | Type | Meaning |\n|---|---|---|\n{''.join(map(_row, names))}"


def _row(name):
    field = FIELDS[name]
    told = field.meaning
    if any(value not in told for value in field.values):
        told = f"{told}: {', '.join(field.values)}"
    return f"| `{name}` | {field.kind}{'[]' * field.many} | {told.replace('|', chr(92) + '|')} |\n"


def _enricher(enricher):
    return f"| `{enricher.__name__}` | {enricher.__doc__.strip().partition(chr(10))[0]} |\n"


if __name__ == "__main__":
    PLACE.write_text(page(), "utf-8")
