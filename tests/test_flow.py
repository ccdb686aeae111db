"""The whole way in one process, with small packs and the built-in company."""

import random
from math import inf

import orjson
import pytest

from enrichers.reference import load_reference
from pipeline.alert import Alert, Standing
from pipeline.event import Verdict
from pipeline.flow import fresh_states, process
from pipeline.pack import Rule
from pipeline.record import Place, Record, Reject, Swap, Tick
from tests.packs import correlation, pack, rule

CONTENT = (
    rule("loud"),
    rule("read", listed=False),
    rule("send", listed=False),
    correlation("leak", "temporal_ordered", "read", "send", group_by=("ai.task.id",)),
    correlation(
        "leaks",
        "event_count",
        "leak",
        span=86400.0,
        condition=(("gte", 2.0),),
        depth=1,
        group_by=("user.email",),
    ),
    correlation("quiet", "event_count", "read", span=60.0, condition=(("lt", 2.0),), monotone=False),
)
PACK = pack(*CONTENT)
DAY = 86400.0
MIDNIGHT = 1772668800.0
"""The end of the day of most of these events."""


@pytest.fixture(scope="module")
def reference():
    return load_reference(None)


def line(number, code, minute, **fields):
    event = {
        "@timestamp": f"2026-03-04T{9 + int(minute) // 60:02}:{int(minute) % 60:02}:{int(minute * 60) % 60:02}Z",
        "event.id": f"e{number}",
        "event.action": "tool_call",
        "event.code": code,
        "gen_ai.tool.name": "x",
        "gen_ai.agent.id": "bot",
        "user.email": "ada.lind@fernwood.example",
        "ai.task.id": "t1",
    } | fields
    return orjson.dumps({name: value for name, value in event.items() if value is not None})


def stream(log, *bodies, end=True):
    yield from (Record(Place(log, n), "normalised", None, None, body) for n, body in enumerate(bodies, 1))
    if end:
        yield Tick(log, inf)


def run(reference, *streams, content=PACK, states=None):
    states = states or fresh_states()
    states.begin(content.digest, ())
    outputs = list(process(streams, states, {content.digest: content}, reference))
    alerts = {output.id: output.fields for output in outputs if isinstance(output, Alert)}
    return outputs, {(alert["rule.uuid"], alert["ai.alert.group"]): alert for alert in alerts.values()}


def test_a_rule_a_chain_and_a_chain_of_chains_become_alerts(reference):
    bodies = [line(1, "loud", 0), line(2, "read", 1), line(3, "send", 2), line(4, "send", 3)]

    outputs, alerts = run(reference, stream("f", *bodies))

    assert [output.event.id for output in outputs if isinstance(output, Verdict)] == ["e1", "e2", "e3", "e4"]
    assert set(alerts) == {
        ("id-loud", "ai.task.id=t1"),
        ("id-leak", "ai.task.id=t1"),
        ("id-leaks", "user.email=ada.lind@fernwood.example"),
        ("id-quiet", "user.id=ada.lind"),
    }
    assert alerts["id-leak", "ai.task.id=t1"]["ai.alert.count"] == 2


def test_what_only_time_proves_waits_for_the_tick(reference):
    _, alerts = run(reference, stream("f", line(1, "read", 0), line(2, "read", 0.5), end=False))
    assert ("id-quiet", "user.id=ada.lind") not in alerts

    _, alerts = run(
        reference, stream("f", line(1, "read", 0), line(2, "read", 0.5), line(3, "x", 30), end=False)
    )
    assert alerts["id-quiet", "user.id=ada.lind"]["ai.alert.count"] == 1


def test_a_second_sighting_gives_no_verdict_and_only_new_rules_speak(reference):
    bodies = [line(1, "calm", 0), line(1, "loud", 1), line(1, "loud", 2)]

    outputs, alerts = run(reference, stream("f", *bodies))

    assert len([output for output in outputs if isinstance(output, Verdict)]) == 1
    assert alerts["id-loud", "ai.task.id=t1"]["ai.alert.count"] == 1


