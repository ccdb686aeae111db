"""Load and check all content into one Pack: every fault of all files at once, or a pack to rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from pipeline.errors import ContentError, Problem
from pipeline.pack import Pack, linked
from pipeline.playbooks import read_playbooks, unanswered
from pipeline.rules.index import indexed
from pipeline.rules.read import read_rules, rule_files
from pipeline.sheet import Sheet
from pipeline.suspect import scorecard as scorecards
from pipeline.suspect.policyfile import read_policy
from pipeline.yamlfile import Located

CONTENT = Path(__file__).resolve().parent.parent
"""Where our own content lies: beside the packages, whatever the working folder."""

COMPANY = Path("enrichers", "data", "company")
POLICY_FILES = ("policy.yaml", "exceptions.yaml")
APART = frozenset({"playbooks", "policy", "controls", "pipelines"})
"""Folders of detections that hold no rules."""

MANY = 10
"""Rules for one verb up to which an index is not worth the making."""

T = TypeVar("T")


def load_pack(
    data: Path | None = None, detections: Path | None = None, *, key: bytes, content: Path | None = None
) -> Pack:
    """Give the pack of these folders; ContentError lists every fault of every file.

    `data` replaces the built-in company's policy and exceptions, file by file; `content` is used in place of our own
    folder, `detections` in place of its detections. The digest is that of all files, by name and bytes; not of the key.
    """
    folder = detections or (content or CONTENT) / "detections"
    problems = [*_missing(data)]
    policy, exceptions = policy_files(data, content)
    answers = sorted((folder / "playbooks").glob("*.yaml"))
    ruling = _attempt(problems, partial(_ruling, folder)) or []
    lists, weights = folder / "placeholders.yaml", folder / scorecards.NAME

    placeholders = _attempt(problems, partial(read_placeholders, lists)) if lists.exists() else {}
    playbooks = _attempt(problems, partial(read_playbooks, answers))
    reading = partial(read_rules, ruling, placeholders=placeholders or {}, lint=True, playbooks=playbooks)
    found = _attempt(problems, reading)
    judged = _attempt(problems, partial(read_policy, policy, exceptions))
    scorecard = _attempt(problems, partial(scorecards.read_scorecard, weights)) if weights.exists() else None
    if found and playbooks:
        problems += unanswered((*found.rules, *found.correlations), playbooks)
    if problems or found is None or judged is None:
        raise ContentError(problems)

    pack = Pack(
        digest=_digest(pack_files(data, detections, content=content)),
        rules=found.rules,
        correlations=found.correlations,
        policy=judged[0],
        playbooks=playbooks or {},
        placeholders=placeholders or {},
        key=key,
        notes=(*map(str, found.notes), *judged[1]),
        weigh=partial(scorecards.weigh, scorecard=scorecard) if scorecard else None,
    )
    return searched(linked(pack))


def pack_files(
    data: Path | None = None, detections: Path | None = None, *, content: Path | None = None
) -> dict[str, Path]:
    """Give the files of a pack by their names in it: rules, playbooks, lists and weights by folder, the policy's by name."""
    folder = detections or (content or CONTENT) / "detections"
    answers = sorted((folder / "playbooks").glob("*.yaml"))
    others = [path for path in (folder / "placeholders.yaml", folder / scorecards.NAME) if path.exists()]
    judging = [*_ruling(folder), *answers, *others]
    files = {path.relative_to(folder).as_posix(): path for path in judging}
    return files | {path.name: path for path in policy_files(data, content) if path}


def searched(pack: Pack) -> Pack:
    """Give a pack an index over its rules, where some verb has many of them."""
    if max(map(len, pack.by_verb.values())) > MANY:
        return replace(pack, find=indexed(pack.rules).matching)
    return pack


def policy_files(data: Path | None, content: Path | None = None) -> tuple[Path, Path | None]:
    """Give the files of policy and exceptions: those in `data` as far as they are there, else the built-in ones."""
    company = (content or CONTENT) / COMPANY
    policy, exceptions = (
        next((path for path in places if path.exists()), None)
        for places in ([folder / name for folder in (data, company) if folder] for name in POLICY_FILES)
    )
    return policy or company / POLICY_FILES[0], exceptions


def read_placeholders(path: Path) -> dict[str, tuple[str, ...]]:
    """Give the lists of a placeholder file by name; ContentError lists every fault."""
    sheet = Sheet(path)
    body = sheet.load() or Located()
    lists = {str(name): sheet.words(body, name) for name in body}
    if sheet.problems:
        raise ContentError(sheet.problems)
    return lists


def _missing(data: Path | None) -> Iterator[Problem]:
    if data and not data.is_dir():
        yield Problem(str(data), 1, "is no folder", "name a folder with reference data")


def _ruling(folder: Path) -> list[Path]:
    """Give the files of rules: those lie in folders of their own."""
    places = [(path, path.relative_to(folder).parts) for path in rule_files(folder)]
    stray = [path for path, parts in places if len(parts) == 1 and path.suffix == ".yml"]
    if stray:
        remedy = "put it into a folder beside its like, such as exf/"
        raise ContentError(
            [Problem(str(path), 1, "lies beside the folders of rules", remedy) for path in stray]
        )
    return [path for path, parts in places if len(parts) > 1 and parts[0] not in APART]


def _attempt(problems: list[Problem], read: Callable[[], T]) -> T | None:
    """Read a part of the content; take down what is wrong with it, and give None then."""
    try:
        return read()
    except ContentError as error:
        problems.extend(error.problems)
        return None


def _digest(files: Mapping[str, Path]) -> str:
    """Hash names and bytes, each behind its length so that no two contents read alike."""
    whole = sha256()
    for name, path in sorted(files.items()):
        for part in (name.encode(), path.read_bytes()):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
