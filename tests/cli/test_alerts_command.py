import json
from collections import Counter

import pytest
from click.testing import CliRunner

from pipeline.alert import Alert, Standing
from pipeline.cli import main
from pipeline.edges.checkpoint import Checkpoint
from pipeline.edges.sqlite import SqliteStore
from pipeline.event import Event, Verdict
from tests.cli.documents import alert, event

ADA = "3f2a91c0" + "a" * 24
BEN = "3f2a91c0" + "b" * 24
LOW = "77" * 16
ALERTS = (
    alert(ADA, risk=90.0, level="critical", events=["e1", "e2"]),
    alert(BEN, events=["e3"], user__id="ben.okoro", at="2026-03-03T08:00:00.000000Z"),
    alert(LOW, risk=20.0, level="low", events=["e2"], rule__id="POL-001"),
)
EVENTS = ("e1", "e2", "e3", "e31", "7", "778", "4400", "4411")
HELD = Standing("user.id=ada.lind", 0.0, {"ai.entity.risk": 61.0, "ai.entity.id": "ada.lind"})


@pytest.fixture
def store(tmp_path):
    kept = SqliteStore(tmp_path / "nl.db")
    events = [Verdict(Event(name, 0.0, "h", False, event(name)), (), 0.0) for name in EVENTS]
    outputs = (*events, *(Alert(made["event.id"], 0.0, made) for made in ALERTS), HELD)
    kept.commit(Checkpoint(outputs, {}, {}), {}, Counter())
    kept.close()
    return f"sqlite:///{tmp_path / 'nl.db'}"


def called(*words, **env):
    found = CliRunner().invoke(main, words, env=env)
    return found.exit_code, found.stdout, found.stderr


def listed(store, *words):
    code, out, said = called("alerts", "list", "--store", store, "--json", *words)
    assert (code, said) == (0, "")
    return [json.loads(line)["event.id"] for line in out.splitlines()]


def test_all_alerts_are_listed_as_they_are_stored(store):
    assert listed(store) == [ADA, BEN, LOW]


def test_the_environment_can_name_the_store(store):
    code, out, _ = called("alerts", "list", "--json", SHADOWGRAPH_STORE=store)
    assert (code, out.count("\n")) == (0, 3)


def test_without_any_store_the_remedy_is_named():
    code, out, said = called("alerts", "list", SHADOWGRAPH_STORE="")
    assert (code, out) == (2, "")
    assert "SHADOWGRAPH_STORE" in said


@pytest.mark.parametrize(
    "url", ["nl.db", "sqlite://nl.db", "postgres:///nl", "sqlite:///", "sqlite:///folder/"]
)
def test_what_is_no_store_is_refused_with_the_forms_that_are(url):
    code, _, said = called("alerts", "list", "--store", url)
    assert code == 2
    assert url in said
    assert "sqlite:////absolute" in said


def test_a_store_that_is_not_there_is_named(tmp_path):
    code, _, said = called("alerts", "list", "--store", f"sqlite:///{tmp_path}/none.db")
    assert code == 2
    assert "none.db" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--level", "high"], [ADA, BEN]),
        (["--level", "critical"], [ADA]),
        (["--since", "2026-03-04"], [ADA, LOW]),
        (["--since", "2h"], [ADA, LOW]),
        (["--since", "2d"], [ADA, BEN, LOW]),
        (["--since", "2026-03-04T10:08:00+01:00"], []),
        (["--person", "BEN.OKORO"], [BEN]),
        (["--search", "POL-001"], [LOW]),
        (["--search", "ben sentence"], [BEN]),
        (["--search", '"'], []),
        (["--status", "open"], [ADA, BEN, LOW]),
        (["--status", "closed"], []),
    ],
)
def test_alerts_are_chosen_by(store, words, expected):
    assert listed(store, *words) == expected


