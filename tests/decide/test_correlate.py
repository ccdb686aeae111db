import random

import msgspec
import pytest

from pipeline.decide.correlate import conclude, expire, hear
from pipeline.decide.statistics import Found, Window, holds
from tests.packs import correlation


def firings(window_of, arrivals):
    window = Window()
    fired = []
    for rule, time, *value in arrivals:
        found = Found(float(time), f"{rule}@{time}", *value)
        fired += [held.time for held in hear(window, window_of, f"digest-{rule}", found) if not held.again]
    fired += [held.time for held in conclude(window, window_of, float("inf"))]
    return sorted(fired)


def test_three_in_ten_seconds_fire_on_every_event_that_completes_a_window():
    three = correlation("c", "event_count", "a", span=10.0, condition=(("gte", 3.0),))

    assert firings(three, [("a", t) for t in (0, 1, 2, 3, 12, 14, 30, 31, 32)]) == [2, 3, 12, 32]


def test_a_late_event_makes_the_windows_fire_that_it_lies_in():
    three = correlation("c", "event_count", "a", span=10.0, condition=(("gte", 3.0),))

    assert firings(three, [("a", t) for t in (0, 10, 5)]) == [10]


def test_an_exact_count_waits_until_time_has_passed():
    two = correlation("c", "event_count", "a", span=10.0, condition=(("eq", 2.0),), monotone=False)
    window = Window()
    for time in (0.0, 1.0, 2.0):
        assert not list(hear(window, two, "digest-a", Found(time, str(time))))

    assert [held.time for held in conclude(window, two, 1.0)] == []
    assert [held.time for held in conclude(window, two, 1.5)] == [1.0]
    assert [held.time for held in conclude(window, two, 99.0)] == []


def test_an_ordered_chain_fires_where_it_ends():
    ordered = correlation("c", "temporal_ordered", "a", "b", span=10.0)

    assert firings(ordered, [("a", 0), ("b", 5), ("a", 6), ("b", 7), ("b", 8), ("b", 20)]) == [5, 7, 8]


def test_the_longest_chain_may_leave_out_a_step_that_blocks_it():
    three = correlation("c", "temporal_ordered", "a", "b", "c", "d", span=20.0, condition=(("gte", 3.0),))

    assert firings(three, [("c", 0), ("a", 4), ("b", 5), ("d", 10)]) == [10]


def test_two_rules_that_find_one_event_count_it_once():
    two = correlation("c", "event_count", "a", "b", span=10.0, condition=(("gte", 2.0),))
    window = Window()

    assert not list(hear(window, two, "digest-a", Found(1.0, "e")))
    assert not list(hear(window, two, "digest-b", Found(1.0, "e")))


def test_the_same_find_twice_is_one():
    one = correlation("c", "event_count", "a", span=10.0, condition=(("gte", 1.0),))
    window = Window()

    (first,) = hear(window, one, "digest-a", Found(1.0, "e"))
    (again,) = hear(window, one, "digest-a", Found(1.0, "e"))

    assert (first.again, again.again) == (False, True)
    assert first.events == again.events == ((1.0, "e"),)


def test_a_second_event_of_a_fired_time_joins_that_firing():
    one = correlation("c", "event_count", "a", span=10.0, condition=(("gte", 1.0),))
    window = Window()
    list(hear(window, one, "digest-a", Found(1.0, "e")))

    (again,) = hear(window, one, "digest-a", Found(1.0, "f"))

    assert again.again
    assert again.events == ((1.0, "e"), (1.0, "f"))


@pytest.mark.parametrize(
    ("kind", "values", "threshold"),
    [
        ("value_sum", (60.0, 50.0), 110.0),
        ("value_avg", (5.0, 15.0), 10.0),
        ("value_median", (1.0, 10.0), 5.5),
        ("value_percentile", (0.0, 40.0, 60.0), 50.0),
        ("value_count", ("x", "y", "x"), 2.0),
    ],
)
def test_statistics_over_values(kind, values, threshold):
    exact = correlation(
        "c",
        kind,
        "a",
        span=10.0,
        condition=(("eq", threshold),),
        percentile=75.0,
        fields=("v",),
        monotone=False,
    )
    if kind == "value_median":
        exact = correlation(
            "c", kind, "a", span=10.0, condition=(("eq", threshold),), fields=("v",), monotone=False
        )

    assert max(firings(exact, [("a", t, value) for t, value in enumerate(values)])) == len(values) - 1


def test_a_value_statistic_of_nothing_does_not_hold():
    for kind in ("value_avg", "value_percentile"):
        assert not holds(Window(), correlation("c", kind, "a", condition=(("lt", 9.0),)), 1.0)


def test_a_string_condition_sees_the_rules_inside_the_window():
    a, b, c = "digest-a", "digest-b", "digest-c"
    settings = {
        "expression": lambda true: (a in true and b in true) and c not in true,
        "positive": frozenset({a, b}),
    }
    temporal = correlation("c", "temporal", "a", "b", "c", span=10.0, monotone=False, **settings)
    ordered = correlation("c", "temporal_ordered", "a", "b", "c", span=10.0, monotone=False, **settings)

    assert firings(temporal, [("b", 0), ("a", 5)]) == [5]
    assert firings(temporal, [("b", 0), ("a", 5), ("c", 4)]) == []
    assert firings(ordered, [("b", 0), ("a", 5)]) == []
    assert firings(ordered, [("a", 0), ("b", 5), ("c", 6)]) == [5]
    assert firings(ordered, [("a", 0), ("b", 5), ("c", 3)]) == []


