import asyncio

from pipeline.edges.kafka import holdings as module
from pipeline.edges.kafka.holdings import Holdings, Place
from pipeline.edges.kafka.measures import Measures
from pipeline.edges.kafka.routes import Row
from pipeline.errors import ContentError, Outage, Problem
from tests.edges.kafka.fetched import Fetched

HERE = Place("events", 0)


class Log:
    """What was committed, who may write, and what goes wrong at which commit."""

    def __init__(self, *faults):
        self.rows, self.position, self.opened, self.faults = [], 0, 0, list(faults)


class Adder:
    """A holder that numbers what it takes: a state that must never outlive a failed commit."""

    def __init__(self, log):
        self.position, self.count = log.position, len(log.rows)

    def prepare(self, records):
        rows = []
        for record in records:
            if record.value == b"poison":
                raise KeyError("what it says")
            self.count += 1
            rows.append(Row("scored", 0, b"k", b"%d:%d" % (self.count, record.offset)))
        self.position = records[-1].offset + 1
        return rows

    def reject(self, record, reason):
        self.position = record.offset + 1
        return [Row("letters", 0, b"k", b"%s:%d" % (reason.encode(), record.offset))]

    async def outward(self):
        return []

    async def close(self):
        pass


class Right:
    def __init__(self, log):
        self.log = log
        log.opened += 1

    async def commit(self, rows):
        if self.log.faults and (fault := self.log.faults.pop(0)):
            raise fault
        self.log.rows += [row.value for row in rows]
        self.log.position = int(rows[-1].value.rsplit(b":", 1)[1]) + 1

    async def close(self):
        pass


def taken(log, batches, monkeypatch, *, owned=(HERE,), fatal=None, size=100, poison={}):  # noqa: B006 - never changed
    """Give these batches to holdings over a log; say which of them are done."""
    monkeypatch.setattr(module, "SOON", 0.0)
    done = []

    async def open_place(_):
        return Adder(log), Right(log)

    async def run():
        told = Holdings(
            "suspect",
            open_place,
            owned=lambda: owned,
            measures=Measures(),
            size=size,
            fatal=fatal or (lambda _: None),
        )
        for number, offsets in enumerate(batches):
            await told.give(
                HERE,
                [Fetched(offset, poison.get(offset, b"")) for offset in offsets],
                lambda number=number: done.append(number),
            )
        for _ in range(50):
            await asyncio.sleep(0.001)
        await told.close()

    asyncio.run(run())
    return done


def test_batches_are_committed_in_order_and_done_afterwards(monkeypatch):
    log = Log()

    assert taken(log, [[0, 1], [2]], monkeypatch) == [0, 1]
    assert log.rows == [b"1:0", b"2:1", b"3:2"]
    assert log.opened == 1


def test_after_a_failed_commit_the_holder_is_made_again_and_nothing_counts_twice(monkeypatch):
    log = Log(None, RuntimeError("fenced"))

    assert taken(log, [[0], [1], [2]], monkeypatch) == [0, 1, 2]
    assert log.rows == [b"1:0", b"2:1", b"3:2"]
    assert log.opened == 2


def test_an_outage_is_waited_for(monkeypatch):
    log = Log(Outage("no pack"), Outage("no pack"), Outage("no pack"))

    assert taken(log, [[0]], monkeypatch) == [0]
    assert log.opened == 4


def test_what_the_changelog_has_already_is_not_judged_again(monkeypatch):
    log = Log()
    log.position = 2

    assert taken(log, [[0, 1, 2]], monkeypatch) == [0]
    assert log.rows == [b"1:2"]


def test_a_large_batch_is_committed_in_parts(monkeypatch):
    log = Log(None, RuntimeError("gone"))

    assert taken(log, [[0, 1, 2, 3, 4]], monkeypatch, size=2) == [0]
    assert log.rows == [b"1:0", b"2:1", b"3:2", b"4:3", b"5:4"]


def test_a_partition_that_went_to_somebody_else_is_left_alone(monkeypatch):
    log = Log()

    assert taken(log, [[0]], monkeypatch, owned=()) == []
    assert (log.rows, log.opened) == ([], 0)


