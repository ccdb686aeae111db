import csv
import re
from operator import attrgetter

import click
import pytest
import yaml

from enrichers import ENRICHERS
from pipeline.cli import main
from pipeline.cli.alerts import DISPOSITIONS
from pipeline.decide import correlate, grouping, standing
from pipeline.risk import CONTEXT, LEAST, LEVELS, MOST, WEIGHT_OF_DATA, WEIGHTS
from pipeline.settings import ENVIRONMENT, REMEDIES, Settings
from pipeline.suspect import learning, memory
from pipeline.suspect.policyfile import OF_EXCEPTION, OF_RULE, TOLD, TOP
from pipeline.understand.sources import READERS
from pipeline.understand.sources.forms import checks
from tests.docs import fieldpage, pages

OPERATORS, ANALYSTS = "docs/operators.md", "docs/analysts.md"
COMPANY = pages.HOME / "enrichers" / "data" / "company"
FOLDERS = ("pipeline/", "enrichers/", "detections/", "tests/", "docs/")
INVENTED = re.compile(r"[A-Z*]{2,}|weekend|exf_9\d\d")
"""What a recipe has its reader write."""


def commands(group=main, words=()):
    """(words, command) of every command that does something."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = dict(commands())
OPTIONS = sorted(
    {o for c in COMMANDS.values() for p in c.params for o in p.opts if o.startswith("--")} | {"--version"}
)


def keys_of(path):
    """The columns of a CSV file, or the keys of a YAML file and of its entries."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file))
    body = yaml.safe_load(path.read_text("utf-8"))
    entries = [
        entry
        for value in body.values()
        if isinstance(value, list)
        for entry in value
        if isinstance(entry, dict)
    ]
    return sorted({*body, *(key for entry in entries for key in entry)})


DATA = [(path.name, key) for path in sorted(COMPANY.iterdir()) if path.is_file() for key in keys_of(path)]


def told(pattern):
    return re.search(pattern, pages.everything()) is not None


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_told_of(words):
    assert told(rf"\bshadowgraph {' '.join(words)}\b")


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_told_of(option):
    assert told(rf"(?<![\w-]){option}(?![\w-])")


@pytest.mark.parametrize("page", pages.PAGES)
def test_no_page_promises_a_command_that_is_not_there(page):
    groups = {words[0] for words in COMMANDS if len(words) > 1}
    named = re.findall(r"(?<![\w/])(?:\.venv/bin/)?shadowgraph ([a-z]+)(?: ([a-z]+))?", pages.text(page))
    assert {(one, two) if one in groups else (one,) for one, two in named} - {
        (g, "") for g in groups
    } <= COMMANDS.keys()


@pytest.mark.parametrize("name", REMEDIES)
def test_every_setting_has_its_row_with_its_variable_and_its_default(name):
    variable, default = {v: k for k, v in ENVIRONMENT.items()}.get(name, ""), attrgetter(name)(Settings())
    row = next(row for row in pages.table(OPERATORS, "## Settings") if row[0] == name)
    assert row[1] == variable
    assert not isinstance(default, int | float) or row[3] == f"{default:.10g}"


def test_every_variable_that_the_code_reads_is_told_of():
    sources = [*(pages.HOME / "pipeline").rglob("*.py"), *(pages.HOME / "enrichers").rglob("*.py")]
    read = {name for path in sources for name in re.findall(r"SHADOWGRAPH_[A-Z_]+", path.read_text("utf-8"))}
    assert {name for name in read if f"`{name}`" not in pages.text(OPERATORS)} == set()


def test_the_page_of_fields_is_the_one_that_the_code_writes():
    told = "write it anew: .venv/bin/python -m tests.docs.fieldpage"
    assert fieldpage.PLACE.read_text("utf-8") == fieldpage.page(), told


@pytest.mark.parametrize("enricher", ENRICHERS, ids=lambda enricher: enricher.__name__)
def test_every_enricher_is_told_of(enricher):
    assert f"| `{enricher.__name__}` |" in pages.text("docs/fields.md")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_every_source_is_told_of_with_its_other_names(reader):
    assert f"| `{reader.name}` |" in pages.text("README.md")
    assert [name for name in (reader.name, *reader.aliases) if f"`{name}`" not in pages.text(OPERATORS)] == []


