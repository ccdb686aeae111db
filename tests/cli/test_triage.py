import io

from rich.console import Console

from pipeline.cli.triage import rows, short_ids, table
from tests.cli.documents import alert


def shown(alerts, standings=None, width=80):
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, markup=False)
    table(console, rows(alerts), standings or {}, short_ids(alerts))
    return file.getvalue()


def ids(found):
    return [(row.alert["event.id"], [other["event.id"] for other in row.others]) for row in found]


def test_the_greatest_risk_comes_first_then_the_earliest():
    late, early = alert("late", events=["e1"], at="2026-03-04T10:00:00Z"), alert("early", events=["e2"])
    assert ids(rows([late, early, alert("worst", risk=99.0, events=["e3"])])) == [
        ("worst", []),
        ("early", []),
        ("late", []),
    ]


def test_alerts_that_share_events_are_one_row_led_by_the_strongest():
    weak, strong = alert("weak", risk=40.0, events=["e1"]), alert("strong", risk=90.0, events=["e1", "e2"])
    assert ids(rows([weak, strong, alert("apart", risk=50.0, events=["e9"])])) == [
        ("strong", ["weak"]),
        ("apart", []),
    ]


def test_a_row_takes_only_what_shares_events_with_its_own_leader():
    chain = [
        alert("a", risk=90.0, events=["e1"]),
        alert("b", risk=80.0, events=["e1", "e2"]),
        alert("c", events=["e2"]),
    ]
    assert ids(rows(chain)) == [("a", ["b"]), ("c", [])]


def test_the_others_of_a_row_are_named_by_rule_and_number():
    same = {"events": ["e1"], "rule__id": "POL-001"}
    found = shown([alert("a", risk=90.0), alert("b", risk=50.0, **same), alert("c", risk=40.0, **same)])
    assert "\n          + POL-001 (2)\n" in found


def test_a_row_tells_id_level_risk_time_person_risk_held_count_and_status():
    standings = {"user.id=ada.lind": {"ai.entity.risk": 61.2}}
    found = shown([alert("3f2a91c0aa", ai__alert__status="acknowledged")], standings).splitlines()
    assert found[1].split() == ["3f2a91c0", "high", "70", "09:07", "ada.lind", "(61)", "1", "acknowledged"]
    assert found[2] == "          3f2a91c0aa in a sentence"


def test_days_are_told_when_there_are_several():
    found = shown([alert("a"), alert("b", events=["e2"], at="2026-03-05T23:59:00Z")])
    assert "03-04 09:07" in found
    assert "03-05 23:59" in found


def test_no_line_is_wider_than_the_terminal_and_heads_stand_over_their_columns():
    words = " ".join(["quality"] * 40)
    for width in (80, 120):
        lines = shown([alert("a" * 32, user__id="x" * 200, ai__alert__title=words)], width=width).splitlines()
        assert max(map(len, lines)) <= width
        assert lines[0].index("COUNT") + 5 == lines[1].rindex(" 1 ") + 2


def test_hostile_names_cannot_reach_the_terminal():
    found = shown([alert("a", user__id="\x1b[2J\u202eada", ai__alert__title="[red]\x1b]0;x\x07")])
    assert "\x1b" not in found
    assert "\\x1b[2J\\u202eada" in found
    assert "[red]" in found