def test_a_bad_record_is_rejected_with_its_place_and_the_run_goes_on(reference):
    outputs, alerts = run(reference, stream("f", b"{", line(1, "loud", 0)))

    (reject,) = [output for output in outputs if isinstance(output, Reject)]
    assert reject.place == Place("f", 1)
    assert ("id-loud", "ai.task.id=t1") in alerts


def test_idle_events_are_not_judged(reference):
    idle = line(1, "loud", 0, **{"event.action": "web_visit", "url.domain": "www.fernwood.example", "gen_ai.agent.id": None,
                                 "ai.task.id": None, "gen_ai.tool.name": None})  # fmt: skip

    outputs, _ = run(reference, stream("f", idle), content=pack(rule("loud")))
    counted, _ = run(reference, stream("f", idle), content=PACK)

    assert [output for output in outputs if isinstance(output, Verdict | Alert)] == []
    assert [output.event.id for output in counted if isinstance(output, Verdict)] == ["e1"]


def test_standings_follow_the_alerts(reference):
    outputs, _ = run(reference, stream("f", line(1, "loud", 0), line(2, "x", 120)))

    held = {output.subject: output.fields for output in outputs if isinstance(output, Standing)}
    assert held["user.id=ada.lind"]["ai.entity.risk"] > 50
    assert held["gen_ai.agent.id=bot"]["ai.standing.events"] == 1


def test_risk_fades_once_when_days_have_passed_and_is_told(reference):
    later = [Tick("f", MIDNIGHT + days * DAY + 1) for days in (0, 0.5, 6)]
    outputs, _ = run(reference, [*stream("f", line(1, "loud", 0), end=False), *later])

    held = [output.fields for output in outputs if isinstance(output, Standing)]
    told = [
        (one["@timestamp"][:10], one["ai.entity.risk"]) for one in held if one["ai.entity.id"] == "ada.lind"
    ]
    assert told[-3:] == [("2026-03-04", 70.0), ("2026-03-05", 65.8), ("2026-03-11", 36.3)]


def test_a_swap_judges_with_the_new_pack_and_keeps_windows_of_unchanged_rules(reference):
    silent = pack(*(each for each in CONTENT if not (isinstance(each, Rule) and each.name == "loud")))
    other = type(silent)(
        **{name: getattr(silent, name) for name in silent.__struct_fields__} | {"digest": "pack-2"}
    )
    given = [
        *stream("f", line(1, "read", 0), end=False),
        Swap("pack-2"),
        *(
            Record(Place("f", n), "normalised", None, None, body)
            for n, body in ((2, line(2, "send", 1)), (3, line(3, "loud", 2)))
        ),
    ]
    states = fresh_states()
    states.begin("pack-1", ())

    outputs = list(process([given], states, {"pack-1": PACK, "pack-2": other}, reference))

    assert {output.fields["rule.uuid"] for output in outputs if isinstance(output, Alert)} >= {"id-leak"}
    assert "id-loud" not in {output.fields["rule.uuid"] for output in outputs if isinstance(output, Alert)}


def test_one_log_or_several_give_the_same_alerts(reference):
    chance = random.Random(5)
    bodies = [
        line(n, chance.choice(["loud", "read", "send"]), n / 2, **{"ai.task.id": f"t{n % 3}"})
        for n in range(60)
    ]

    _, one = run(reference, stream("a", *bodies))
    _, three = run(reference, *(stream(f"log{n}", *bodies[n::3]) for n in range(3)))

    assert {key: told(alert) for key, alert in one.items()} == {
        key: told(alert) for key, alert in three.items()
    }


def told(alert):
    return {
        name: value
        for name, value in alert.items()
        if name not in ("ai.alert.steps", "log.file.path", "log.offset")
    }
