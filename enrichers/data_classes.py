"""Name the data classes that an event's texts hold, and count what is in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from enrichers.classify.look import Seen, depth, every, look, plain
from enrichers.classify.names import subjects
from enrichers.classify.spans import spelt
from enrichers.hosts import belongs
from enrichers.reference import Reference
from pipeline.event import Fields
from pipeline.fields import CLASSES

TEXTS = ("ai.content.text", "ai.tool.arguments", "process.command_line", "url.path")
"""Fields that are looked at; not a command that stands in arguments without any finding."""
SHORTEST_PATH = 20
"""Characters of a `url.path` that could hold a credential."""
SUBJECTS = frozenset({"email", "phone", "iban"})
"""Types that tell persons apart."""
NOBODY = frozenset({"ip_address"})
"""Types of class personal that name nobody."""
NAMING = frozenset({"person", "url"})
"""Types that are found beside an identifier only and weigh nothing more."""
STRANGER, COLLEAGUE, STRONG, ENOUGH = 1.0, 0.5, 2.0, 2.0
"""What one address or number, one of the organisation's own, and one strong identifier (IBAN, national number, date of
birth ...) weigh for class personal, and how much makes it. One's own address weighs nothing."""
PERSON, CARD, LIVE_SECRET, LINES, CONFIDENTIAL = 1.0, 2.0, 25.0, 30.0, 5.0
"""Sensitive units of a person, a card, a live credential; lines of code in one unit; units of other such content."""
NAMES = re.compile(
    r"(?<![^\W_])(?:(?P<restricted>top[ _-]?secret|restricted|streng[ _-]geheim|vs-?nfd)|(?P<confidential>confidential|"
    r"internal[ _-](?:use[ _-])?only|(?:streng[ _-])?vertraulich|confidentiel|confidencial|confidenziale|riservato))"
    r"(?![^\W_])",
    re.IGNORECASE,
)
"""Markings in the name of a file."""


class Finding(Struct, frozen=True):
    """One thing found: its value in one spelling, and whether it was encoded."""

    klass: str
    type: str
    value: str
    valid: bool | None
    decoded: bool


def data_classes(fields: Fields, reference: Reference) -> Fields:
    """Name classes, counts, persons and credentials in an event; leave what was seen for the acts after this one.

    `ai.content.seen` and `ai.content.spans` (by field) exist until `redact` takes them away.
    """
    seen: dict[str, Seen] = {}
    for name in TEXTS:
        text = fields.get(name)
        if text and (name == "ai.content.text" or _is_worth_it(name, text, seen)):
            seen[name] = look(text)
    added: Fields = {"ai.content.seen": seen} if seen else {}
    if not _telling(seen, fields, reference):
        return added

    spans = {name: one.spans for name, one in seen.items() if one.spans}
    if spans:
        added["ai.content.spans"] = spans
    findings = {finding: None for one in seen.values() for finding in _findings(one)}
    added |= _encoded(list(seen.values()), fields)
    added |= _code(list(seen.values()))
    added |= _canaries(list(seen.values()), reference)
    records = sum(one.records for outer in seen.values() for one in every(outer))
    if records:
        added["ai.data.records"] = max(records, fields.get("ai.data.records", 0))
    added |= _persons(list(seen.values()), list(findings), fields)
    return added | _classes(list(findings), added, records, fields, reference)


def _is_worth_it(name: str, text: str, seen: dict[str, Seen]) -> bool:
    if name == "url.path":
        return len(text) >= SHORTEST_PATH
    arguments = seen.get("ai.tool.arguments")
    return (
        name != "process.command_line"
        or arguments is None
        or bool(arguments.spans or arguments.code or arguments.layers)
        or text not in arguments.text
    )


def _telling(seen: dict[str, Seen], fields: Fields, reference: Reference) -> bool:
    for one in seen.values():
        if one.spans or one.code or one.layers:
            return True
        for canary in reference.organisation.canaries:
            if canary in one.text:
                return True
    return "file.name" in fields or "ai.data.classes" in fields


def _findings(seen: Seen) -> Iterator[Finding]:
    for one in every(seen):
        for span in plain(one):
            if span.klass not in ("source_code", "customer_record"):
                value = spelt(span.type, one.text[span.start : span.end])
                yield Finding(span.klass, span.type, value, span.valid, one is not seen)