def test_a_string_condition_that_one_rule_meets_fires_with_its_event():
    a, b = "digest-a", "digest-b"
    either = correlation(
        *("c", "temporal", "a", "b"),
        span=10.0,
        expression=lambda true: a in true or b in true,
        positive=frozenset({a, b}),
    )

    assert [held.time for held in hear(Window(), either, b, Found(3.0, "e"))] == [3.0]


def test_arrival_order_has_no_meaning():
    chance = random.Random(7)
    kinds = [
        correlation("c", "event_count", "a", "b", span=9.0, condition=(("gte", 3.0),)),
        correlation("c", "temporal", "a", "b", "c", span=5.0),
        correlation("c", "temporal_ordered", "a", "b", "c", span=9.0, condition=(("gte", 2.0),)),
        correlation("c", "event_count", "a", span=6.0, condition=(("lt", 3.0), ("gt", 1.0)), monotone=False),
    ]
    for each in kinds:
        for _ in range(50):
            arrivals = [(chance.choice("abc"), chance.randrange(30)) for _ in range(14)]
            assert firings(each, arrivals) == firings(each, sorted(arrivals, key=lambda arrival: arrival[1]))


def test_what_no_window_needs_is_dropped():
    two = correlation("c", "event_count", "a", span=10.0, condition=(("gte", 2.0),))
    window = Window()
    for time in (0.0, 5.0):
        list(hear(window, two, "digest-a", Found(time, str(time))))
    assert window.wakes == 10.0

    assert expire(window, two, 12.0)
    assert [found.time for found in window.found["digest-a"]] == [5.0]
    assert not expire(window, two, 16.0)
    assert window.fired == []


def test_a_window_is_bounded_and_says_what_it_lost(monkeypatch):
    monkeypatch.setattr("pipeline.decide.correlate.MOST_FOUND", 3)
    two = correlation("c", "event_count", "a", span=100.0, condition=(("gte", 9.0),))
    window = Window()
    for time in range(5):
        list(hear(window, two, "digest-a", Found(float(time), str(time))))

    assert (len(window.found["digest-a"]), window.lost) == (3, 2)


def forgetful(window_of, arrivals):
    """Fire as `firings` does, from windows that a store has kept in between: they have no tally."""
    window, fired = Window(), []
    for rule, time, *value in arrivals:
        window = msgspec.msgpack.decode(msgspec.msgpack.encode(window), type=Window)
        found = Found(float(time), f"{rule}@{time}", *value)
        fired += [held.time for held in hear(window, window_of, f"digest-{rule}", found) if not held.again]
    return sorted(fired)


def plainly(window_of, arrivals):
    """Give the times at which a closed window holds enough, by looking through everything."""
    counted = {(rule, time, *value) for rule, time, *value in arrivals}
    fired = []
    for end in sorted({time for _, time, *_ in counted}):
        inside = {
            value[0] if value else f"{rule}@{time}"
            for rule, time, *value in counted
            if end - window_of.span <= time <= end
        }
        fired += [end] * (len(inside) >= window_of.condition[0][1])
    return fired


@pytest.mark.parametrize("seed", range(30))
def test_values_are_counted_in_any_order_of_arrival_as_by_looking_through_all(seed):
    chance = random.Random(seed)
    three = correlation("c", "value_count", "a", "b", span=10.0, condition=(("gte", 3.0),))
    times = chance.sample(range(60), 40)
    times.sort(key=lambda time: time + chance.choice((0, 0, 0, 15)))
    arrivals = [(chance.choice("ab"), time, chance.choice("uvwxyz")) for time in times]

    assert firings(three, arrivals) == plainly(three, arrivals) == forgetful(three, arrivals)


def test_events_of_several_rules_are_counted_in_any_order_of_arrival():
    chance = random.Random(7)
    four = correlation("c", "event_count", "a", "b", span=10.0, condition=(("gte", 4.0),))
    arrivals = [(chance.choice("ab"), time) for time in chance.sample(range(90), 60)]

    assert firings(four, arrivals) == plainly(four, arrivals)


def test_values_that_have_left_the_window_are_counted_no_more():
    three = correlation("c", "value_count", "a", span=10.0, condition=(("gte", 3.0),))
    window = Window()
    for time in (0.0, 1.0, 20.0):
        assert not list(hear(window, three, "digest-a", Found(time, str(time), f"v{time}")))
        assert expire(window, three, time)
    assert not list(hear(window, three, "digest-a", Found(21.0, "21", "v21")))
    assert [held.time for held in hear(window, three, "digest-a", Found(22.0, "22", "v22"))] == [22.0]


def test_a_full_window_that_cannot_hold_is_never_looked_through(monkeypatch):
    many = correlation("c", "value_count", "a", span=1e6, condition=(("gte", 500.0),))
    looks = []
    monkeypatch.setattr("pipeline.decide.correlate.holds", lambda *_: looks.append(1))
    window = Window()
    for time in range(400):
        assert not list(hear(window, many, "digest-a", Found(float(time), str(time), f"v{time}")))
    assert not looks
