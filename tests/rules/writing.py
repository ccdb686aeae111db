"""Write rules for tests and read them: one file each, or one file with several documents."""

import contextlib
import tempfile
from pathlib import Path

import yaml

from pipeline.errors import ContentError
from pipeline.rules.read import read_rules


def rule(detection, **more):
    """A rule of no log source in particular; a detection that is no mapping of identifiers stands for a selection."""
    return {"title": "A rule", "logsource": {"category": "test"}, "detection": detection} | more


def selecting(**lines):
    return {
        "selection": {name.replace("__", "|"): value for name, value in lines.items()},
        "condition": "selection",
    }


def line(key, value):
    return rule({"selection": {key: value}, "condition": "selection"})


def write(folder, *files):
    """Write a file for each document, list of documents or YAML text; give their paths."""
    paths = []
    for number, content in enumerate(files, len(list(folder.iterdir()))):
        documents = content if isinstance(content, list) else [content]
        text = (
            content
            if isinstance(content, str)
            else yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False)
        )
        path = folder / f"{number:03}.yml"
        path.write_text(text, "utf-8")
        paths.append(path)
    return paths


@contextlib.contextmanager
def new_folder():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def read(*files, placeholders=None, lint=False, generic=True, **options):
    """Read files of rules as one pack."""
    with new_folder() as folder:
        paths = write(folder, *files)
        return read_rules(paths, placeholders=placeholders or {}, lint=lint, generic=generic, **options)


def faults(*files, **options):
    """Give the faults of a pack as (number of the file, line, fault)."""
    try:
        read(*files, **options)
    except ContentError as error:
        return [(int(Path(problem.path).stem), problem.line, problem.fault) for problem in error.problems]
    return []


def matches(document, event, **options):
    """Say whether the only rule of a pack matches an event."""
    (only,) = read(document, **options).rules
    return only.matches(event)


def meets(key, value, event, **options):
    """Say whether an event meets one line of a detection."""
    return matches(line(key, value), event, **options)


def met(document, event):
    """Give what an event meets of a rule: (field, words, value)."""
    (only,) = read(document).rules
    return [(one.field, one.condition, one.value) for one in only.met(event)]
