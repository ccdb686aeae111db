import textwrap

import pytest

from pipeline.errors import ContentError
from pipeline.rules.read import read_rules, rule_files
from tests.rules.writing import faults, line, matches, read, rule, selecting, write

A = line("F", "a")


def test_all_faults_of_all_files_are_told_at_once_in_order_of_place():
    broken = """\
        title: A rule
        logsource: {category: test}
        detection:
          selection:
            F|sounds_like: a
            G: []
          condition: selection and other
    """

    assert faults("a: [", textwrap.dedent(broken), A, rule({"s": {"F|lt": "x"}, "condition": "s"})) == [
        (0, 2, "is not YAML: did not find expected node content"),
        (1, 5, "Sigma has no modifier 'sounds_like'"),
        (1, 6, "a list of values is empty, so nothing can match"),
        (1, 7, "the condition names 'other', which is not there"),
        (3, 6, "'lt' compares with numbers"),
    ]


@pytest.mark.parametrize(
    ("change", "at", "fault"),
    [
        ({"title": None}, 1, "there is no title"),
        ({"title": " "}, 1, "there is no title"),
        ({"level": "grave"}, 8, "there is no level 'grave'"),
        ({"status": ["test"]}, 8, "there is no status ['test']"),
        ({"taxonomy": "mine"}, 8, "the taxonomy is not Sigma's own"),
        ({"logsource": None}, 2, "there is no log source"),
        ({"logsource": {"definition": "x"}}, 2, "there is no log source"),
        ({"logsource": {"category": 5}}, 2, "a part of the log source is no text"),
        ({"detection": ["a"]}, 4, "a detection is not a mapping"),
        ({"detection": {"s": {"F": 1}}}, 4, "there is no condition"),
        ({"detection": {"s": {"F": 1}, "condition": []}}, 7, "there is no condition"),
        ({"detection": {"s": {"F": 1}, "condition": 5}}, 7, "there is no condition"),
        ({"detection": {"condition": "s"}}, 5, "the condition names 's', which is not there"),
    ],
)
def test_a_rule_without_its_parts_is_refused(change, at, fault):
    ((_, found, said),) = faults(A | change)

    assert said == fault
    assert found == at


def test_metadata_of_any_kind_is_tolerated():
    odd = A | {
        "date": "2026-03-04",
        "modified": 2026,
        "related": [{"id": "x", "type": "similar"}],
        "tags": ["attack.t1567", "attack.T1552.001", 5, "attack.exfiltration", "cve.2026-1"],
        "falsepositives": "Unlikely",
        "author": 5,
        "ai": True,
        "scope": ["server"],
    }
    (only,) = read(odd).rules

    assert only.about.techniques == ("T1567", "T1552.001")
    assert only.about.author == "5"
    assert only.about.false_positives == ()
    assert read(
        "title: A rule\ndate: 2026-03-04\nlogsource: {product: x}\ndetection: {s: {F: a}, condition: s}\n"
    ).rules


def test_a_rule_is_called_by_its_id_else_its_name_else_its_title():
    called = [read(A | names).rules[0].id for names in ({"id": "i", "name": "n"}, {"name": "n"}, {})]

    assert called == ["i", "n", "A rule"]


def test_a_rule_of_no_level_is_a_medium_one():
    assert read(A).rules[0].level == "medium"


def test_ids_and_names_are_used_once():
    first, second = A | {"id": "x", "name": "n"}, A | {"id": "x", "name": "n"}

    assert faults(first, [A | {"id": "y"}, second]) == [
        (1, 10, "the id 'x' is used twice"),
        (1, 10, "the name 'n' is used twice"),
    ]


def test_the_digest_is_that_of_the_meaning_and_not_of_the_writing():
    def digest(document, **options):
        return read(document, **options).rules[0].digest

    expanding = line("F|expand", "%x%")
    turned = dict(reversed(A.items()))

    assert digest(A) == digest(turned)
    assert (
        len(
            {
                digest(A),
                digest(A | {"title": "B"}),
                digest(line("F", "b")),
                digest(line("F", 1)),
                digest(line("F", "1")),
            }
        )
        == 5
    )
    assert digest(expanding, placeholders={"x": ["a"]}) != digest(expanding, placeholders={"x": ["b"]})


def test_rules_out_of_use_are_checked_but_given_only_to_who_asks():
    old = A | {"status": "deprecated"}

    assert not read(old).rules
    assert len(read(old, retired=True).rules) == 1
    assert faults(line("F", []) | {"status": "unsupported"})


def test_operators_in_capitals_and_old_timeframes_are_noted():
    odd = rule({"a": {"F": "a"}, "b": {"F": "b"}, "timeframe": "5m", "condition": "a AND NOT b"})

    assert [note.fault.split()[0] for note in read(odd).notes] == ["`timeframe`", "operators"]
    assert matches(odd, {"F": "a"})


