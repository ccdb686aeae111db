import io
import sys
import time
from collections import Counter

import pytest
from rich.console import Console

from pipeline.alert import Alert
from pipeline.cli.report import findings, progress
from pipeline.cli.run import paced, watched
from pipeline.cli.seen import Seen
from pipeline.edges.embedded import Batch
from tests.cli.documents import alert


class Terminal(io.StringIO):
    def isatty(self):
        return True


def printed(number, store=""):
    file = io.StringIO()
    made = [alert(f"{n:032x}", events=[f"e{n}"]) for n in range(number)]
    findings(Console(file=file, width=80, highlight=False, markup=False), made, {}, store)
    return file.getvalue()


def test_one_screen_of_alerts_is_shown_and_the_way_to_the_others():
    found = printed(30, "sqlite:///nl.db")
    assert found.count(" in a sentence") == 25
    assert found.endswith("and 5 more: shadowgraph alerts list --all --store sqlite:///nl.db\n")
    assert printed(30).endswith("and 5 more, with --json\n")


@pytest.mark.parametrize(
    ("kind", "term", "shown"),
    [(Terminal, "xterm", True), (Terminal, "dumb", False), (io.StringIO, "xterm", False)],
)
def test_progress_is_for_terminals_alone_and_is_wiped_away(monkeypatch, kind, term, shown):
    monkeypatch.setattr(sys, "stderr", kind())
    monkeypatch.setenv("TERM", term)
    progress(Seen(counts=Counter(records=1200, events=900)), 0.5)
    progress(None)
    assert sys.stderr.getvalue() == (
        "\r1,200 records, 0 alerts, 1,800 events/s\x1b[K\r\x1b[K" if shown else ""
    )


def test_a_run_waits_only_when_there_was_nothing_new(monkeypatch):
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    empty, full = Batch((), Counter()), Batch((), Counter(records=1))
    assert list(paced([full, empty, full])) == [full, empty, full]
    assert waited == [0.5]


def test_those_who_watch_see_a_line_for_each_alert(capsys):
    watched(Batch((Alert("a", 0.0, alert("a", message="a sentence\x1b[2J")),), Counter()))
    assert capsys.readouterr().out == "09:07:00  high      a sentence\\x1b[2J\n"
