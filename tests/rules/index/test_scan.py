"""Needles are found in one pass, in the way that the plain tests would find them; databases are kept for the next start."""

import pytest

from pipeline.rules.index import scan
from pipeline.rules.index.kept import keep, kept
from pipeline.rules.index.needs import Needle
from pipeline.rules.index.scan import Scanner

NEEDLES = [
    Needle("starts", "ab"),
    Needle("ends", "yz"),
    Needle("has", "m.n"),
    Needle("has", "\u00e9"),
    Needle("re", "o{3}"),
]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "shadowgraph"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abc", [0]),
        ("cab", []),
        ("AB yZ", [0, 1]),
        ("yz\n", []),
        ("m.n m.n", [2]),
        ("m-n", []),
        ("ooo", [4]),
        ("", [4]),
        ("\u00c9 m.N", [2, 3, 4]),
        ("o\v", [4]),
        ("\ud800yz", [1, 4]),
    ],
)
def test_needles_are_found_whatever_their_case(text, found):
    assert sorted(Scanner(NEEDLES).found(text)) == found


def test_an_expression_that_is_beyond_the_scanner_counts_as_found():
    beyond = Needle("re", "(a{900}){900}")

    assert sorted(Scanner([*NEEDLES, beyond]).found("abc")) == [0, 5]


def test_a_large_database_is_kept_and_one_that_is_damaged_is_made_again(cache, monkeypatch):
    many = [Needle("has", f"word{number}") for number in range(scan.FEW)]

    assert Scanner(many).found("a word7") == [7]
    (file,) = cache.iterdir()

    monkeypatch.setattr(scan, "_compile", None)
    assert Scanner(many).found("a word7") == [7]
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))

    file.write_bytes(file.read_bytes()[:-1])
    assert Scanner(many).found("a word7") == [7]
    keep(file.name, b"of another processor")
    assert Scanner(many).found("a word7") == [7]


def test_without_a_writable_folder_nothing_is_kept(cache):
    cache.write_text("a file stands here")
    keep("name", b"made")

    assert kept("name") is None
