import csv
import io

import pytest

from pipeline.cli.exported import COLUMNS, write_csv, write_lines
from tests.cli.documents import alert


def rows(*alerts):
    out = io.StringIO()
    write_csv(alerts, out)
    head, *others = csv.reader(io.StringIO(out.getvalue()))
    return [dict(zip(head, row, strict=True)) for row in others]


@pytest.mark.parametrize("bait", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|calc", "%0A"])
def test_no_cell_is_a_formula(bait):
    (row,) = rows(alert("a1", message=bait, user__id=bait))

    assert row["message"].startswith("'")
    assert row["user.id"].startswith("'")


def test_commas_quotes_and_lists_stay_in_their_cells():
    (row,) = rows(alert("a1", message='ada, "now"', events=("e1", "e2")))

    assert row["message"] == 'ada, "now"'
    assert row["ai.alert.events"] == "e1; e2"


def test_what_a_terminal_obeys_is_written_out():
    assert "\\x1b" in rows(alert("a1", message="red \x1b[31m"))[0]["message"]


def test_a_number_below_zero_is_no_formula():
    assert rows(alert("a1", risk=-1.5))[0]["ai.risk.score"] == "-1.5"


def test_without_alerts_there_is_a_head():
    out = io.StringIO()
    write_csv([], out)

    assert out.getvalue() == ",".join(COLUMNS) + "\n"


def test_lines_of_json_are_the_alerts_as_they_are_kept():
    out = io.StringIO()
    write_lines([alert("a1"), alert("a2")], out)

    assert [line.count('"event.kind":"alert"') for line in out.getvalue().splitlines()] == [1, 1]