@pytest.mark.parametrize(("file", "key"), DATA)
def test_every_key_of_the_organisation_is_told_of(file, key):
    rows = [row for row in pages.text(OPERATORS).splitlines() if row.startswith(f"| `{file}` |")]
    policy = re.split(r"^### ", pages.text(OPERATORS), flags=re.MULTILINE)[1]
    assert f"`{key}`" in "".join(rows) + policy


@pytest.mark.parametrize("key", sorted({*OF_RULE, *OF_EXCEPTION, *TOLD, *TOP}))
def test_every_condition_of_the_policy_is_told_of(key):
    assert f"`{key}`" in pages.text(OPERATORS)


def test_weights_and_levels_are_those_of_the_code():
    rows = {row[0]: row[1:] for row in pages.table(ANALYSTS, "## Levels and risk")}
    assert dict(zip(rows["Level of a rule"], map(float, rows["Doubt"]), strict=True)) == WEIGHTS
    assert {
        (float(least), level)
        for level, least in zip(rows["Level of an alert"], rows["Risk from"], strict=True)
    } == {*LEVELS}


def test_what_moves_a_risk_is_that_of_the_code():
    rows = [
        row for row in pages.table(ANALYSTS, "## Levels and risk") if len(row) == 2 and "units" not in row[0]
    ]
    assert [(why, float(move)) for why, move in rows[1:]] == [(why, move) for _, _, move, why in CONTEXT]
    assert f"at most {LEAST} and +{MOST}" in pages.text(ANALYSTS)
    assert WEIGHT_OF_DATA == ((100.0, 0.4), (25.0, 0.2), (5.0, 0.0), (0.0, -0.05)), (
        "change the rows of sensitive units too"
    )


def test_every_disposition_is_told_of():
    assert tuple(row[0] for row in pages.table(ANALYSTS, "## Acknowledge and close")[1:]) == DISPOSITIONS


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (
            ANALYSTS,
            f"half-life of {standing.HALF_LIFE / 86400:.0f} days, and below {standing.LEAST_RISK:g} it",
        ),
        (OPERATORS, f"({checks.LONGEST_TEXT:,} characters)"),
        (OPERATORS, f"| {checks.LONGEST_KEYWORD} characters;"),
        (OPERATORS, f"| {checks.LONGEST_ID} bytes | hashed |"),
        (OPERATORS, f"| {correlate.MOST_FOUND} events of each rule"),
        (
            OPERATORS,
            f"| {learning.MOST_ACTS} acts of the last {memory.FORGET_ACTS / 3600:.0f} hours, {learning.MOST_CALLS} open calls",
        ),
        (OPERATORS, f"all of it {memory.FORGET_HOME / 86400:.0f} days"),
        (OPERATORS, f"the first and last {grouping.ENDS} events"),
    ],
)
def test_a_limit_is_that_of_the_code(page, words):
    assert words in pages.text(page)


def test_every_make_target_is_told_of_and_no_other():
    makefile = (pages.HOME / "Makefile").read_text("utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    told = set(re.findall(r"(?:`|\$ |^    )make ([a-z-]+)", pages.everything(), re.MULTILINE))
    assert targets - told == {"all"}
    assert told <= targets


@pytest.mark.parametrize("page", pages.PAGES)
def test_links_lead_to_files(page):
    folder = (pages.HOME / page).parent
    assert [link for link in pages.links(page) if not (folder / link).exists()] == []


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_file_that_a_page_names_exists(page):
    named = [
        name
        for name in pages.code(page)
        if name.startswith(FOLDERS) and " " not in name and not INVENTED.search(name)
    ]
    assert [name for name in named if not (pages.HOME / name).exists()] == []


@pytest.mark.parametrize("page", pages.PAGES)
def test_no_page_names_the_place_where_it_was_written(page):
    assert (
        re.findall(
            r"/work\b|\bissues? #?\d+|(?<!\w)#\d+|\bPR \d+|\bpypi\b|localhost",
            pages.text(page),
            re.IGNORECASE,
        )
        == []
    )