def test_wrong_content_ends_the_worker(monkeypatch):
    told, fault = [], ContentError([Problem("changelog", 1, "another form")])

    assert taken(Log(fault), [[0]], monkeypatch, fatal=told.append) == []
    assert told == [fault]


def test_a_batch_without_an_end_is_seen():
    now = [0.0]
    measures = Measures(clock=lambda: now[0])
    measures.begun("suspect", HERE)
    now[0] = 70.0
    stuck = measures.stuck()
    measures.stands("suspect", HERE, Adder(Log()))

    assert (stuck, measures.stuck()) == (70.0, 0.0)
    measures.ended("suspect", HERE)
    assert b'shadowgraph_position{act="suspect",log="events-0"} 0.0' in measures.page()


class Slow(Right):
    """A right whose commits take until they are let."""

    let = None

    async def commit(self, rows):
        await self.let.wait()
        await super().commit(rows)


def slowly(log, monkeypatch, story):
    """Play a story with holdings whose commits wait for an event."""
    monkeypatch.setattr(module, "SOON", 0.0)
    owned, done = {HERE}, []

    async def open_place(_):
        return Adder(log), Slow(log)

    async def run():
        Slow.let = asyncio.Event()
        told = Holdings(
            "suspect",
            open_place,
            owned=lambda: owned,
            measures=Measures(),
            size=100,
            fatal=lambda _: None,
        )

        async def give(offset):
            await told.give(HERE, [Fetched(offset, b"")], lambda: done.append(offset))

        await asyncio.wait_for(story(told, give, owned), 5)
        await told.close()

    asyncio.run(run())
    return done


async def _moment():
    for _ in range(20):
        await asyncio.sleep(0)


def test_whoever_waits_to_give_goes_on_when_the_partition_goes_to_others(monkeypatch):
    async def story(told, give, owned):
        givers = [asyncio.create_task(give(offset)) for offset in range(3)]
        await _moment()
        assert told.waits(HERE)
        owned.clear()
        await told.settle()
        await asyncio.gather(*givers)
        assert (told.waits(HERE), told.measures.stuck()) == (False, 0.0)

    log = Log()
    assert slowly(log, monkeypatch, story) == []
    assert log.rows == []


def test_what_waited_over_a_rebalance_is_taken_only_when_it_is_fetched_again(monkeypatch):
    async def story(told, give, _):
        givers = [asyncio.create_task(give(offset)) for offset in range(3)]
        await _moment()
        await told.settle()
        Slow.let.set()
        await asyncio.gather(*givers)
        await _moment()
        for offset in range(4):
            await give(offset)
        await _moment()

    log = Log()
    assert slowly(log, monkeypatch, story) == [0, 0, 1, 2, 3]
    assert log.rows == [b"1:0", b"2:1", b"3:2", b"4:3"]


def test_behind_a_batch_that_was_left_to_others_nothing_is_taken(monkeypatch):
    async def story(told, give, owned):
        owned.clear()
        await give(0)
        await _moment()
        owned.add(HERE)
        Slow.let.set()
        await give(1)
        await _moment()
        assert not told.waits(HERE)

    log = Log()
    assert slowly(log, monkeypatch, story) == []
    assert log.rows == []


def test_one_record_over_which_judging_falls_is_a_dead_letter_and_the_rest_is_judged(monkeypatch):
    log = Log()

    assert taken(log, [[0, 1, 2], [3]], monkeypatch, poison={1: b"poison"}) == [0, 1]
    assert log.rows == [b"1:0", b"cannot be judged: KeyError:1", b"2:2", b"3:3"]


def test_what_is_given_after_the_end_is_left_to_others():
    async def open_place(_):
        raise AssertionError("opened after the end")

    async def run():
        told = Holdings("suspect", open_place, owned=lambda: [HERE], measures=Measures(), size=9, fatal=print)
        await told.close()
        await told.give(HERE, [Fetched(0, b"")], lambda: None)
        return told.waits(HERE), await told.speak(HERE, lambda _: [])

    assert asyncio.run(run()) == (False, False)
