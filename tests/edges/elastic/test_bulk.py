"""The sink's loop against a node that misbehaves; the real one is asked in tests/services."""

import asyncio

import pytest
from elastic_transport import ConnectionError as Unreachable
from elastic_transport import ConnectionTimeout, TlsError

from pipeline.edges.elastic.bulk import MOST, Bulk, Limits, Patience, chunked
from pipeline.edges.elastic.settle import Line, Refused
from pipeline.errors import Outage
from tests.edges.elastic.stub import Stub, no


def line(key, size=10, verb="create"):
    return Line(verb, key, b'{"create":{"_id":"%b"}}' % key.encode(), b"x" * size)


class Put:
    """What putting lines gave: counts, stale lines, dead letters, remarks."""

    def __init__(self, answer, lines, most=500):
        self.stub, self.letters, self.said = Stub(answer), [], []
        bulk = Bulk(
            self.stub,
            "http://192.0.2.1:9200",
            letter=self.letters.append,
            patience=Patience(self.said.append, self.stub.sleep),
            limits=Limits(most),
        )
        self.done, self.stale = asyncio.run(bulk.put(lines))


def all_well(_, ids):
    return [201 for _ in ids]


def test_lines_go_in_requests_of_a_size_and_each_is_counted():
    put = Put(all_well, [line(str(n)) for n in range(7)], most=3)

    assert sorted(map(len, put.stub.requests)) == [1, 3, 3]
    assert dict(put.done) == {"written": 7}


def test_no_line_gives_no_request():
    assert Put(all_well, []).stub.requests == []


def test_a_request_is_neither_too_long_nor_too_big_and_a_giant_goes_alone():
    lines = [line("a", 50), line("b", 50), line("giant", 500), line("c", 50)]
    assert [[each.id for each in chunk] for chunk in chunked(lines, Limits(10, 180))] == [
        ["a", "b"],
        ["giant"],
        ["c"],
    ]


def test_only_what_was_not_taken_is_sent_again():
    put = Put(lambda n, ids: [429 if n == 0 and key == "b" else 201 for key in ids], [line("a"), line("b")])

    assert put.stub.requests == [["a", "b"], ["b"]]
    assert dict(put.done) == {"written": 2}
    assert put.stub.slept == [0.5]


@pytest.mark.parametrize("error", [Unreachable("gone"), ConnectionTimeout("slow"), no(503), no(429)])
def test_an_outage_is_waited_out_and_said_once(error):
    put = Put(lambda n, ids: error if n < 3 else [201 for _ in ids], [line("a")])

    assert dict(put.done) == {"written": 1}
    assert put.stub.slept == [0.5, 1.0, 2.0]
    assert len(put.said) == 2
    assert "answers again" in put.said[1]


@pytest.mark.parametrize("error", [Unreachable("reset"), ConnectionTimeout("slow")])
def test_a_request_on_which_a_node_that_is_up_closes_the_connection_is_halved_until_one_is_alone(
    error, monkeypatch
):
    monkeypatch.setattr(Stub, "up", True)
    put = Put(
        lambda _, ids: error if "big" in ids else [201 for _ in ids], [line(k) for k in ("a", "big", "b")]
    )

    assert dict(put.done) == {"written": 2, "rejected": 1}
    assert [letter.id for letter in put.letters] == ["big"]


def test_a_request_that_never_ends_is_given_up_and_sent_again():
    class Stuck(Stub):
        async def bulk(self, **given):
            if not self.slept:
                await asyncio.Event().wait()
            return await super().bulk(**given)

    stub, said = Stuck(all_well), []
    patience, limits = Patience(said.append, stub.sleep), Limits(seconds=0.01)
    bulk = Bulk(stub, "http://192.0.2.1", letter=said.append, patience=patience, limits=limits)
    done, _ = asyncio.run(bulk.put([line("a")]))

    assert dict(done) == {"written": 1}
    assert "does not answer in time" in said[0]


def test_a_long_outage_is_said_once_a_minute_and_waits_are_bounded():
    put = Put(lambda n, ids: Unreachable("gone") if n < 40 else [201 for _ in ids], [line("a")])

    assert max(put.stub.slept) == MOST
    assert len(put.said) <= sum(put.stub.slept) / 60 + 3


def test_what_cannot_be_indexed_is_one_dead_letter_without_content():
    put = Put(lambda _, ids: [400 if key == "bad" else 201 for key in ids], [line("ok"), line("bad")])

    assert dict(put.done) == {"written": 1, "rejected": 1}
    assert [letter.id for letter in put.letters] == ["bad"]
    assert "sk-secret" not in put.letters[0].reason


@pytest.mark.parametrize("status", [400, 413])
def test_a_request_that_one_line_spoils_is_halved_until_that_line_is_alone(status):
    def answer(_, ids):
        return no(status) if "bad" in ids else [201 for _ in ids]

    put = Put(answer, [line(key) for key in ("a", "b", "bad", "c", "d")])

    assert dict(put.done) == {"written": 4, "rejected": 1}
    assert [letter.id for letter in put.letters] == ["bad"]
    assert "sk-secret" not in put.letters[0].reason


def test_a_request_that_is_always_too_much_at_once_is_halved():
    put = Put(
        lambda _, ids: no(429) if len(ids) > 2 else [201 for _ in ids], [line(str(n)) for n in range(5)]
    )
    assert dict(put.done) == {"written": 5}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (no(401, "security_exception"), "password"),
        (no(403, "security_exception"), "privilege"),
        (TlsError("bad certificate"), "ca_file"),
    ],
)
def test_what_only_an_operator_can_help_stops_with_clear_words(error, words):
    with pytest.raises(Refused, match=words) as caught:
        Put(lambda *_: error, [line("a"), line("b")], most=1)
    assert "sk-secret" not in str(caught.value)


def test_a_refusal_is_an_outage_to_those_who_do_not_know_better():
    assert issubclass(Refused, Outage)


def test_stale_lines_come_back():
    put = Put(lambda _, ids: [409 for _ in ids], [line("a", verb="state"), line("b")])
    assert ([each.id for each in put.stale], dict(put.done)) == (["a"], {"known": 1})


def test_a_question_waits_for_its_answer():
    stub, said = Stub(all_well), []
    bulk = Bulk(stub, "http://192.0.2.1", letter=said.append, patience=Patience(said.append, stub.sleep))
    answers = iter([Unreachable("gone"), no(503), "here"])

    async def asked():
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    assert asyncio.run(bulk.ask(asked)) == "here"
    assert stub.slept == [0.5, 1.0]


def test_a_question_that_is_refused_stops():
    stub = Stub(all_well)
    bulk = Bulk(stub, "http://192.0.2.1", letter=print, patience=Patience(print, stub.sleep))

    async def asked():
        raise no(404, "index_not_found_exception")

    with pytest.raises(Refused, match="setup elastic"):
        asyncio.run(bulk.ask(asked))
