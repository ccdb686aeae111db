"""Find records of persons: tables in CSV, TSV, Markdown or pipes, and lists in JSON, by the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from enrichers.classify.placeholders import is_placeholder
from enrichers.classify.spans import Span

FEWEST = 2
"""Records that make a table one of customers."""
HEADERS = 200
"""Lines of a text that are tried as the head of a table."""
COLUMNS = 80
"""Cells of a line that are looked at."""
_WHO = (
    r"(?:full|first|last|given|family|sur|customer|client|contact|patient|employee|user|member|account|company)?[ _.-]?name|nom|pr[eé]nom|"
    r"vorname|nachname|kunde|nombre|apellidos?|nome|cognome|naam|voornaam|achternaam|imi[eę]|nazwisko"
)
_REACH = (
    r"(?:work|home|primary|customer|contact|private)?[ _.-]?e-?mail(?:[ _.-]?(?:address|adresse))?|(?:mobile|cell|home|work|primary)?[ _.-]?"
    r"(?:tele)?phone(?:[ _.-]?(?:number|no))?|mobile|telefon|tel|t[eé]l[eé]fono|t[eé]l[eé]phone|telefono|telefoon|correo|courriel"
)
_MORE = (
    r"(?:street|home|postal|billing|shipping|mailing)?[ _.-]?address(?:e|[ _.-]?(?:line)?[ _.-]?\d)?|anschrift|adresse|direcci[oó]n|indirizzo|"
    r"adres|d(?:ate[ _]?)?o(?:f)?[ _]?b(?:irth)?|birth[ _-]?da(?:te|y)|geburtsdatum|fecha de nacimiento|date de naissance|ssn|iban|bsn|dni|nif|"
    r"passport(?:[ _]?(?:no|number))?|(?:customer|client|member|patient|employee|account|kunden)[ _.-]?(?:id|no|number|nr|nummer)|salary|"
    r"loyalty[ _]?(?:tier|points)|last[ _]?(?:order|purchase)|postcode|zip(?:[ _]?code)?|plz"
)
_NAME, _REACHED, _ANY = (
    re.compile(rf"(?:{words})", re.IGNORECASE) for words in (_WHO, _REACH, f"{_WHO}|{_REACH}|{_MORE}")
)
_PERSON = re.compile(r"[A-ZÀ-ÞĀ-Ž][^\W\d_]*(?:['’. -]{1,2}[^\W\d_]+){0,4}\.?")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d")
_STREET = re.compile(
    r"(?=[^\n]{0,80}\d)[\wÀ-ž.'’/#-]*[^\W\d_]{3}[\w .,'’/#-]{2,100}|\d{1,5}[A-Za-z]? [^\W\d_]{3}[\w .,'’/#-]{2,100}"
)
_COLUMNS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    ("person", re.compile(rf"(?!company)(?:{_WHO})", re.IGNORECASE), _PERSON),
    (
        "date_of_birth",
        re.compile(
            r"d(?:ate[ _]?)?o(?:f)?[ _]?b(?:irth)?|birth[ _-]?da(?:te|y)|geburtsdatum|fecha de nacimiento|date de naissance",
            re.IGNORECASE,
        ),
        _DATE,
    ),
    (
        "address",
        re.compile(
            r"(?:street|home|postal|billing|shipping|mailing)?[ _.-]?address(?:e|[ _.-]?(?:line)?[ _.-]?\d)?|anschrift|adresse|direcci[oó]n|indirizzo|adres",
            re.IGNORECASE,
        ),
        _STREET,
    ),
)
"""Types of cells, by the names of their columns and by their own form."""
_CELLS = {
    delimiter: re.compile(
        rf'[ \t]*(?:"((?:[^"]|"")*)"|([^{re.escape(delimiter)}"]*))[ \t]*(?:{re.escape(delimiter)}|\Z)'
    )
    for delimiter in ",;\t|"
}
_RULE = re.compile(r"[\s|:+-]+\Z")
_KEY = re.compile(r'"([\w .-]{2,30})"\s{0,8}:\s{0,8}(?:"((?:[^"\\\n]|\\.){0,200})")?')
_OPENING = re.compile(r"\[?\s{0,20}\{?\s{0,20}\Z")


class Table(Struct, frozen=True):
    """Records of persons: where their head stands, how they are written, how many they are, and names in them."""

    head: Span
    records: int
    people: tuple[Span, ...]


def tables(text: str) -> Iterator[Table]:
    """Give the tables of persons in a text; the time is linear."""
    if '"' in text and "{" in text and (found := _json(text)):
        yield found
    tried, place, lines = 0, 0, text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    while place < len(lines) - 1 and tried < HEADERS:
        delimiter = _delimiter(lines[place])
        columns = delimiter and _columns(lines[place], delimiter)
        tried += bool(delimiter)
        if delimiter and columns:
            place, found = _table(lines, starts, place, delimiter, columns)
            if found:
                yield found
        place += 1


def _delimiter(line: str) -> str | None:
    head = line[:2000]
    return next((delimiter for delimiter in "|\t;," if delimiter in head), None)


def _cells(line: str, delimiter: str) -> list[tuple[int, str]]:
    """Give place and text of each cell."""
    cells: list[tuple[int, str]] = []
    place = 0
    while place <= len(line) and len(cells) < COLUMNS:
        found = _CELLS[delimiter].match(line, place)
        if found is None:
            return cells
        group = 1 if found[1] is not None else 2
        cells.append((found.start(group), found[group].rstrip()))
        place = found.end()
        if place >= len(line):
            break
    return cells


def _columns(line: str, delimiter: str) -> list[str] | None:
    """Give the names of the columns, if they are those of a table of persons."""
    names = [cell.strip("*_ ") for _, cell in _cells(line[:4000], delimiter)]
    known = [name for name in names if _ANY.fullmatch(name)]
    who = any(_NAME.fullmatch(name) for name in known)
    reached = any(_REACHED.fullmatch(name) for name in known)
    if len(known) >= 2 and (who or reached) and len({name.lower() for name in known}) >= 2:
        personal = reached or any(not _NAME.fullmatch(name) for name in known)
        return names if personal and all(len(name) <= 40 for name in names) else None
    return None


def _table(
    lines: list[str], starts: list[int], place: int, delimiter: str, columns: list[str]
) -> tuple[int, Table | None]:
    people: list[Span] = []
    records, line = 0, place + 1
    kinds = [_kind(column) for column in columns]
    while line < len(lines):
        row = lines[line]
        if not (delimiter == "|" and _RULE.match(row)):
            cells = _cells(row, delimiter)
            if abs(len(cells) - len(columns)) > 1 or len(cells) < 2:
                break
            records += any(cell for _, cell in cells)
            people.extend(_people(cells, kinds, starts[line]))
        line += 1
    if records < FEWEST or (2 * len(people) < records and "@" not in "".join(lines[place + 1 : line])):
        return line - 1, None
    head = lines[place].strip()
    first = starts[place] + lines[place].index(head)
    kind = {"|": "table", "\t": "tsv"}.get(delimiter, "csv")
    return line - 1, Table(Span(first, first + len(head), "customer_record", kind), records, tuple(people))


def _kind(column: str) -> tuple[str, re.Pattern[str]] | None:
    return next(((type_, form) for type_, name, form in _COLUMNS if name.fullmatch(column)), None)


def _people(
    cells: list[tuple[int, str]], kinds: list[tuple[str, re.Pattern[str]] | None], start: int
) -> Iterator[Span]:
    for (place, cell), kind in zip(cells, kinds, strict=False):
        if kind and 2 <= len(cell) <= 120 and kind[1].fullmatch(cell) and not is_placeholder(cell):
            yield Span(start + place, start + place + len(cell), "personal", kind[0])


def _json(text: str) -> Table | None:
    """Count records by the keys of persons that come again; whether the brackets are balanced is no matter."""
    counts: dict[str, int] = {}
    people: list[Span] = []
    first = -1
    for key in _KEY.finditer(text):
        name = key[1]
        if not _ANY.fullmatch(name):
            continue
        first = key.start() if first < 0 else first
        counts[name] = counts.get(name, 0) + 1
        value = key[2]
        kind = _kind(name)
        if value and kind and kind[1].fullmatch(value) and not is_placeholder(value):
            people.append(Span(key.start(2), key.end(2), "personal", kind[0]))
    often = [name for name, count in counts.items() if count >= FEWEST]
    reached = [name for name in often if _REACHED.fullmatch(name)]
    if len(often) < 2 or not (reached or any(not _NAME.fullmatch(name) for name in often)):
        return None
    lead = _OPENING.search(text, max(0, first - 44), first)
    start = lead.start() if lead else first
    records = max(counts[name] for name in often)
    return Table(
        Span(start, text.index('"', first + 1) + 1, "customer_record", "json"), records, tuple(people)
    )
