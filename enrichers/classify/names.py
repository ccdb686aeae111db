"""Find the names of persons whom a text also gives a means to reach or to tell apart; alone, a name is no finding."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from enrichers.classify.spans import Span, spelt

Hits = Mapping[str, Sequence[tuple[Any, int, int]]]
"""What the pass hit, by topic: a thing, a start and an end."""
NEAR = 240
"""Characters between a name and an identifier that belong to one person."""
LEAD = 70
"""Characters before an identifier in which the name of its person stands."""
MOST = 2000
"""Identifiers whose surroundings are looked at."""
_WORD = r"[A-ZÀ-ÞĀ-Ž][^\W\d_]*(?:['’-][A-ZÀ-ÞĀ-Ža-z][^\W\d_]+)*"
_LINK = r"(?:van|von|vom|zu|zur|de|der|den|da|do|dos|das|di|del|della|la|le|du|bin|al|ten|ter|af|y)"
_NAME = rf"{_WORD}(?: (?:{_LINK} ){{0,2}}(?:[A-Z]\.|{_WORD})){{1,3}}"
_TITLE = r"(?:Mrs?|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Sra?|Srta|Don|Doña|Sig|Sig\.ra|Dott|Dhr|Mevr|Pan[ií]?)\.?"
_TITLES = re.compile(rf"(?:{_TITLE} )*")
_LABEL = (
    r"\b(?:(?:full |last |first |sur|given |family |customer |client |patient |employee |contact |user )?name|patient|customer|client|"
    r"employee|applicant|tenant|contact|holder|insured|beneficiary|member|from|to|attn|nom|prénom|vorname|nachname|nombre|apellidos?|"
    r"nome|cognome|naam|kunde|kundin|mitarbeiter(?:in)?|cliente?|paciente|imi[ęe])\"? ?(?:[:=]|is|ist)"
)
_SAYING = (
    r"\b(?:my name is|i am|i'm|this is|called|ich heiße|ich bin|mein name ist|je m'appelle|me llamo|mi chiamo|mi nombre es|ik heet|"
    r"chamo-me|nazywam się|jag heter|patient|dear|employee|customer|client) "
)
CUES = (("titled", rf"\b{_TITLE} ", False), ("named", _LABEL, True), ("named", _SAYING, True))
"""Topics of the pass behind which a name may stand, and whether their case matters not: titles, labels and introductions."""
_FORMS = (
    (
        "titled",
        re.compile(rf"(?:{_TITLE} )?(?P<name>{_WORD}(?: (?:{_LINK} ){{0,2}}(?:[A-Z]\.|{_WORD})){{0,3}})"),
    ),
    ("named", re.compile(rf" ?[\"']?(?P<name>{_NAME})")),
)
_SOON = (
    r"(?:(?:née? le|geb\.|geboren(?: am)?|born(?: on)?|nat[oa] il|nacid[oa] el|DOB|SSN|BSN|DNI|NIF|NIE|IBAN|PESEL|CPF|PAN|SIN|TFN|"
    r"CNP|[Tt]el|[Tt]él|[Pp]hone)[.:]?[ \t]{0,2})?"
)
_BEFORE = re.compile(rf"(?P<name>{_NAME})[ \t]{{0,2}}[,;:|–-]?[ \t]{{0,2}}[<(\[\"]?{_SOON}\Z")
_NO_NAME = re.compile(
    r"\b(?:The|This|Please|Dear|Hello|Hi|Send|Write|Email|E-?Mail|Mail|Phone|Tel|Mobile|Call|Contact|Support|Team|Service|Services|"
    r"Inc|Ltd|LLC|GmbH|AG|Corp|Company|Department|Office|Bank|University|Project|Street|Road|Your|Our|My|For|From|To|With|At|"
    r"Customer|Client|Order|Invoice|Account|Number|Address|Date|Birth|Born|SSN|IBAN|DOB|Solutions|Systems|Group|Technologies|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|"
    r"October|November|December|News|Newsletter|Sales|Marketing|Report|Subject|Regards|Thanks|Best|Kind|Update|Ask|Tell|Inform|Notify|Forward|Foundation|Alliance|Association|Network|Syndicate|Institute|Community|Charity|School|"
    r"Cemetery|Care|Energy|Utilities|Partners|Innovations|Bureau|Credit|Society|Club|Council|Agency|Coders|Avenue|Center|Centre|Draft|Compose|Craft|Respond|Reply)\b"
)
_LOCAL = re.compile(r"([a-z]{2,20})[._-]([a-z]{2,20})\d{0,4}@", re.IGNORECASE)


def names(text: str, hits: Hits, found: Iterable[Span]) -> Iterator[Span]:
    """Find names near identifiers: after a title or a label (`hits` of CUES), before an identifier, or as the address spells them."""
    told = sorted((span for span in found if span.klass == "personal"), key=lambda span: span.start)[:MOST]
    starts = [span.start for span in told]
    seen: set[tuple[int, int]] = set()
    for first, end in (*_in_words(text, hits), *_beside(text, told), *_as_spelt(text, told)):
        titles = _TITLES.match(text, first, end)
        start = titles.end() if titles else first
        if (start, end) in seen or _NO_NAME.search(text, start, end):
            continue
        seen.add((start, end))
        if _is_near(start, end, starts, told):
            yield Span(start, end, "personal", "person")


def _in_words(text: str, hits: Hits) -> Iterator[tuple[int, int]]:
    for topic, form in _FORMS:
        for _, _, end in hits.get(topic, ()):
            if match := form.match(text, end):
                yield match.span("name")


def _beside(text: str, told: list[Span]) -> Iterator[tuple[int, int]]:
    for span in told:
        lead = text[max(0, span.start - LEAD) : span.start]
        match = None if lead.islower() else _BEFORE.search(lead)
        if match and (span.type != "email" or _shares(match["name"], text[span.start : span.end])):
            first = span.start - len(lead)
            yield first + match.start("name"), first + match.end("name")


def _shares(name: str, email: str) -> bool:
    """Say whether an address has a word of a name in it; those of organisations stand beside a person's as well."""
    local = email.partition("@")[0].casefold()
    return any(word.casefold() in local for word in re.split(r"[ '’-]", name) if len(word) >= 3)


