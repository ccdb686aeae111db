import pytest

from pipeline.edges.elastic.settle import Line, Refused, reason, settled, whole

CREATE, NEWER, STATE = (Line(verb, verb, b"{}", b"{}") for verb in ("create", "newer", "state"))


def answer(status, kind=None, words="", **more):
    error = {"error": {"type": kind, "reason": words}} if kind else {}
    return {"index": {"status": status} | error | more}


@pytest.mark.parametrize(
    ("line", "given", "end"),
    [
        (CREATE, answer(201), "written"),
        (CREATE, answer(409, "version_conflict_engine_exception"), "known"),
        (NEWER, answer(409, "version_conflict_engine_exception"), "known"),
        (CREATE, answer(400, "document_parsing_exception"), "rejected"),
        (CREATE, answer(201, failure_store="used"), "rejected"),
    ],
)
def test_an_end_is_counted(line, given, end):
    found = settled([line], [given])

    assert dict(found.done) == {end: 1}
    assert (found.again, found.stale) == ([], [])
    assert [letter.id for letter in found.letters] == (["create"] if end == "rejected" else [])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_only_what_must_wait_is_sent_again(status):
    found = settled([CREATE, NEWER], [answer(201), answer(status, "busy")])

    assert found.again == [NEWER]
    assert found.why == f"busy ({status})"


def test_a_state_that_somebody_else_wrote_is_read_again():
    assert settled([STATE], [answer(409, "version_conflict_engine_exception")]).stale == [STATE]


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, "security_exception", "privilege"),
        (403, "cluster_block_exception", "blocked"),
        (401, "security_exception", "password"),
        (404, "index_not_found_exception", "setup elastic"),
        (400, "index_closed_exception", "closed"),
    ],
)
def test_what_waiting_cannot_help_says_what_an_operator_must_do(status, kind, words):
    with pytest.raises(Refused, match=words):
        settled([CREATE], [answer(status, kind)])


def test_answers_that_are_fewer_than_lines_are_no_answers():
    with pytest.raises(ValueError, match="zip"):
        settled([CREATE, NEWER], [answer(201)])


def test_a_reason_names_the_field_and_never_the_value():
    words = "failed to parse field [ai.risk.score] of type [float]. Preview of field's value: 'sk-secret'"
    told = reason(answer(400, "document_parsing_exception", words)["index"])

    assert "ai.risk.score" in told
    assert "sk-secret" not in told


def test_a_field_that_nobody_knows_is_not_named():
    told = reason(answer(400, "document_parsing_exception", "field [sk-secret]")["index"])
    assert "sk-secret" not in told


@pytest.mark.parametrize(
    ("status", "lines", "tries", "what"),
    [
        (429, 10, 0, "again"),
        (429, 10, 3, "halve"),
        (429, 1, 99, "again"),
        (503, 10, 99, "again"),
        (413, 2, 0, "halve"),
        (413, 1, 0, "rejected"),
        (400, 2, 0, "halve"),
        (400, 1, 0, "rejected"),
        (401, 10, 0, "refused"),
        (403, 1, 0, "refused"),
        (500, 1, 0, "refused"),
    ],
)
def test_a_request_that_failed_as_a_whole(status, lines, tries, what):
    assert whole(status, lines, tries) == what
