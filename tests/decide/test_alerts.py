"""What a subject makes of signals: folds, titles, standings."""

import random

from pipeline.alert import Alert, Standing
from pipeline.decide import Docket, answer, close_days, concluded, decay, heard, opens, remember, spoken
from pipeline.event import Reason
from pipeline.record import Tick
from pipeline.signal import Signal
from tests.packs import correlation, pack, rule

DAY = 86400.0
PACK = pack(
    rule("loud"),
    rule("a", listed=False),
    rule("b", listed=False),
    correlation("pair", "temporal", "a", "b", span=100.0),
    correlation("pairs", "event_count", "pair", span=1000.0, condition=(("gte", 2.0),), depth=1),
)


def loud(number, time, risk=70.0, **facts):
    reason = Reason("rule", "EXF-001", "loud", 0.7)
    facts = {"user.id": "ada", "event.action": "prompt", "ai.risk.reasons": [{"points": risk}]} | facts
    return Signal("user.id=ada", time, f"e{number}", "digest-loud", reason, facts, risk)


def found(name, number, time, **facts):
    facts = {"user.id": "ada", "event.action": "tool_call"} | facts
    return Signal("user.id=ada", time, f"e{number}", f"digest-{name}", None, facts)


def decide(signals, docket=None):
    docket = docket if docket is not None else Docket()
    outputs = []
    for signal in signals:
        for firing in (*spoken(signal, PACK), *heard(signal, docket, PACK)):
            outputs += answer(firing, docket, PACK)
        if signal.rule is None:
            outputs += remember(signal, docket)
    return outputs


def alerts(outputs):
    return {output.id: output.fields for output in outputs if isinstance(output, Alert)}


def test_repeats_of_a_day_are_one_alert_with_a_count():
    (alert,) = alerts(decide([loud(n, 60.0 * n) for n in range(250)])).values()

    assert alert["ai.alert.count"] == 250
    assert len(alert["ai.alert.events"]) == 200
    assert alert["ai.alert.events"][0] == "e0"
    assert alert["ai.alert.events"][-1] == "e249"
    assert (alert["ai.alert.first_seen"][11:19], alert["ai.alert.last_seen"][11:19]) == (
        "00:00:00",
        "04:09:00",
    )


def test_another_day_is_another_alert():
    assert len(alerts(decide([loud(1, DAY - 1), loud(2, DAY)]))) == 2


def test_the_order_of_firings_does_not_matter():
    chance = random.Random(3)
    signals = [
        loud(n, float(n), chance.choice([50.0, 70.0, 90.0]), **{"ai.app.id": f"app{n % 5}"})
        for n in range(40)
    ]
    signals += [found(chance.choice("ab"), 100 + n, 10.0 * n) for n in range(40)]
    calm = alerts(decide(signals))

    for _ in range(10):
        chance.shuffle(signals)
        shuffled = alerts(decide(signals))
        assert {key: same(doc) for key, doc in shuffled.items()} == {
            key: same(doc) for key, doc in calm.items()
        }


def same(alert):
    return {
        name: alert[name]
        for name in ("ai.alert.count", "ai.alert.events", "ai.risk.level", "message", "ai.alert.first_seen")
    }


def test_the_strongest_firing_gives_title_and_facts():
    outputs = decide(
        [loud(1, 1.0, 50.0, **{"ai.app.name": "Mild"}), loud(2, 2.0, 90.0, **{"ai.app.name": "Wild"})]
    )

    (alert,) = alerts(outputs).values()
    assert "Wild" in alert["message"]
    assert alert["ai.risk.level"] == "critical"
    assert alert["event.severity"] == 99


def test_only_a_new_or_worse_alert_tells_the_person():
    outputs = decide([loud(1, 1.0), loud(2, 2.0), loud(3, 3.0, 90.0)])

    assert [o.facts["ai.risk.score"] for o in outputs if isinstance(o, Signal)] == [70.0, 90.0]


def test_a_chain_tells_its_steps_in_order_and_unites_what_they_say():
    first = found("a", 1, 10.0, **{"ai.data.classes": ["secret"], "gen_ai.tool.name": "Read"})
    last = found("b", 2, 20.0, **{"ai.tool.destination": "collector.example", "gen_ai.tool.name": "Bash"})

    outputs = decide([first, last])

    (alert,) = alerts(outputs).values()
    assert [step["gen_ai.tool.name"] for step in alert["ai.alert.steps"]] == ["Read", "Bash"]
    assert alert["ai.data.classes"] == ["secret"]
    assert alert["ai.alert.events"] == ["e1", "e2"]
    assert "collector.example" in alert["message"]


