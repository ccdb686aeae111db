from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from enrichers.classify import glance, scan
from enrichers.classify.cues import Cue

KEY = "AKIAY3NRDL7QWZ5KXH2P"


def cues() -> tuple[Cue, ...]:
    return (Cue("word", None, "zugvogel", starts=True),)


@given(some.text(max_size=20), some.text(max_size=20))
def test_places_count_code_points_whatever_stands_before(before: str, after: str) -> None:
    text = f"{before} {KEY} {after}"
    (span,) = [span for span in scan(text) if span.type == "aws_access_key_id"]
    assert text[span.start : span.end] == KEY


@given(some.text(some.characters(), max_size=60))
def test_any_text_is_taken(text: str) -> None:
    for span in scan(text):
        assert 0 <= span.start < span.end <= len(text)


def test_lone_surrogates_and_nul_are_taken() -> None:
    assert [span.start for span in scan(f"\ud83d\0\u202e {KEY}")] == [4]


def test_threads_do_not_share_scratch_memory() -> None:
    found: list[int] = []

    def work() -> None:
        found.extend(len(scan(f"{KEY} iris@quayline.example")) for _ in range(200))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2] * 800


def test_the_compiled_cues_are_kept_and_a_broken_copy_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = glance._compiled.__wrapped__(cues)
    (file,) = (tmp_path / "shadowgraph").iterdir()
    assert file.read_bytes()[32:] == first
    for broken in (b"", b"junk", file.read_bytes()[:-1]):
        file.write_bytes(broken)
        assert glance._compiled.__wrapped__(cues) == first
        assert file.read_bytes()[32:] == first


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shadowgraph").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert glance._compiled.__wrapped__(cues)