def test_a_list_of_conditions_is_met_by_one_of_them():
    several = rule({"a": {"F": "a"}, "b": {"G": "b"}, "condition": ["a", "b"]})

    assert matches(several, {"G": "b"})
    assert not matches(several, {"G": "c"})


def test_an_identifier_may_be_a_number():
    assert matches(rule({1: {"F": "a"}, "condition": "1"}), {"F": "a"})


@pytest.mark.parametrize(
    ("source", "event", "seen"),
    [
        ({"category": "ai_interaction"}, {"F": "a"}, True),
        ({"category": "ai_interaction", "product": "mcp"}, {"F": "a", "event.module": "mcp"}, True),
        ({"category": "ai_interaction", "product": "mcp"}, {"F": "a", "event.module": "o365"}, False),
        (
            {"category": "ai_interaction", "service": "squid.access"},
            {"F": "a", "event.dataset": "squid.access"},
            True,
        ),
        ({"category": "proxy"}, {"F": "a"}, False),
        ({"product": "mcp"}, {"F": "a", "event.module": "mcp"}, False),
    ],
)
def test_a_log_source_restricts_a_rule_unless_it_is_generic(source, event, seen):
    assert matches(A | {"logsource": source}, event, generic=False) is seen
    assert matches(A | {"logsource": source}, event, generic=True)


def test_a_rule_tells_that_its_log_source_was_met():
    (only,) = read(A | {"logsource": {"category": "ai_interaction", "product": "mcp"}}, generic=False).rules

    assert [one.condition for one in only.met({"F": "a", "event.module": "mcp"})] == ["is mcp", "is a"]


def test_what_a_global_document_says_holds_for_every_rule_after_it():
    shared = {"action": "global", "logsource": {"category": "test"}, "detection": {"never": {"G": "x"}}}
    more = {"action": "global", "level": "high", "detection": {"never": {"G": "y"}}}
    one = {"title": "One", "detection": {"s": {"F": "a"}, "condition": "s and not never"}}
    two = {"title": "Two", "level": "low", "detection": {"s": {"F": "b"}, "condition": "s and not never"}}
    rules = read([shared, more, one, two]).rules

    assert [(found.title, found.level) for found in rules] == [("One", "high"), ("Two", "low")]
    assert rules[0].matches({"F": "a", "G": "x"})
    assert not rules[0].matches({"F": "a", "G": "y"})
    assert [said for *_, said in faults([shared, one, {"action": "reset"}, two])] == [
        "there is no log source",
        "the condition names 'never', which is not there",
    ]


def test_a_repeated_rule_differs_from_the_one_before_it_in_what_it_says():
    again = {"action": "repeat", "title": "Again", "detection": {"selection": {"F": "b"}}}
    first, second = read([A, again]).rules

    assert (first.matches({"F": "a"}), second.matches({"F": "a"}), second.matches({"F": "b"})) == (
        True,
        False,
        True,
    )
    assert second.title == "Again"


@pytest.mark.parametrize(
    ("documents", "fault"),
    [
        ([{"action": "repeat", "title": "x"}], "no rule before it"),
        ([{"action": "again", "title": "x"}], "no action 'again'"),
        (["a text"], "not a mapping"),
        ([{"title": "x"}], "neither a rule nor"),
        ("", "is empty"),
        ("---\n# nothing\n", "is empty"),
    ],
)
def test_what_is_no_document_of_a_pack_is_refused(documents, fault):
    ((_, _, said),) = faults(documents)

    assert fault in said


def test_an_action_in_one_file_changes_nothing_in_another():
    shared = {"action": "global", "detection": {"selection": {"G": "b"}}}

    assert read([shared], A).rules[0].matches({"F": "a"})


def test_files_of_rules_are_found_in_folders_below_and_cases_are_none(tmp_path):
    (tmp_path / "below").mkdir()
    for name in ("b.yml", "below/a.yaml", "b.cases.yaml", "notes.txt"):
        (tmp_path / name).write_text("")

    assert rule_files(tmp_path) == [tmp_path / "b.yml", tmp_path / "below" / "a.yaml"]
    assert rule_files(tmp_path / "b.yml") == [tmp_path / "b.yml"]


def test_a_folder_that_cannot_be_read_is_refused_by_name(tmp_path):
    with pytest.raises(ContentError) as refused:
        rule_files(tmp_path / "no-such-folder")

    assert "no-such-folder" in str(refused.value)


def test_the_order_of_files_has_no_meaning(tmp_path):
    paths = write(tmp_path, line("F", "a") | {"id": "1"}, line("F", "b") | {"id": "2"})
    there, back = (read_rules(order, placeholders={}, lint=False) for order in (paths, paths[::-1]))

    assert [one.digest for one in there.rules] == [one.digest for one in back.rules]


def test_a_selection_helper_writes_modifiers():
    assert selecting(F__contains="a")["selection"] == {"F|contains": "a"}
