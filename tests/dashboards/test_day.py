import json

import pytest
from click.testing import CliRunner

from pipeline.cli.dashboards import dashboards
from tests.dashboards.simulated import HOME, SCREENS, written


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return f"sqlite:///{written(tmp_path_factory.mktemp('day'), thin=True)}"


def called(*words):
    return CliRunner().invoke(dashboards, words, env={"COLUMNS": "120"}, standalone_mode=False)


def test_no_panel_and_no_number_and_no_column_is_empty_on_the_simulated_day(store):
    found = called("check", "--store", store)
    assert (found.return_value, found.output) == (0, "3 dashboards, 39 panels: 0 wrong, 0 empty\n")


def test_an_empty_panel_an_empty_number_and_an_empty_column_are_told(store, tmp_path):
    text = (HOME / "dashboards" / "timeline.yaml").read_text("utf-8")
    for old, new in (
        ("groups: [top 8 ai.surface, every 1h]", "groups: [top 8 ai.share.visibility, every 1h]"),
        ("{ai.tool.granted: true}", "{event.outcome: unknown}"),
        ("  - ai.tool.destination\n  - ai.data", "  - ai.change.ticket\n  - ai.data"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "timeline.yaml").write_text(text, "utf-8")
    found = called("check", str(tmp_path), "--store", store)
    assert found.return_value == 1
    assert [line.partition(": ")[2] for line in found.output.splitlines()][:-1] == [
        "Acts over time shows nothing",
        "Tools and their risk shows nothing but zeros in one of its numbers",
        "Step by step never shows anything in the column ai.change.ticket",
    ]


@pytest.mark.parametrize("name", [one.id for one in SCREENS])
def test_a_dashboard_is_shown_without_kibana(store, name):
    (screen,) = (one for one in SCREENS if one.id == name)
    out = called("show", name, "--store", store).output
    places = [out.index(f"\n{panel.title}\n{panel.question}\n") for panel in screen.panels]
    assert places == sorted(places)
    assert "\nnothing" not in out
    assert max(map(len, out.splitlines())) <= 120


def test_the_numbers_of_the_queue_are_those_of_the_alerts(store):
    lines = [
        json.loads(line) for line in called("show", "triage", "--store", store, "--json").output.splitlines()
    ]
    panels = {line["panel"]: line for line in lines}
    (waiting,), (untouched,) = panels["Alerts that wait"]["rows"], panels["Touched by nobody"]["rows"]
    assert len(panels["The queue"]["rows"]) == waiting[0] == untouched[0] + 1
    assert sum(row[-1] for row in panels["Time to first touch"]["rows"]) == 7
    assert sum(row[1] for row in panels["What became of them, by rule"]["rows"]) == 6


def test_only_shows_one_person_alone(store):
    found = called("show", "timeline", "--store", store, "--only", "user.id=ulrike.ullmark", "--json")
    lines = [json.loads(line) for line in found.output.splitlines()]
    (steps,) = (line for line in lines if line["panel"] == "Step by step")
    assert {row[1] for row in steps["rows"]} == {"ulrike.ullmark"}


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("show", "nothing"), "no dashboard is named nothing: write exfiltration, timeline, triage"),
        (("show", "triage", "--only", "user.nmae=a"), "--only: no document has the field user.nmae"),
    ],
)
def test_what_cannot_be_shown_is_told(store, words, fault):
    assert fault in str(called(*words, "--store", store).exception)


def test_build_gives_lines_that_kibana_imports():
    lines = [json.loads(line) for line in called("build", "--prefix", "emea").output.splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds == ["index-pattern"] * 3 + ["search"] * 5 + ["dashboard"] * 3
    assert {line["id"] for line in lines if line["type"] == "dashboard"} == {
        "emea-exfiltration",
        "emea-timeline",
        "emea-triage",
    }
