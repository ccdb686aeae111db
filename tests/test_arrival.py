from math import inf

from msgspec.structs import replace

from pipeline.arrival import Progress, arrivals, merged
from pipeline.event import Event
from pipeline.record import Place, Record, Reject, Tick


def record(log, line, *times):
    return Record(Place(log, line), "auto", None, None, repr(times).encode())


def understand(records, *, last):
    """Give an event for each time in a body, at `arrived` or the last time where it has none of its own; `()` is a reject."""
    found = []
    for given in records:
        inputs = [Reject(given.place, "empty")]
        for number, time in enumerate(eval(given.body)):
            last = given.arrived or last or 0.0 if time is None else time
            name = f"{given.place.log}{given.place.offset}.{number}"
            inputs[number:] = [Event(name, last, "h", idle=False, fields={})]
        found.append(inputs)
    return found


def arrive(*records, **how):
    return list(arrivals(records, understand, lateness=100.0, **how))


def events(found):
    return [given.id for arrival in found for given in arrival.inputs if isinstance(given, Event)]


def ticks(found):
    return [
        (given.log, given.time) for arrival in found for given in arrival.inputs if isinstance(given, Tick)
    ]


def test_a_record_of_a_file_arrives_at_the_last_good_time():
    found = arrive(record("f", 1, 50.0), record("f", 2, None), record("f", 3, 20.0), record("f", 4, None))

    times = [given.time for arrival in found for given in arrival.inputs if isinstance(given, Event)]
    assert times == [50.0, 50.0, 20.0, 20.0]
    assert found[-1].progress == Progress(4, 20.0, 50.0)


def test_a_record_whose_log_knows_when_it_came_keeps_that_time():
    (found,) = arrive(replace(record("f", 1, None), arrived=7.0))

    assert found.inputs[0].time == 7.0


def test_time_passes_by_whole_minutes_behind_the_latest_event():
    found = arrive(
        record("f", 1, 1000.0), record("f", 2, 1010.0), record("f", 3, 1500.0), record("f", 4, 1.0)
    )

    assert ticks(found) == [("f", 900.0), ("f", 1380.0)]


def test_a_file_that_goes_on_says_the_same_as_one_read_in_a_piece():
    lines = [record("f", n, 300.0 * n) for n in range(1, 9)] + [record("f", 9, None)]
    whole = arrive(*lines)

    pieces = whole[:4] + list(arrivals(lines[4:], understand, lateness=100.0, start=whole[3].progress))

    assert pieces == whole


def test_records_are_understood_together_up_to_a_tick():
    asked = []

    def listening(records, *, last):
        asked.append([given.place.offset for given in records])
        return understand(records, last=last)

    stream = [record("f", 1, 10.0), record("f", 2, 20.0), Tick("f", 5.0), record("f", 3, None)]
    found = list(arrivals(stream, listening))

    assert [offsets for offsets in asked if offsets] == [[1, 2], [3]]
    assert [type(arrival.inputs[0]) for arrival in found] == [Event, Event, Tick, Event]
    assert found[-1].inputs[0].time == 20.0


def test_logs_are_merged_by_running_latest_time_then_name_and_line():
    one = arrivals([record("a", 1, 10.0), record("a", 2, 30.0), record("a", 3, 5.0)], understand)
    two = arrivals([record("b", 1, 10.0), record("b", 2, 20.0), Tick("b", inf)], understand)

    found = list(merged([two, one]))

    assert events(found) == ["a1.0", "b1.0", "b2.0", "a2.0", "a3.0"]
    assert found[3].inputs == (Tick("b", inf),)


def test_a_reject_moves_the_place_and_not_the_time():
    found = arrive(record("f", 1, 10.0), record("f", 2))

    assert found[-1].progress == Progress(2, 10.0, 10.0)
