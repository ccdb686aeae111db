from __future__ import annotations

import pytest

from enrichers.classify import look, scan
from enrichers.classify.code import rows

HITS = [
    pytest.param(row.language, text, id=f"{row.language}-{n}")
    for row in rows()
    for n, text in enumerate(row.hits)
]

PROSE = """Dear Iris,

the meeting is on Monday (room 4). If you want to come, tell me; for the others, I will write a list:
- import duties and what they cost
- class of the new device
- return of the old ones

From the office, with kind regards
Kai
"""
JSON = '{\n  "site": "hull",\n  "values": [1, 2, 3],\n  "import": {"from": "leeds", "if": true}\n}\n' * 3
LOG = """2026-03-04 09:07:00 INFO  meter.reader: 412 records (from hull) in 0.3 s
2026-03-04 09:07:01 ERROR meter.reader: cannot open /var/lib/meter; retry=3
    at example.fernwood.Reader.open(Reader.java:41)
    at example.fernwood.Main.main(Main.java:12)
"""
MARKDOWN = "# Plan\n\n1. **Select** a site from the list\n2. Update the table; set the values\n3. `print` it\n\n| a | b |\n|---|---|\n"
CONFIGURATION = (
    "name: meter\non: push\njobs:\n  build:\n    runs-on: linux\n    steps:\n      - uses: checkout\n"
)


@pytest.mark.parametrize(("language", "text"), HITS)
def test_code_is_found_with_its_language(language: str, text: str) -> None:
    seen = look(text)
    assert [name for name, _ in seen.code] == [language]
    assert {span.type for span in seen.spans if span.klass == "source_code"} == {language}


@pytest.mark.parametrize(
    "text", [PROSE, JSON, LOG, MARKDOWN, CONFIGURATION], ids="prose json log markdown yaml".split()
)
def test_what_only_looks_tidy_is_no_code(text: str) -> None:
    assert look(text).code == ()


def test_one_block_has_one_span_and_its_lines_are_counted() -> None:
    text = "Look:\n\ndef f(x):\n    y = x + 1\n\n    return y\n\nIt was written by somebody who has left the company."
    seen = look(text)
    (span,) = seen.spans
    assert text[span.start : span.end] == "def f(x):\n    y = x + 1\n\n    return y"
    assert seen.code == (("python", 3),)


def test_signs_that_stand_far_apart_make_no_block() -> None:
    scrap = "import os\n}\n}\n"
    talk = "Then we met in the office and talked about the colours of the page.\n" * 5
    assert look(scrap + talk + scrap + talk).code == ()


def test_two_lines_of_code_are_too_few() -> None:
    assert look("def f(x):\n    return x").code == ()


def test_a_credential_parts_a_block_of_code() -> None:
    key = "AKIAY3NRDL7QWZ5KXH2P"
    text = f"import os\n\ndef connect():\n    key = '{key}'\n    return client(key)\n"
    assert [(span.klass, text[span.start : span.end]) for span in scan(text)] == [
        ("source_code", "import os\n\ndef connect():\n    key = '"),
        ("secret", key),
        ("source_code", "'\n    return client(key)"),
    ]


def test_a_quoted_or_changed_block_is_code_as_well() -> None:
    assert look("> def f(x):\n>     return x + 1\n>     raise ValueError\n").code
    assert look("+def f(x):\n+    self.x = x\n-    return 1\n").code