def test_a_time_that_is_none_is_named(store):
    code, _, said = called("alerts", "list", "--store", store, "--since", "yesterday")
    assert code == 2
    assert "yesterday" in said


def test_people_see_one_row_for_alerts_that_share_events(store):
    out = called("alerts", "list", "--store", store)[1]
    assert "+ POL-001" in out
    assert out.endswith("\n3 alerts in 2 rows\n")
    assert out.index(ADA[:9]) < out.index(BEN[:9])


def test_closed_alerts_leave_the_table_but_not_the_store(store):
    called("alerts", "close", ADA, "--store", store, "--disposition", "test")
    out = called("alerts", "list", "--store", store)[1]
    assert ADA[:9] not in out
    assert out.endswith("; 1 closed\n")
    assert ADA[:9] in called("alerts", "list", "--store", store, "--all")[1]
    assert listed(store, "--status", "closed") == [ADA]


def test_what_an_analyst_says_is_confirmed_and_kept(store):
    code, out, _ = called("alerts", "ack", LOW[:6], "--store", store, "--analyst", "jonas.weber")
    assert (code, out) == (0, f"{LOW} (POL-001, low, was open) acknowledged by jonas.weber\n")
    words = ["--disposition", "true-accidental", "--note", "she told us", "--analyst", "jonas.weber"]
    code, out, _ = called("alerts", "close", LOW, "--store", store, *words)
    assert (code, out) == (
        0,
        f"{LOW} (POL-001, low, was acknowledged) closed as true-accidental by jonas.weber\n",
    )

    shown = json.loads(called("alerts", "show", LOW, "--store", store, "--json")[1])
    assert {
        key.removeprefix("ai.alert."): shown[key]
        for key in shown
        if key.endswith(("status", "note", "disposition"))
    } == {
        "status": "closed",
        "note": "she told us",
        "disposition": "true-accidental",
    }
    assert (
        "closed, disposition true-accidental, analyst jonas.weber, note she told us"
        in called("alerts", "show", LOW, "--store", store)[1]
    )


def test_a_disposition_is_one_of_a_closed_list(store):
    code, _, said = called("alerts", "close", ADA, "--store", store, "--disposition", "fine")
    assert code == 2
    assert "true-harmful" in said


def test_an_id_that_is_not_enough_lists_who_is_meant(store):
    code, out, said = called("alerts", "show", "3f2a91", "--store", store)
    assert (code, out) == (2, "")
    assert ADA in said
    assert BEN in said


@pytest.mark.parametrize("name", ["zzz", "", "e1", "\udcff"])
def test_an_alert_that_is_not_there_is_named(store, name):
    code, _, said = called("alerts", "show", name, "--store", store)
    assert code == 2
    assert "no alert" in said


@pytest.mark.parametrize(
    ("name", "meant"),
    [("e3", "e3"), ("7", "7"), ("77", LOW), ("778", "778"), ("440", "4400"), (ADA[:9], ADA)],
)
def test_an_exact_id_wins_then_the_only_alert_then_the_only_event(store, name, meant):
    code, out, _ = called("explain", name, "--store", store, "--json")
    assert (code, json.loads(out)["id"]) == (0, meant)


def test_explain_lists_who_may_be_meant(store):
    code, out, said = called("explain", "44", "--store", store)
    assert (code, out) == (2, "")
    assert "4400, 4411" in said


def test_explain_takes_alerts_and_events(store):
    assert json.loads(called("explain", ADA[:9], "--store", store, "--json")[1])["kind"] == "alert"
    told = json.loads(called("explain", "e2", "--store", store, "--json")[1])
    assert {made["id"] for made in told["alerts"]} == {ADA, LOW}
    assert "risk held  61 of ada.lind" in called("explain", ADA, "--store", store)[1]


def test_explain_names_what_it_does_not_know(store):
    code, out, said = called("explain", "nobody", "--store", store)
    assert (code, out) == (2, "")
    assert "nobody" in said
