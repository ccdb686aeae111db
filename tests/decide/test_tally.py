from pipeline.decide.tally import Tally, tallied


def test_a_member_stays_while_its_latest_sighting_is_inside():
    seen = [(0.0, "a"), (1.0, "b"), (5.0, "a")]
    tally = tallied(seen)
    assert tally.since(0.0, seen) == 2
    assert tally.since(2.0, seen) == 1


def test_a_late_sighting_of_something_new_is_counted_where_it_lies():
    tally = Tally()
    for time, member in ((0.0, "a"), (9.0, "b"), (4.0, "c")):
        tally.add(member, time)
    seen = [(0.0, "a"), (9.0, "b"), (4.0, "c")]
    assert tally.since(3.0, seen) == 2
    assert tally.since(5.0, seen) == 1


def test_a_member_is_forgotten_with_its_last_sighting():
    tally = tallied([(0.0, "a"), (1.0, "a")])
    tally.drop("a")
    assert tally.often == {"a": 1}
    tally.drop("a")
    assert not tally.often


def test_where_every_sighting_is_too_old_nothing_is_counted():
    seen = [(0.0, "a"), (1.0, "b")]
    tally = tallied(seen)
    assert tally.since(1.5, seen) == 0
    tally.add("a", 2.0)
    assert tally.since(1.5, seen) == 1
