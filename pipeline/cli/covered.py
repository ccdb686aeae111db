"""What rules say they find: cells of ATT&CK, ATLAS and OWASP with the rules in each, and the evidence that each rule needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from pipeline.event import Fields
from pipeline.pack import Correlation, Pack, Rule
from pipeline.rules.collection import Document, read_documents
from pipeline.rules.faults import Faults

OWASP = {
    "LLM01": "Prompt Injection",
    "LLM02": "Sensitive Information Disclosure",
    "LLM03": "Supply Chain",
    "LLM04": "Data and Model Poisoning",
    "LLM05": "Improper Output Handling",
    "LLM06": "Excessive Agency",
    "LLM07": "System Prompt Leakage",
    "LLM08": "Vector and Embedding Weaknesses",
    "LLM09": "Misinformation",
    "LLM10": "Unbounded Consumption",
    "ASI01": "Agent Goal Hijack",
    "ASI02": "Tool Misuse and Exploitation",
    "ASI03": "Identity and Privilege Abuse",
    "ASI04": "Agentic Supply Chain Vulnerabilities",
    "ASI05": "Unexpected Code Execution",
    "ASI06": "Memory and Context Poisoning",
    "ASI07": "Insecure Inter-Agent Communication",
    "ASI08": "Cascading Failures",
    "ASI09": "Human-Agent Trust Exploitation",
    "ASI10": "Rogue Agents",
}
"""The whole lists, so that what no rule names is seen: LLM applications 2025, agentic applications 2026."""

NO_TACTIC = "no tactic named"

Spoken = Rule | Correlation


def cells(pack: Pack) -> list[Fields]:
    """Give every cell: framework, id, its tactic or name, and the catalogue ids of the rules that name it."""
    spoken = _spoken(pack)
    tactics: dict[tuple[str, str], set[str]] = defaultdict(set)
    for catalogue, tactic, technique in _tagged(spoken):
        tactics[tactic, technique].add(catalogue)
    attack = [
        {"framework": "attack", "tactic": tactic, "id": technique, "rules": sorted(names)}
        for (tactic, technique), names in sorted(tactics.items())
    ]
    atlas = _named((name, one) for one in spoken for name in one.about.atlas)
    owasp = _named((name, one) for one in spoken for name in one.about.owasp)
    return [
        *attack,
        *({"framework": "atlas", "id": name, "rules": atlas[name]} for name in sorted(atlas)),
        *(
            {"framework": "owasp", "id": name, "name": OWASP.get(name, ""), "rules": owasp.get(name, [])}
            for name in dict.fromkeys((*OWASP, *sorted(owasp)))
        ),
    ]


def needs(pack: Pack, logs: Fields | None) -> list[Fields]:
    """Give for every rule the evidence it needs; with a report about logs, whether these feed it and what it misses."""
    found: dict[str, Fields] = {}
    for one in _spoken(pack):
        about = one.about
        first = found.setdefault(
            about.catalogue, {"rule": about.catalogue, "title": one.title, "evidence": about.evidence}
        )
        first["evidence"] = min(first["evidence"], about.evidence)
    if logs is not None:
        missed = {one["rule"]: one["misses"] for one in logs["rules"]["unable"]}
        for name, row in found.items():
            row |= {"fed": name in logs["rules"]["able"], "misses": missed.get(name, [])}
    return [found[name] for name in sorted(found)]


def _spoken(pack: Pack) -> list[Spoken]:
    everything: tuple[Spoken, ...] = (*pack.rules, *pack.correlations)
    return [one for one in everything if one.about.catalogue]


def _named(pairs: Iterable[tuple[str, Spoken]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, one in pairs:
        found[name].add(one.about.catalogue)
    return {name: sorted(rules) for name, rules in found.items()}


def _tagged(spoken: list[Spoken]) -> Iterator[tuple[str, str, str]]:
    """Give (catalogue id, tactic, technique or nothing) of what the tags of these rules say."""
    known = {(one.path, one.line): one.about.catalogue for one in spoken}
    for document in read_documents(sorted({Path(one.path) for one in spoken}), Faults()):
        if catalogue := known.get((document.path, document.line)):
            for tactic, technique in _pairs(document):
                yield catalogue, tactic, technique


def _pairs(document: Document) -> Iterator[tuple[str, str]]:
    """Give (tactic, technique): techniques belong to the tactics that stand just before them, as our rules write it."""
    tags = [
        tag.lower().removeprefix("attack.") for tag in document.body.get("tags", ()) if isinstance(tag, str)
    ]
    tactics: list[str] = []
    for technique, run in groupby(tags, key=lambda tag: tag[:1] == "t" and tag[1:2].isdigit()):
        names = list(run)
        if technique:
            yield from ((tactic, name.upper()) for tactic in tactics or [NO_TACTIC] for name in names)
            tactics = []
        else:
            tactics = names
    yield from ((tactic, "") for tactic in tactics)
