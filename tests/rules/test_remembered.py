import os
from datetime import date

import pytest

from pipeline.errors import ContentError
from pipeline.rules import remembered
from pipeline.rules.index import kept
from pipeline.rules.remembered import load_all
from pipeline.yamlfile import Located, load_documents

RULE = """
title: Rule {n}
date: 2026-11-24
level: low
detection:
  selection: [{{F|contains: [a, 7, 1.5, null, true]}}, {{7: x}}]
  condition: selection
---
modified: 2026-11-24 10:00:00
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(remembered, "FEW", 2)
    return tmp_path / "cache" / "shadowgraph"


@pytest.fixture
def files(tmp_path, cache):  # noqa: ARG001 - the cache must be another one before a file is read
    paths = [tmp_path / f"{n}.yml" for n in range(3)]
    for n, path in enumerate(paths):
        path.write_text(RULE.format(n=n), "utf-8")
    return paths


def told(value):
    """A document with the lines of everything in it, and the kinds of values."""
    if isinstance(value, Located):
        return (value.line, [(key, value.at(key), told(member)) for key, member in value.items()])
    return [told(member) for member in value] if isinstance(value, list) else (type(value), value)


def read_only_from_memory(monkeypatch):
    monkeypatch.setattr(remembered, "load_documents", lambda path: pytest.fail(f"{path} was parsed again"))


def test_what_was_parsed_once_is_the_same_from_memory(files, monkeypatch):
    plain = [told(load_documents(path)) for path in files]
    assert [told(bodies) for _, bodies in load_all(files)] == plain
    read_only_from_memory(monkeypatch)
    assert [told(bodies) for _, bodies in load_all(files)] == plain
    assert [path for path, _ in load_all(files)] == files


def test_a_changed_file_is_parsed_again(files):
    list(load_all(files))
    files[1].write_text("title: Another", "utf-8")
    assert [bodies[0]["title"] for _, bodies in load_all(files)] == ["Rule 0", "Another", "Rule 2"]


def test_few_files_are_not_remembered(files, cache, monkeypatch):
    monkeypatch.setattr(remembered, "FEW", 4)
    list(load_all(files))
    assert not cache.exists()


@pytest.mark.parametrize(
    "hostile",
    [b"", b"\xc1", b"\x93\x01\x02\x03", b"\x93\x93\x01\x01\x90\x90\x90", b"\x91" * 100_000, b"\x90"],
)
def test_a_damaged_memory_is_not_believed(files, cache, hostile):
    plain = [told(bodies) for _, bodies in load_all(files)]
    (file,) = cache.iterdir()
    file.write_bytes(hostile)
    assert [told(bodies) for _, bodies in load_all(files)] == plain
    kept.keep(file.name, hostile)  # its digest is right, what it says is not
    assert [told(bodies) for _, bodies in load_all(files)] == plain


def test_a_memory_that_others_can_write_is_not_believed(files, cache, monkeypatch):
    list(load_all(files))
    (file,) = cache.iterdir()
    file.chmod(0o666)
    parsed = []
    monkeypatch.setattr(
        remembered, "load_documents", lambda path: parsed.append(path) or load_documents(path)
    )
    list(load_all(files))
    assert parsed == files


def test_a_pack_with_a_fault_is_told_of_each_time_and_never_remembered(files, cache):
    files[0].write_text("title: [", "utf-8")
    for _ in range(2):
        (_, fault), (_, sound), _ = load_all(files)
        assert isinstance(fault, ContentError)
        assert sound[0]["date"] == date(2026, 11, 24)
    assert not cache.exists()


BOMB = "\n".join(
    ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
)


def test_aliases_that_unfold_without_end_are_a_fault(files, cache):
    files[0].write_text(BOMB, "utf-8")
    (_, fault), *_ = load_all(files)
    assert "its aliases stand for more" in str(fault)
    assert not cache.exists()


def test_a_pack_of_too_many_values_is_not_remembered(files, cache, monkeypatch):
    monkeypatch.setattr(remembered, "MOST_NODES", 10)
    assert all(isinstance(bodies, list) for _, bodies in load_all(files))
    assert not cache.exists()


def test_what_was_used_longest_ago_goes_first(cache, monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 200)
    for age, name in enumerate(("new", "old", "oldest")):
        kept.keep(name, b"x" * 60)
        os.utime(cache / name, (1e9 - age, 1e9 - age))
    kept.tidy()
    assert sorted(path.name for path in cache.iterdir()) == ["new", "old"]


def test_a_pack_of_which_a_file_is_gone_is_a_fault_there_and_never_remembered(files, cache):
    files[1].unlink()
    (_, first), (_, gone), (_, last) = load_all(files)
    assert isinstance(gone, ContentError)
    assert [bodies[0]["title"] for bodies in (first, last)] == ["Rule 0", "Rule 2"]
    assert not cache.exists()


def test_a_pack_that_changes_while_it_is_read_is_not_remembered(files, cache, monkeypatch):
    def loaded(path):
        found = load_documents(path)
        path.write_text("title: Later", "utf-8")
        return found

    monkeypatch.setattr(remembered, "load_documents", loaded)
    assert [bodies[0]["title"] for _, bodies in load_all(files)] == ["Rule 0", "Rule 1", "Rule 2"]
    assert not cache.exists()


def test_where_nothing_was_kept_there_is_nothing_to_tidy(cache):
    kept.tidy()
    assert not cache.exists()
