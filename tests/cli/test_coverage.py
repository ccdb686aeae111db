import json

from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.covered import OWASP, cells, needs
from pipeline.pack import Pack, linked
from pipeline.rules.read import read_rules
from tests.rules.writing import rule, selecting, write

SQUID = "1772614020.123 45 192.0.2.7 TCP_MISS/200 512 GET http://weather.example/ ada.lind HIER_DIRECT/198.51.100.9 text/html\n"


def called(*words, stdin=None):
    found = CliRunner().invoke(
        main, [str(word) for word in words], input=stdin, env={"SHADOWGRAPH_KEY": "k" * 40}
    )
    return found.exit_code, found.stdout, found.stderr


def told(*words, stdin=None):
    code, out, _ = called("rules", "coverage", *words, "--json", stdin=stdin)
    lines = [json.loads(line) for line in out.splitlines()]
    named = {(one["framework"], one.get("tactic", ""), one["id"]): one for one in lines if "framework" in one}
    return code, named, {one["rule"]: one for one in lines if "rule" in one}


def ruling(name, *, tags=(), evidence="L1", **more):
    block = {"id": name, "evidence": evidence, "playbook": "PB-EXF-001"} | more
    return rule(selecting(F=name), id=name, tags=list(tags), ai=block)


def pack(folder, *documents):
    found = read_rules(write(folder, *documents), placeholders={}, lint=False)
    return linked(Pack(digest="d", rules=found.rules, correlations=found.correlations))


def attack(*arguments):
    found = cells(pack(*arguments))
    return {(one["tactic"], one["id"]): one["rules"] for one in found if one["framework"] == "attack"}


def test_a_technique_stands_below_the_tactics_just_before_it(tmp_path):
    tags = [
        "attack.persistence",
        "attack.privilege-escalation",
        "attack.t1098.003",
        "attack.impact",
        "attack.t1499",
    ]
    assert attack(tmp_path, ruling("EXF-901", tags=tags)) == {
        ("persistence", "T1098.003"): ["EXF-901"],
        ("privilege-escalation", "T1098.003"): ["EXF-901"],
        ("impact", "T1499"): ["EXF-901"],
    }


def test_a_tag_without_its_other_half_is_not_lost(tmp_path):
    lone = ruling("EXF-901", tags=["attack.exfiltration"]), ruling("EXF-902", tags=["attack.t1567"])
    assert attack(tmp_path, *lone) == {
        ("exfiltration", ""): ["EXF-901"],
        ("no tactic named", "T1567"): ["EXF-902"],
    }


def test_two_views_of_one_matter_are_named_once(tmp_path):
    views = [ruling("EXF-901", tags=["attack.exfiltration", "attack.t1567"]) | {"id": name} for name in "ab"]
    assert attack(tmp_path, *views) == {("exfiltration", "T1567"): ["EXF-901"]}


def test_what_owasp_has_and_no_rule_names_is_shown_as_a_gap(tmp_path):
    found = cells(pack(tmp_path, ruling("EXF-901", owasp=["LLM02", "LLM99"], atlas=["AML.T0025"])))
    owasp = {one["id"]: one["rules"] for one in found if one["framework"] == "owasp"}
    assert owasp == {name: [] for name in OWASP} | {"LLM02": ["EXF-901"], "LLM99": ["EXF-901"]}
    assert [one for one in found if one["framework"] == "atlas"] == [
        {"framework": "atlas", "id": "AML.T0025", "rules": ["EXF-901"]}
    ]


def test_of_two_views_the_least_evidence_counts(tmp_path):
    views = ruling("EXF-901", evidence="L2"), ruling("EXF-901", evidence="L0") | {"id": "other"}
    assert [one["evidence"] for one in needs(pack(tmp_path, *views), None)] == ["L0"]


def test_our_own_rules_are_all_there_correlations_too():
    code, named, rules = told()
    assert code == 0
    assert "AGT-005" in named["attack", "exfiltration", "T1567.004"]["rules"]
    assert "EXF-001" in named["owasp", "", "LLM02"]["rules"]
    assert rules["EXF-001"] == {
        "rule": "EXF-001",
        "title": "Live-format credential sent to an AI app",
        "evidence": "L1",
    }
    assert {name for one in named.values() for name in one["rules"]} <= set(rules)


def test_a_log_feeds_only_rules_whose_fields_occur_in_it():
    code, _, rules = told("--on", "-", "--source", "squid", stdin=SQUID)
    assert code == 0
    assert rules["SHA-002"]["fed"] is True
    assert rules["INJ-001"]["fed"] is False
    assert "ai.intent.score" in rules["INJ-001"]["misses"]


def test_a_log_that_cannot_be_read_is_no_success():
    for text in ("{broken\n", ""):
        code, _, rules = told("--on", "-", stdin=text)
        assert code == 1
        assert not any(one["fed"] for one in rules.values())


def test_people_see_tables_with_the_rules_in_each_cell():
    code, out, _ = called("rules", "coverage", "--on", "-", stdin=SQUID)
    assert code == 0
    for words in (
        "MITRE ATT&CK",
        "MITRE ATLAS",
        "OWASP",
        "Misinformation: none",
        "T1562.001",
        "can work",
        "miss",
    ):
        assert words in out


def test_a_path_that_is_not_there_is_refused(tmp_path):
    code, out, said = called("rules", "coverage", "--on", tmp_path / "gone")
    assert (code, out) == (2, "")
    assert "gone" in said
