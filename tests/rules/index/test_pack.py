"""A pack with many rules for one verb finds them by the index, a small one by its plan."""

from pipeline.content import MANY, searched
from pipeline.pack import Pack, linked
from pipeline.suspect import matched
from tests.rules.writing import read, rule


def pack_of(count):
    documents = [
        rule(
            {
                "said": {"event.action": "prompt", "ai.app.id|contains": [f"app{number}."]},
                "condition": "said",
            },
            logsource={"category": "ai_interaction"},
            title=f"Rule {number}",
        )
        for number in range(count)
    ]
    return linked(Pack(digest="d", rules=read(documents, generic=False).rules))


def titles(fields, pack):
    return [match.rule.title for match in matched(fields, pack)]


def test_many_rules_are_found_by_the_index_and_it_says_the_same():
    plain = pack_of(MANY + 51)
    many = searched(plain)

    assert many.find
    for fields in (
        {"event.action": "prompt", "ai.app.id": "app7.app50."},
        {"event.action": "completion", "ai.app.id": "app7."},
        {"event.action": "prompt"},
    ):
        assert titles(fields, many) == titles(fields, plain)
    assert titles({"event.action": "prompt", "ai.app.id": "app7.app50."}, many) == ["Rule 7", "Rule 50"]


def test_few_rules_stay_with_their_plan():
    assert searched(pack_of(MANY)).find is None


def test_rules_of_other_log_sources_take_no_part():
    (known,) = read(rule({"said": {"a": "x"}, "condition": "said"}), generic=False).rules

    assert searched(linked(Pack(digest="d", rules=(known,) * (MANY + 1)))).find({"a": "x"}) == []