def _as_spelt(text: str, told: list[Span]) -> Iterator[tuple[int, int]]:
    for span in told:
        if span.type != "email" or not (local := _LOCAL.match(text, span.start)):
            continue
        first, last = max(0, span.start - NEAR), span.end + NEAR
        for one, other in (local.groups(), reversed(local.groups())):
            name = f"{one.title()} {other.title()}"
            place = text.find(name, first, last)
            if place >= 0:
                yield place, place + len(name)


def _is_near(start: int, end: int, starts: list[int], told: list[Span]) -> bool:
    place = bisect_left(starts, start)
    after = place < len(told) and told[place].start - end <= NEAR
    return after or (place > 0 and start - told[place - 1].end <= NEAR)


def subjects(spans: Iterable[Span], text: str) -> int:
    """Count the persons whom personal findings tell apart: a name with an address and a number counts once.

    A new person begins with a second finding of a kind in a stretch, or after a gap; one who is named again counts once.
    """
    people: list[dict[str, str]] = []
    last = -NEAR
    for span in spans:
        if span.klass != "personal" or span.type in ("ip_address", "url", "address"):
            continue
        value = spelt(span.type, text[span.start : span.end]).casefold()
        known = people[-1].get(span.type) if people else None
        if not people or span.start - last > NEAR or (known is not None and known != value):
            people.append({})
        people[-1].setdefault(span.type, value)
        last = span.end
    return _apart(people)


def _apart(people: list[dict[str, str]]) -> int:
    """Count stretches that share no value with an earlier one."""
    known: set[tuple[str, str]] = set()
    count = 0
    for person in people:
        pairs = {pair for pair in person.items() if pair[0] != "date_of_birth"} or set(person.items())
        count += known.isdisjoint(pairs)
        known |= pairs
    return count
