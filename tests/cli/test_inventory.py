import json
from collections import Counter

import pytest
from click.testing import CliRunner

from pipeline.alert import Standing
from pipeline.cli import main
from pipeline.cli.shown import moment
from pipeline.edges.checkpoint import Checkpoint
from pipeline.edges.sqlite import SqliteStore
from pipeline.event import Event, Verdict
from tests.cli.documents import event

CHAT = {
    "ai.app.id": "chatgpt",
    "ai.app.name": "ChatGPT",
    "ai.app.status": "tolerated",
    "ai.app.vendor": "OpenAI",
}
POE = {"ai.app.id": "poe", "ai.app.name": "Poe", "ai.app.status": "unsanctioned", "ai.surface": "browser"}
GUESS = {"ai.app.id": "unknown:odd.example", "ai.app.heuristic": True, "ai.app.status": "unknown"}
BEN = {"user.id": "ben.okoro", "user.email": "ben.okoro@fernwood.example"}
EVENTS = (
    CHAT | {"@timestamp": "2026-03-01T09:00:00.000000Z", "gen_ai.request.model": "gpt-4.1"},
    CHAT | BEN | {"@timestamp": "2026-03-04T09:00:00.000000Z", "ai.data.classes": ["personal", "secret"]},
    CHAT
    | BEN
    | {"@timestamp": "2026-03-04T09:05:00.000000Z", "ai.data.classes": ["secret"], "ai.data.units": 25.0},
    POE | {"@timestamp": "2026-03-04T10:00:00.000000Z"},
    GUESS | {"@timestamp": "2026-03-04T11:00:00.000000Z", "user.id": None, "host.name": "fw-w-odd\x1b"},
    {"@timestamp": "2026-03-04T12:00:00.000000Z"},
)
OLD = {
    "ai.entity.risk": 0,
    "ai.entity.id": "deepl",
    "ai.app.name": "DeepL",
    "ai.app.status": "unsanctioned",
    "ai.standing.events": 7,
    "ai.standing.units": 2.0,
    "ai.standing.users": 3,
    "ai.standing.first_seen": "2025-11-01T08:00:00.000000Z",
    "ai.standing.last_seen": "2025-11-02T08:00:00.000000Z",
}
KEPT = {**OLD, "ai.entity.id": "poe", "ai.app.name": "Poe", "ai.standing.events": 9}


@pytest.fixture
def store(tmp_path):
    return filled(tmp_path / "nl.db", EVENTS, {"deepl": OLD, "poe": KEPT})


def filled(path, events, standings):
    kept = SqliteStore(path)
    made = [event(f"e{number}") | fields for number, fields in enumerate(events)]
    verdicts = [
        Verdict(Event(one["event.id"], moment(one["@timestamp"]), "h", False, one), (), 0.0) for one in made
    ]
    held = [Standing(f"ai.app.id={name}", 0.0, told) for name, told in standings.items()]
    kept.commit(Checkpoint((*verdicts, *held), {}, {}), {}, Counter())
    kept.close()
    return f"sqlite:///{path}"


def called(*words):
    found = CliRunner().invoke(main, ["inventory", *words], env={"SHADOWGRAPH_STORE": ""})
    return found.exit_code, found.stdout, found.stderr


def rows(store, *words):
    code, out, said = called("--store", store, "--json", *words)
    assert (code, said) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_there_is_one_row_for_each_app_and_what_must_be_looked_at_comes_first(store):
    assert [(row["app"], row["status"]) for row in rows(store)] == [
        ("poe", "unsanctioned"),
        ("deepl", "unsanctioned"),
        ("unknown:odd.example", "unknown"),
        ("chatgpt", "tolerated"),
    ]


def test_a_row_tells_who_since_when_how_often_and_which_data(store):
    assert rows(store, "--app", "chatgpt") == [
        {
            "app": "chatgpt",
            "name": "ChatGPT",
            "vendor": "OpenAI",
            "status": "tolerated",
            "heuristic": False,
            "people": 2,
            "events": 3,
            "units": 25.0,
            "first_seen": "2026-03-01T09:00:00.000000Z",
            "last_seen": "2026-03-04T09:05:00.000000Z",
            "classes": {"secret": 2, "personal": 1},
            "models": ["gpt-4.1"],
            "surfaces": [],
            "tenants": [],
        }
    ]


def test_an_endpoint_that_only_looks_like_an_ai_is_marked(store):
    (row,) = rows(store, "--status", "unknown")
    assert (row["app"], row["heuristic"], row["people"]) == ("unknown:odd.example", True, 0)


def test_a_standing_outlives_the_events(store):
    old = next(row for row in rows(store) if row["app"] == "deepl")
    assert (old["events"], old["people"], old["first_seen"][:4], old["last_seen"][:10]) == (
        7,
        3,
        "2025",
        "2025-11-02",
    )
    poe = next(row for row in rows(store) if row["app"] == "poe")
    assert (poe["events"], poe["people"], poe["first_seen"][:4], poe["last_seen"][:4]) == (
        9,
        3,
        "2025",
        "2026",
    )