def test_a_correlation_over_a_correlation_names_the_events_behind_it():
    outputs = decide([found("a", 1, 0.0), found("b", 2, 10.0), found("a", 3, 500.0), found("b", 4, 510.0)])
    inner = [output for output in outputs if isinstance(output, Signal) and output.rule == "digest-pair"]

    outer = [alert for alert in alerts(decide(inner)).values() if alert["rule.uuid"] == "id-pairs"]

    assert [alert["ai.alert.events"] for alert in outer] == [["e1", "e2", "e3", "e4"]]


def test_a_signal_of_a_rule_that_the_pack_lacks_is_dropped():
    assert decide([Signal("user.id=ada", 1.0, "e", "digest-gone", None, {}, 0.0)]) == []


def test_windows_of_rules_that_are_gone_and_old_alerts_are_dropped():
    docket = Docket()
    decide([found("a", 1, 10.0), loud(2, 20.0)], docket)
    assert opens(docket) == 110.0

    assert list(concluded(docket, "user.id=ada", Tick("x", 200.0), PACK)) == []
    close_days(docket, Tick("x", 3 * DAY))

    assert docket == Docket()


def test_risk_accumulates_and_decays_with_a_half_life_of_a_week():
    docket = Docket()
    facts = [{"ai.alert.id": name, "ai.risk.score": 50.0} for name in ("x", "y")]
    outputs = decide([Signal("user.id=ada", 0.0, "e", None, None, fact) for fact in facts], docket)
    assert outputs[-1].fields["ai.entity.risk"] == 75.0

    (later,) = decay("user.id=ada", docket, 7 * DAY)
    assert later.fields["ai.entity.risk"] == 43.8
    assert list(decay("user.id=ada", docket, 7 * DAY)) == []

    (last,) = decay("user.id=ada", docket, 70 * DAY)
    assert last.fields["ai.entity.risk"] == 0.0


def test_an_app_knows_its_users_and_its_sums():
    first = {"ai.standing.first_seen": 5.0, "user.id": "ada", "ai.app.name": "Glacier Chat"}
    other = {"ai.standing.first_seen": 3.0, "user.id": "ben", "ai.app.name": "Glacier Chat"}
    hour = {"ai.standing.events": 4, "ai.standing.units": 2.5}
    outputs = decide(
        [
            Signal("ai.app.id=g", t, "e", None, None, f)
            for t, f in ((5.0, first), (3.0, other), (3600.0, hour))
        ]
    )

    standing = outputs[-1]
    assert isinstance(standing, Standing)
    assert standing.fields["ai.standing.users"] == 2
    assert standing.fields["ai.standing.events"] == 4
    assert standing.fields["ai.entity.type"] == "app"
    assert standing.fields["ai.standing.first_seen"] == "1970-01-01T00:00:03.000000Z"
    assert standing.fields["ai.app.name"] == "Glacier Chat"


def held(subject, *facts):
    """Give the standing that follows from these facts, an hour apart."""
    told = [Signal(subject, 3600.0 * number, "e", None, None, fact) for number, fact in enumerate(facts)]
    return decide(told)[-1].fields


def test_an_app_knows_by_whom_and_with_which_data_it_is_used():
    first = {
        "ai.standing.events": 3,
        "ai.standing.last_seen": 60.0,
        "ai.standing.people": ["ada", "ben"],
        "ai.standing.classes": {"secret": 2},
        "ai.standing.models": ["glacier-2"],
        "ai.standing.surfaces": ["browser"],
    }
    second = {
        "ai.standing.events": 2,
        "ai.standing.last_seen": 5000.0,
        "ai.standing.people": ["cleo", "ada"],
        "ai.standing.classes": {"secret": 1, "card": 1},
        "ai.standing.models": ["glacier-1"],
        "ai.standing.tenants": ["personal"],
    }

    fields = held("ai.app.id=g", first, second)

    assert {key.removeprefix("ai.standing."): fields[key] for key in fields if "standing" in key} == {
        "events": 5,
        "units": 0.0,
        "alerts": [],
        "users": 3,
        "people": ["ada", "ben", "cleo"],
        "classes": {"card": 1, "secret": 3},
        "models": ["glacier-1", "glacier-2"],
        "surfaces": ["browser"],
        "tenants": ["personal"],
        "last_seen": "1970-01-01T01:23:20.000000Z",
    }


def test_lists_of_a_standing_are_bounded_and_do_not_depend_on_order(monkeypatch):
    monkeypatch.setattr("pipeline.decide.standing.MOST_NAMES", {"ai.standing.models": 2})
    told = [{"ai.standing.models": [name]} for name in "cabd"]

    assert held("ai.app.id=g", *told)["ai.standing.models"] == ["a", "b"]
    assert held("ai.app.id=g", *reversed(told))["ai.standing.models"] == ["a", "b"]


