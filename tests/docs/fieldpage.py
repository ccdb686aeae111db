"""Write docs/fields.md from `pipeline/fields.txt` and ENRICHERS: .venv/bin/python -m tests.docs.fieldpage"""

from pathlib import Path

from enrichers import ENRICHERS
from pipeline.fields import GROUPS

PLACE = Path(__file__).parents[2] / "docs" / "fields.md"

HEAD = """\
# Fields

<!-- Written from pipeline/fields.txt and enrichers/__init__.py by `.venv/bin/python -m tests.docs.fieldpage`. -->

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
    tables = [_table(heading, group) for heading, group in GROUPS.items()]
    return "\n".join([HEAD, *tables, ADDED + "".join(map(_enricher, ENRICHERS))])


def _table(heading, group):
    rows = "".join(_row(name, field) for name, field in group.items())
    return f"## {heading}\n\n| Field | Type | Meaning |\n|---|---|---|\n{rows}"


def _row(name, field):
    told = field.meaning
    if any(value not in told for value in field.values):
        told = f"{told}: {', '.join(field.values)}"
    return f"| `{name}` | {field.kind}{'[]' * field.many} | {told.replace('|', chr(92) + '|')} |\n"


def _enricher(enricher):
    return f"| `{enricher.__name__}` | {enricher.__doc__.strip().partition(chr(10))[0]} |\n"


if __name__ == "__main__":
    PLACE.write_text(page(), "utf-8")