def test_a_standing_adds_data_models_and_people_whose_events_are_gone(tmp_path):
    held = OLD | {
        "ai.standing.people": ["ada.lind", "zoe"],
        "ai.standing.classes": {"secret": 1, "personal": 4},
        "ai.standing.models": ["gpt-4.1", "gpt-old"],
        "ai.standing.tenants": ["personal"],
    }
    store = filled(tmp_path / "both.db", EVENTS, {"chatgpt": held})

    (row,) = rows(store, "--app", "chatgpt")
    assert row["classes"] == {"personal": 4, "secret": 2}
    assert (row["models"], row["tenants"]) == (["gpt-4.1", "gpt-old"], ["personal"])

    assert [(row["who"], row["events"]) for row in rows(store, "chatgpt")] == [
        ("ben.okoro", 2),
        ("ada.lind", 1),
        ("zoe", 0),
    ]
    assert [row["who"] for row in rows(store, "chatgpt", "--since", "2026-03-01")] == [
        "ben.okoro",
        "ada.lind",
    ]


def test_the_newest_word_on_an_app_counts_in_whatever_order_events_lie(tmp_path):
    events = (
        CHAT | {"@timestamp": "2026-03-04T09:00:00.000000Z", "ai.app.status": "banned"},
        CHAT | {"@timestamp": "2026-03-01T09:00:00.000000Z"},
    )
    assert [row["status"] for row in rows(filled(tmp_path / "order.db", events, {}))] == ["banned"]


@pytest.mark.parametrize("asked", ["chatgpt", "ChatGPT"])
def test_an_app_has_one_row_for_each_who_uses_it(store, asked):
    assert [(row["who"], row["person"], row["events"]) for row in rows(store, asked)] == [
        ("ben.okoro", True, 2),
        ("ada.lind", True, 1),
    ]


def test_what_has_no_person_is_told_by_what_it_has(store):
    assert [(row["who"], row["person"]) for row in rows(store, "unknown:odd.example")] == [
        ("fw-w-odd\x1b", False)
    ]


@pytest.mark.parametrize("asked", ["ben.okoro", "Ben.Okoro@fernwood.example"])
def test_a_person_has_one_row_for_each_app(store, asked):
    assert [(row["app"], row["events"], row["who"]) for row in rows(store, "--person", asked)] == [
        ("chatgpt", 2, "ben.okoro")
    ]


def test_a_person_and_an_app_together_are_one_row(store):
    assert [row["who"] for row in rows(store, "chatgpt", "--person", "ada.lind")] == ["ada.lind"]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("1h", ["unknown:odd.example"]),
        ("3h", ["poe", "unknown:odd.example", "chatgpt"]),
        ("2026-03-04T10:30", ["unknown:odd.example"]),
        ("2026-03-05", []),
    ],
)
def test_since_leaves_earlier_uses_out(store, since, expected):
    assert [row["app"] for row in rows(store, "--since", since)] == expected


def test_since_changes_numbers_too(store):
    assert [row["events"] for row in rows(store, "--since", "2026-03-04T09:02", "--app", "chatgpt")] == [1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["chatgtp"], "did you mean chatgpt"),
        (["--app", "zzz"], "nobody uses an app 'zzz'"),
        (["--person", "ada.lnd"], "did you mean ada.lind"),
        (["--since", "soon"], "--since soon is no time"),
        (["--since", "9999-12-31T23:59-23:00"], "is no time"),
        (["chatgpt", "--app", "poe"], "name the app once"),
        (["--status", "odd"], "unsanctioned"),
    ],
)
def test_what_nobody_knows_is_refused_in_words(store, words, expected):
    code, out, said = called("--store", store, *words)
    assert (code, out) == (2, "")
    assert expected in said


def test_a_store_without_any_use_says_how_to_fill_it(tmp_path):
    code, out, said = called("--store", filled(tmp_path / "empty.db", (), {}))
    assert (code, out) == (2, "")
    assert "holds no use of an AI: run `shadowgraph run PATH --store URL` first" in said


def test_a_store_that_is_not_there_is_named(tmp_path):
    code, _, said = called("--store", f"sqlite:///{tmp_path}/none.db")
    assert code == 2
    assert "none.db" in said


def test_people_see_a_table_of_apps(store):
    code, out, _ = called("--store", store)
    assert code == 0
    assert out.splitlines()[0].split() == [
        "APP",
        "STATUS",
        "PEOPLE",
        "EVENTS",
        "FIRST",
        "SEEN",
        "LAST",
        "SEEN",
    ]
    assert "guessed: not in the catalogue" in out
    assert "data: secret 2, personal 1; models: gpt-4.1" in out
    assert out.splitlines()[-1] == "4 apps"


def test_people_see_a_table_of_people_and_no_control_characters(store):
    code, out, _ = called("--store", store, "unknown:odd.example")
    assert (code, "\x1b" in out) == (0, False)
    assert "fw-w-odd\\x1b" in out
