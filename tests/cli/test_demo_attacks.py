from pathlib import Path

import orjson
import pytest
from rich.console import Console

from pipeline.cli.attacks import Attack, Named, benign, by_level, outcomes, simulated_attacks
from pipeline.cli.attackspage import attacks_page, benign_page
from pipeline.simulate.story import ATTACKS, stories

KEY = Attack("key", "A key leaks.", ("EXF-001",), frozenset({("a", 1), ("a", 2)}), frozenset({("a", 9)}))
APP = Attack("app", "An app is new.", ("SHA-001",), frozenset({("b", 1)}))


def alert(rule, level, name="x"):
    return {"event.id": name, "rule.id": rule, "ai.risk.level": level, "ai.alert.title": f"{rule} spoke"}


def named(rule, level, *places):
    return Named(alert(rule, level), frozenset(places))


@pytest.fixture
def said(capsys):
    console = Console(width=200, highlight=False, markup=False)

    def print_and_read(show, *facts):
        show(console, *facts)
        return capsys.readouterr().out

    return print_and_read


def test_an_attack_is_found_by_what_names_one_of_its_acts():
    low, high, other = (
        named("X-1", "low", ("a", 1)),
        named("EXF-001", "high", ("a", 2)),
        named("X-2", "high", ("c", 1)),
    )
    key, app = outcomes([KEY, APP], [low, high, other])
    assert (key.level, key.rules, key.silent) == ("high", ("X-1", "EXF-001"), ())
    assert (app.level, app.rules, app.silent) == (None, (), ("SHA-001",))


def test_what_only_leads_to_an_attack_neither_finds_it_nor_is_benign():
    led = named("X-1", "high", ("a", 9))
    assert outcomes([KEY], [led])[0].level is None
    assert benign([KEY], [led]) == []


def test_an_alert_that_names_nothing_of_an_attack_is_benign():
    mixed, own = named("X-1", "high", ("a", 1), ("c", 4)), named("X-2", "medium", ("c", 4))
    assert benign([KEY, APP], [mixed, own]) == [own.alert]


def test_levels_without_alerts_are_told_as_none():
    assert by_level([alert("X-1", "low"), alert("X-1", "low")]) == {
        "critical": 0,
        "high": 0,
        "medium": 0,
        "low": 2,
    }


def test_a_missed_attack_is_told_with_the_rule_that_stayed_silent(said):
    found = outcomes([KEY, APP], [named("EXF-001", "medium", ("a", 1))])
    out = said(attacks_page, found, frozenset({"SHA-001"}))
    assert "Attacks: 1 of 2 found, 0 of them at level high or above" in out
    assert "  missed    " in out
    assert "Missed, app: SHA-001 stayed silent, and nothing else names its 1 record." in out


def test_a_rule_that_is_not_there_is_told_so_and_who_found_it_instead(said):
    out = said(attacks_page, outcomes([APP], [named("SHA-007", "high", ("b", 1))]), frozenset())
    assert "app: SHA-001, which is meant for it, is not in this version; SHA-007 found it." in out


def test_a_loud_alert_on_ordinary_work_is_told_in_full(said):
    out = said(benign_page, [alert("X-1", "high"), alert("X-2", "low")], 300, 2)
    assert "Everybody else: 2 alerts" in out
    assert "critical 0, high 1, medium 0, low 1; from 300 people in 2 days" in out
    assert "X-1, X-2" in out.replace(" 1", "")
    assert "high X-1: X-1 spoke" in out
    assert "X-2 spoke" not in out


def test_the_truth_of_a_simulation_is_read_with_acts_and_what_leads_there(tmp_path: Path):
    name = stories(ATTACKS)[0].name
    facts = [{"scenario": name, "file": "f", "line": 3}, {"context": name, "file": "f", "line": 1}]
    facts.append({"kind": "placeholder", "must": "silent", "file": "f", "line": 2})
    truth = tmp_path / "t.truth.jsonl"
    truth.write_bytes(b"\n".join(map(orjson.dumps, facts)))
    (found,) = simulated_attacks(truth)
    assert (found.name, found.acts, found.leads) == (name, {("f", 3)}, {("f", 1)})