def test_users_of_an_app_are_counted_up_to_a_bound(monkeypatch):
    monkeypatch.setattr("pipeline.decide.standing.MOST_USERS", 2)

    assert (
        held("ai.app.id=g", {"ai.standing.people": list("abc")}, {"user.id": "d"})["ai.standing.users"] == 2
    )


def test_of_an_app_the_last_word_counts():
    early, late = {"ai.app.status": "tolerated"}, {"ai.app.status": "banned"}

    assert held("ai.app.id=g", early, late)["ai.app.status"] == "banned"


def test_a_person_or_agent_is_not_described_by_the_app_that_it_used_first():
    first = {"ai.standing.first_seen": 0.0, "user.id": "ada", "ai.app.name": "Glacier Chat"}

    person, agent = held("user.id=ada", first), held("gen_ai.agent.id=bot", first)

    assert "ai.app.name" not in person | agent
    assert ("ai.standing.users" in person, agent["ai.standing.people"]) == (False, ["ada"])
    assert person["ai.standing.first_seen"] == "1970-01-01T00:00:00.000000Z"


def test_the_ledger_keeps_the_strongest_alerts(monkeypatch):
    monkeypatch.setattr("pipeline.decide.standing.MOST_ALERTS", 2)
    facts = [
        {"ai.alert.id": name, "ai.risk.score": risk} for name, risk in (("x", 50.0), ("y", 10.0), ("z", 60.0))
    ]

    outputs = decide([Signal("user.id=ada", 0.0, "e", None, None, fact) for fact in facts])

    assert outputs[-1].fields["ai.standing.alerts"] == ["x", "z"]


def test_a_rule_that_only_informs_makes_no_alert_and_is_still_counted():
    content = pack(
        rule("a", listed=False),
        correlation("hint", "event_count", "a", level="informational", condition=(("gte", 1.0),)),
        correlation("hints", "event_count", "hint", condition=(("gte", 1.0),), depth=1),
        correlation(
            "by_app", "event_count", "hint", condition=(("gte", 1.0),), depth=1, group_by=("ai.app.id",)
        ),
    )
    (firing,) = heard(found("a", 1, 1.0), Docket(), content)

    (told,) = answer(firing, Docket(), content)

    assert (told.subject, told.rule) == ("user.id=ada", "digest-hint")


def test_a_find_without_what_is_counted_and_one_of_another_group_are_not_heard():
    content = pack(
        rule("a", listed=False),
        correlation("sum", "value_sum", "a", fields=("file.size",), condition=(("gt", 0.0),)),
        correlation("apps", "event_count", "a", condition=(("gte", 1.0),), group_by=("ai.app.id",)),
    )

    assert list(heard(found("a", 1, 1.0), Docket(), content)) == []
    assert len(list(heard(found("a", 1, 1.0, **{"file.size": 5}), Docket(), content))) == 1


def test_a_chain_of_many_events_tells_the_last_steps():
    many = pack(rule("a", listed=False), correlation("many", "event_count", "a", condition=(("gte", 30.0),)))
    docket = Docket()
    firings = [firing for n in range(30) for firing in heard(found("a", n, float(n)), docket, many)]

    assert [step["event"] for step in firings[-1].facts["ai.alert.steps"]] == [f"e{n}" for n in range(10, 30)]


def test_windows_of_a_rule_that_a_new_pack_lacks_are_dropped():
    docket = Docket()
    decide([found("a", 1, 10.0)], docket)

    assert list(concluded(docket, "user.id=ada", Tick("x", 11.0), pack())) == []
    assert docket.windows == {}


def test_what_only_time_proves_is_concluded_at_its_tick():
    few = pack(
        rule("a", listed=False),
        correlation("few", "event_count", "a", condition=(("lt", 2.0),), monotone=False, span=10.0),
    )
    docket = Docket()
    assert list(heard(found("a", 1, 5.0), docket, few)) == []

    (firing,) = concluded(docket, "user.id=ada", Tick("x", 6.0), few)

    assert (firing.time, firing.event, firing.group) == (5.0, "e1", "user.id=ada")


def test_a_docket_keeps_the_facts_of_the_latest_events_alone(monkeypatch):
    monkeypatch.setattr("pipeline.decide.hearing.MOST_FACTS", 3)
    docket = Docket()

    decide([found("a", n, float(n)) for n in range(9)], docket)

    assert list(docket.facts) == ["e6", "e7", "e8"]
