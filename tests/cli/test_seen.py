from collections import Counter

from pipeline.alert import Alert, Standing
from pipeline.cli.seen import Seen, counted, summary, take, unseen
from pipeline.edges.embedded import Batch
from pipeline.event import Event, Verdict
from pipeline.record import Place, Reject
from tests.cli.documents import alert, event


def verdict(name, **more):
    return Verdict(Event(name, 0.0, "h", False, event(name, **more)), (), 0.0)


def seen(*outputs, **counts):
    found = Seen()
    take(found, Batch(tuple(outputs), Counter(counts)))
    return found


def told(found):
    return [(sentence, place) for sentence, place in unseen(found)]


def test_the_last_print_of_an_alert_counts():
    found = seen(
        Alert("a", 0.0, alert("a")),
        Alert("a", 1.0, alert("a", risk=99.0)),
        Standing("s", 0.0, {"ai.entity.risk": 1.0}),
    )
    assert found.alerts["a"]["ai.risk.score"] == 99.0
    assert found.standings == {"s": {"ai.entity.risk": 1.0}}


def test_the_summary_tells_what_was_read_and_found():
    found = seen(Alert("a", 0.0, alert("a")), records=1200, events=1, idle=1190, rejects=9)
    assert summary(found) == "1,200 records: 1 event, 1,190 idle, 9 rejected; 1 alert"


def test_rejects_are_told_by_reason_with_the_place_of_the_first():
    rejects = [Reject(Place("x.log", line), "no JSON") for line in (3, 5)]
    found = seen(verdict("e", log__file__path="x.log"), *rejects, rejects=2)
    assert told(found) == [("2 records rejected: no JSON; the first is", "x.log:3")]


def test_rare_reasons_are_summed_up():
    found = seen(
        verdict("e", log__file__path="x"),
        *(Reject(Place("x", n), f"reason {n}") for n in range(9)),
        rejects=9,
    )
    assert told(found)[-1] == ("4 records rejected for other reasons", "")


def test_events_without_text_are_counted_by_dataset():
    found = seen(
        *(
            verdict(str(n), event__dataset="squid.access", ai__content__available="metadata")
            for n in range(3)
        ),
        verdict("x"),
    )
    assert told(found) == [
        ("3 events came without text (squid.access 3): what was said there stays unknown", "")
    ]


def test_a_file_that_nobody_can_read_names_the_nearest_formats(tmp_path):
    path = tmp_path / "odd.jsonl"
    path.write_text(
        '{"hook_event_name_": 1, "session_id": "s", "tool_name": "Bash", "tool_input": 1}\nno json\n'
    )
    found = seen(Reject(Place(str(path), 1), "odd"), rejects=1)
    assert told(found)[1][1] == str(path)
    assert "the nearest formats are claude_code" in told(found)[1][0]


def test_a_file_that_resembles_nothing_says_so(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("dear diary\n")
    found = seen(Reject(Place(str(path), 1), "odd"), rejects=1)
    assert told(found)[1] == ("nothing could be read; no known format comes near:", str(path))


def test_a_file_of_idle_events_with_a_broken_line_was_read(tmp_path):
    path = tmp_path / "e.jsonl"
    path.write_text(
        '{"@timestamp": "2026-03-04T09:00:00Z", "event.id": "e", "event.action": "web_visit"}\nbroken\n'
    )
    found = seen(Reject(Place(str(path), 2), "odd"), rejects=1)
    assert [place for _, place in told(found)] == [f"{path}:2"]


def test_numbers_have_their_nouns():
    assert (counted(0, "event"), counted(1, "event"), counted(2000, "event")) == (
        "0 events",
        "1 event",
        "2,000 events",
    )
