"""What turns our alerts into alerts of Elastic Security: a detection rule, and the list of its exceptions. Plain data."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid5

import orjson

from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.templates import Body
from pipeline.risk import SEVERITY

SPACE = UUID("5f0d9a52-6f61-4c55-9f3c-0f3d5a0c7b1e")
"""Where our ids of rules and lists are made from names: the same rule has the same id in every installation."""

TAGS = ["Domain: LLM", "Data Source: Shadowgraph", "Promotion: Shadowgraph"]

NOTE = """\
## Triage and analysis

### Investigating {{rule.name}}

Each alert is one rule, group and UTC day at one level; a second alert of the same `event.id` says that its level rose.

!{investigate{"label":"Everything of this person","providers":[[{"excluded":false,"field":"user.id","queryType":"phrase","value":"{{user.id}}","valueType":"string"}]]}}

### Possible investigation steps

- Read `message`, then `ai.risk.reasons`: each point of the risk has its reason.
- Follow `ai.alert.next_step`; `ai.alert.playbook` names the playbook.
- Run `shadowgraph explain` with the `event.id` for the steps, the values that met the rule, and ready queries.

### False positive analysis

- `ai.alert.false_positives` holds the rule's own note. What was agreed on belongs into exceptions.yaml, not here.

### Response and remediation

- Close the alert with `shadowgraph alerts close` and a disposition: rules are tuned by it. Closing it here changes nothing there.
"""

SHOWN = (
    *("message", "rule.id", "rule.name", "user.id", "user.email", "host.name", "gen_ai.agent.id"),
    *("ai.app.name", "ai.data.classes", "ai.tool.destination", "ai.task.id", "ai.alert.next_step"),
)


def objects(names: Names) -> dict[str, list[Body]]:
    """Give the rule and the list of exceptions, as their APIs import them."""
    return {"exceptions": [exception_list(names)], "rules": [rule(names)]}


def lines(names: Names) -> Iterator[bytes]:
    """Give what the import of detection rules takes: the rule, then the list that it names, a line each."""
    for body in (rule(names), exception_list(names)):
        yield orjson.dumps(body)


def rule(names: Names) -> Body:
    """Promote every alert, with its own name, severity and risk.

    It asks for documents by when the store took them, looks back twice as far as it runs often, and is off until
    somebody switches it on. Alerts never change, so that none is promoted twice.
    """
    made = exception_list(names)
    return {
        "rule_id": str(uuid5(SPACE, f"{names.prefix} promotion")),
        "name": "Shadowgraph alerts",
        "description": "Turns each alert of Shadowgraph about the use of AI into an alert of Elastic Security.",
        "type": "query",
        "language": "kuery",
        "query": "event.kind:alert and event.dataset:shadowgraph.alert",
        "index": [f"logs-{names.prefix}.alert-*"],
        "enabled": False,
        "interval": "1m",
        "from": "now-3m",
        "to": "now",
        "max_signals": 1000,
        "risk_score": 47,
        "severity": "medium",
        "rule_name_override": "rule.name",
        "timestamp_override": "event.ingested",
        "risk_score_mapping": [{"field": "event.risk_score", "operator": "equals", "value": ""}],
        "severity_mapping": [
            {"field": "event.severity", "operator": "equals", "value": str(number), "severity": level}
            for level, number in SEVERITY.items()
        ],
        "tags": TAGS,
        "note": NOTE,
        "investigation_fields": {"field_names": list(SHOWN)},
        "exceptions_list": [
            {name: made[name] for name in ("list_id", "namespace_type", "type")} | {"id": made["list_id"]}
        ],
        "references": [],
        "author": ["Shadowgraph"],
        "version": 1,
    }


def exception_list(names: Names) -> Body:
    """Give an empty list in which a SOC says what it does not want to see as alerts of Elastic Security."""
    return {
        "list_id": str(uuid5(SPACE, f"{names.prefix} exceptions")),
        "name": "Shadowgraph alerts: exceptions",
        "description": "Alerts of Shadowgraph that are not promoted. They stay open in Shadowgraph.",
        "type": "detection",
        "namespace_type": "single",
        "tags": TAGS,
    }