def _classes(
    findings: list[Finding], known: Fields, records: int, fields: Fields, reference: Reference
) -> Fields:
    counts = _held(findings, fields, reference)
    readable = [finding for finding in findings if not finding.decoded]
    held = counts if len(readable) == len(findings) else _held(readable, fields, reference)
    hidden = set(counts) - set(held)
    if lines := known.get("ai.data.code_lines", 0):
        counts["source_code"] = lines
    if records:
        counts["customer_record"] = records
    marked = NAMES.search(fields.get("file.name") or "")
    if marked and marked.lastgroup:
        counts[marked.lastgroup] += 1
    classes = sorted({*counts, *fields.get("ai.data.classes", ())})
    added = _secrets(findings)
    if not classes:
        return added
    added["ai.data.classes"] = classes
    added |= {f"ai.data.counts.{klass}": count for klass, count in sorted(counts.items())}
    if ranked := [klass for klass in classes if klass in CLASSES]:
        added["ai.data.max_class"] = max(ranked, key=CLASSES.index)
    if hidden:
        added["ai.data.decoded_classes"] = sorted(hidden)
    if units := _units(counts, findings, known.get("ai.data.subjects", 0), fields):
        added["ai.data.units"] = units
    return added


def _held(findings: list[Finding], fields: Fields, reference: Reference) -> Counter[str]:
    """Count the findings of each class that is really held: no broken credentials, no lone contact."""
    found = {
        (finding.klass, finding.type, finding.value) for finding in findings if finding.valid is not False
    }
    counts = Counter(klass for klass, type_, _ in found if type_ not in NOBODY)
    weight = sum(
        _weight(type_, value, fields, reference) for klass, type_, value in found if klass == "personal"
    )
    if weight and counts["card"]:
        weight += STRANGER
    if weight < ENOUGH:
        counts.pop("personal", None)
    return +counts


def _weight(type_: str, value: str, fields: Fields, reference: Reference) -> float:
    if type_ in NOBODY or value == fields.get("user.email"):
        return 0.0
    if type_ == "email":
        domains = reference.organisation.domains
        return COLLEAGUE if belongs(value.rpartition("@")[2], domains) else STRANGER
    if type_ in NAMING:
        return 0.0
    return STRANGER if type_ in ("phone", "address") else STRONG


def _persons(seen: list[Seen], findings: list[Finding], fields: Fields) -> Fields:
    """Count persons: by what stands together if one text has them all, else by what tells persons apart."""
    own = fields.get("user.email")
    telling = [one for one in seen if one.layers or any(span.klass == "personal" for span in one.spans)]
    if len(telling) == 1 and not telling[0].layers:
        text = telling[0].text
        spans = (span for span in telling[0].spans if span.valid is not False)
        count = subjects((span for span in spans if text[span.start : span.end].lower() != own), text)
    else:
        count = len({finding.value for finding in findings if finding.type in SUBJECTS} - {own})
    return {"ai.data.subjects": count} if count else {}


def _secrets(findings: list[Finding]) -> Fields:
    secrets = [finding for finding in findings if finding.klass == "secret"]
    if not secrets:
        return {}
    held = sorted({finding.type for finding in secrets if finding.valid is not False})
    valid = any(finding.valid for finding in secrets)
    return {"ai.data.secret_types": held, "ai.data.secret_valid": valid} if held else {}


def _units(counts: Counter[str], findings: list[Finding], persons: int, fields: Fields) -> float:
    """Give the largest of the sums: nothing counts twice."""
    live = {finding.value for finding in findings if finding.klass == "secret" and finding.valid}
    other = counts["confidential"] or counts["restricted"] or (counts["secret"] and not live)
    records = counts["customer_record"] or (
        fields.get("ai.data.records", 0) if "customer_record" in fields.get("ai.data.classes", ()) else 0
    )
    sums = (
        PERSON * max(persons, 1) if counts["personal"] else 0.0,
        CARD * counts["card"],
        LIVE_SECRET * len(live),
        counts["source_code"] / LINES,
        CONFIDENTIAL if other else 0.0,
        float(records),
    )
    return round(max(sums), 2)


def _encoded(seen: list[Seen], fields: Fields) -> Fields:
    layers = [layer for outer in seen for one in every(outer) for layer in one.layers]
    if not layers:
        return {}
    names = {name for layer in layers for name in layer.part.encodings}
    return {
        "ai.content.decoded_layers": max(map(depth, seen)),
        "ai.content.decoded_length": max(
            len(layer.part.text.encode("utf-8", "surrogatepass")) for layer in layers
        ),
        "ai.content.encodings": sorted(names.union(fields.get("ai.content.encodings", ()))),
    }


def _code(seen: list[Seen]) -> Fields:
    blocks = [block for outer in seen for one in every(outer) for block in one.code]
    if not blocks:
        return {}
    languages = sorted({language for language, _ in blocks})
    return {"ai.data.code_lines": sum(lines for _, lines in blocks), "ai.data.code_languages": languages}


def _canaries(seen: list[Seen], reference: Reference) -> Fields:
    texts = [one.text for outer in seen for one in every(outer)]
    found = [canary for canary in reference.organisation.canaries if any(canary in text for text in texts)]
    return {"ai.data.canary": found} if found else {}


__all__ = ["SUBJECTS", "data_classes", "spelt"]
