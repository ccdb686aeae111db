from msgspec.structs import replace

from pipeline.event import Event, Reason, home_of, subject
from pipeline.suspect import Memory
from pipeline.suspect.judge import Match, matched, speak, verdict
from tests.packs import correlation, pack, rule

DRIFT = Reason("policy", "drift", "the policy was not kept", 0.3)


def event(code, **fields):
    fields = {
        "event.id": "e",
        "event.action": "prompt",
        "event.code": code,
        "user.id": "ada",
        "ai.content.text": "secret words",
    } | fields
    return Event("e", 5.0, home_of(fields), idle=False, fields=fields)


def spoken(content, given, drift=None):
    return list(speak(given, matched(given.fields, content), drift, content, Memory()))


def test_an_event_that_meets_nothing_has_no_risk():
    given = verdict(event("calm"), [], None, pack(rule("loud")))

    assert (given.risk, given.reasons) == (0.0, ())
    assert "ai.risk.level" not in given.event.fields


def test_a_verdict_sums_up_rules_and_drift():
    content = pack(rule("loud"))
    given = event("loud")

    judged = verdict(given, matched(given.fields, content), DRIFT, content)

    assert [reason.id for reason in judged.reasons] == [content.rules[0].about.catalogue, "drift"]
    assert judged.risk == 79.0
    assert judged.event.fields["ai.risk.level"] == "high"
    assert judged.event.fields["ai.pack.digest"] == "pack-1"
    assert "ai.risk.level" not in given.fields


def test_a_rule_reaches_the_first_of_its_levels_that_the_event_meets():
    raises = (("critical", lambda fields: "worst" in fields), ("high", lambda fields: "worse" in fields))
    content = pack(replace(rule("loud", level="low"), raises=raises))

    def level(**more):
        (match,) = matched(event("loud", **more).fields, content)
        return match.level

    assert (level(), level(worse=1), level(worse=1, worst=1)) == ("low", "high", "critical")


def test_where_there_is_an_index_of_the_rules_it_alone_is_asked():
    content = pack(rule("loud"))
    all_found = replace(content, find=lambda _: list(content.rules))

    assert matched(event("calm").fields, content) == []
    assert matched(event("calm").fields, all_found) == [Match(content.rules[0], "high")]


def test_a_rule_tells_its_group_with_facts_but_never_text():
    (signal,) = spoken(pack(rule("loud")), event("loud"), DRIFT)

    assert (signal.subject, signal.rule, signal.risk) == ("user.id=ada", "digest-loud", 79.0)
    assert signal.facts["user.id"] == "ada"
    assert "secret words" not in str(signal)


def test_a_rule_may_name_another_group():
    content = pack(rule("loud", group_by=("ai.app.id",)))

    assert [signal.subject for signal in spoken(content, event("loud", **{"ai.app.id": "g"}))] == [
        "ai.app.id=g"
    ]
    assert spoken(content, event("loud")) == []


def test_a_base_rule_tells_each_subject_once_and_not_itself():
    content = pack(
        rule("base", listed=False),
        correlation("x", "event_count", "base"),
        correlation("y", "event_count", "base"),
        correlation("z", "event_count", "base", group_by=("ai.task.id",)),
        correlation("all", "event_count", "base", group_by=()),
    )

    signals = spoken(content, event("base"))

    assert [(signal.subject, signal.reason) for signal in signals] == [
        ("user.id=ada", None),
        ("rule=digest-all", None),
    ]


def test_no_value_can_pretend_to_be_two():
    assert subject(("a", "1&b=2"), ("b", "3")) != subject(("a", "1"), ("b", "2&b=3"))
    assert subject(("a", "1&b=2")) == "a=1&b=2"


def test_what_a_correlation_counts_travels_with_the_signal():
    content = pack(
        rule("base", listed=False), correlation("x", "value_count", "base", fields=("event.code",))
    )

    (signal,) = spoken(content, event("base"))

    assert signal.facts["event.code"] == "base"
