from collections import Counter

from pipeline.event import Event, home_of
from pipeline.record import Tick
from pipeline.suspect import Memory, learn, rest
from pipeline.suspect.tally import MOST_SUMS
from tests.packs import pack


def event(number, **fields):
    fields = {"event.id": f"e{number}", "event.action": "prompt", "user.id": "ada"} | fields
    return Event(fields["event.id"], float(number), home_of(fields), idle=False, fields=fields)


def test_an_hour_has_a_bounded_number_of_sums_and_what_does_not_fit_is_told_at_once():
    agents = [f"a{n}" for n in range(MOST_SUMS + 50)] * 2
    many = [event(n, **{"gen_ai.agent.id": agent}) for n, agent in enumerate(agents)]
    memory = Memory()

    told = [signal for one in many for signal in learn(one, [], memory)]
    assert [len(sums) for sums in memory.hours.values()] == [MOST_SUMS]
    (alone,) = [one for one in told if one.event == many[-1].id]
    assert (alone.time, alone.facts["ai.standing.people"]) == (many[-1].time, ["ada"])

    heard = Counter()
    for signal in (*told, *rest("user.id=ada", memory, Tick("f", 3600.0), pack())):
        heard[signal.subject] += signal.facts.get("ai.standing.events", 0)
    assert heard == {"user.id=ada": len(many)} | {f"gen_ai.agent.id={agent}": 2 for agent in agents}


def test_a_sum_says_its_first_and_its_last_time_in_whatever_order_they_come():
    memory = Memory()
    for number in (20, 10, 30):
        list(learn(event(number), [], memory))

    (signal,) = rest("user.id=ada", memory, Tick("f", 3600.0), pack())
    facts = signal.facts
    assert (facts["ai.standing.first_seen"], facts["ai.standing.last_seen"]) == (10.0, 30.0)
