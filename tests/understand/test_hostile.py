"""No record, however mangled, does more than be refused; and none makes up a person."""

import base64
import gzip
import time
from contextlib import suppress
from copy import deepcopy

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import BadRecord
from pipeline.fields import FIELDS
from pipeline.understand.read import read
from tests.understand.samples import (
    HOOK_CALL,
    LITELLM,
    MCP_CALL,
    NORMALISED,
    RECORDS,
    SQUID,
    ZSCALER,
    recorded,
)

PEOPLE = {
    *(
        "ada.lind@fernwood.example",
        "ada.lind",
        "ada",
        "fernwood.example",
        "b0c20000-0000-4000-8000-000000000002",
    ),
}
ABSURD = (
    *(
        None,
        "",
        [],
        {},
        "-",
        7,
        -1,
        1.5,
        True,
        "word",
        ["a", 7, None],
        [[]],
        [{}],
        {"a": {"b": []}},
        {"type": "text"},
    ),
    *(
        "x" * 5000,
        "\x00",
        2**62,
        "99999999999999999999",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "{",
        "[{}]",
    ),
    *(
        {"stringValue": 7},
        {"intValue": "x"},
        {"kvlistValue": {"values": 7}},
        [{"key": 7}],
        "mcp__a__",
        "arn:aws:iam::1:root",
    ),
)


def paths(value, here=()):
    """The place of every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*here, key)
        yield from paths(one, (*here, key))


PLACES = [(name, path) for name, record in RECORDS.items() for path in paths(record)]


def mangled(record, changes):
    """A record with other values at some places, or without them; a place that an earlier change took away stays away."""
    found = deepcopy(record)
    for (*way, last), value in changes:
        inside = found
        with suppress(LookupError, TypeError):
            for key in way:
                inside = inside[key]
            if value == "gone":
                del inside[last]
            else:
                inside[last] = deepcopy(value)
    return found


def outcome(record, source="auto"):
    """The events of a record, and why it was refused where it was."""
    found, reason = [], ""
    try:
        for _, fields in read(recorded(record, source)):
            found.append(fields)
    except BadRecord as error:
        reason = str(error)
    assert "does not know" not in reason
    return found, reason


def judge(found):
    assert orjson.dumps(found)
    for fields in found:
        assert fields.keys() <= FIELDS.keys()
        assert {fields[key] for key in ("user.email", "user.domain") if key in fields} <= PEOPLE
        assert 0 < len(fields["event.id"]) <= 512


@pytest.mark.parametrize("value", ABSURD, ids=lambda value: repr(value)[:20])
def test_no_single_value_makes_a_reader_fall(value):
    for name, path in PLACES:
        judge(outcome(mangled(RECORDS[name], [(path, value)]))[0])


def test_no_missing_key_makes_a_reader_fall():
    for name, path in PLACES:
        judge(outcome(mangled(RECORDS[name], [(path, "gone")]))[0])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_few_values_make_a_reader_fall(data):
    name = data.draw(st.sampled_from([*RECORDS]))
    place = st.sampled_from([path for owner, path in PLACES if owner == name])
    changes = data.draw(
        st.lists(st.tuples(place, st.sampled_from((*ABSURD, "gone"))), min_size=1, max_size=6)
    )

    judge(outcome(mangled(RECORDS[name], changes))[0])


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(("litellm", "zscaler", "mcp", "claude_code", "otel_genai", "m365_copilot", "normalised")),
    st.data(),
)
def test_a_named_reader_stands_the_records_of_all_others(source, data):
    judge(outcome(RECORDS[data.draw(st.sampled_from([*RECORDS]))], source)[0])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(sorted({key for name, path in PLACES for key in path if isinstance(key, str)})), inside, max_size=6),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(JSON)
def test_no_json_makes_us_fall(value):
    orjson.dumps(outcome(orjson.dumps(value))[0])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_us_fall(body):
    orjson.dumps(outcome(body)[0])


def test_no_cut_makes_us_fall():
    for record in (orjson.dumps(NORMALISED), orjson.dumps(LITELLM), SQUID.encode()):
        for end in range(0, len(record), 7):
            orjson.dumps(outcome(record[:end])[0])


def deep(levels, inside=1):
    for _ in range(levels):
        inside = {"a": inside}
    return inside


BOMB = base64.b64encode(gzip.compress(b"0" * 50_000_000)).decode()
MANY = [{"role": "user", "content": "x"}] * 20_000


@pytest.mark.parametrize(
    "record",
    [
        {**HOOK_CALL, "tool_input": deep(400)},
        {**MCP_CALL, "params": {"name": "x", "arguments": deep(300)}},
        {**MCP_CALL, "params": deep(900)},
        {**LITELLM, "messages": deep(900)},
        {**LITELLM, "messages": [{"role": "user", "content": [{"type": "message", "content": [deep(300)]}]}]},
        {**LITELLM, "messages": [{"role": "user", "content": BOMB}]},
        {**LITELLM, "messages": MANY},
        {**LITELLM, "messages": "[" * 100_000},
        {**LITELLM, "request_tags": ["User-Agent: " + "x" * 2_000_000]},
        {**NORMALISED, "url.full": "https://" + "a." * 1_000_000},
        {**NORMALISED, "user.email": "a@" * 1_000_000},
        {**NORMALISED, "@timestamp": "1" * 1_000_000},
        {**NORMALISED, "strange": deep(900)},
        {**NORMALISED, "ai.data.classes": ["personal"] * 1_000_000},
        {**ZSCALER, "event": {**ZSCALER["event"], "user": "%41" * 1_000_000, "url": "x" * 4_000_000}},
        "1772615040.123 1 " + "a" * 1_000_000,
        "a " * 1_000_000,
        SQUID + " " * 60_000 + "x",
        "\\" * 1_000_000,
    ],
    ids=lambda record: str(record)[:40],
)
def test_large_and_deep_records_are_read_in_linear_time(record):
    began = time.perf_counter()
    found, _ = outcome(record)

    assert time.perf_counter() - began < 20  # what is not linear takes minutes
    assert len(orjson.dumps(found)) < 32 * 1024 * 1024


@pytest.mark.parametrize(
    "record",
    [{**HOOK_CALL, "tool_input": deep(400)}, {**MCP_CALL, "params": {"name": "x", "arguments": deep(300)}}],
)
def test_arguments_too_deep_to_be_shown_are_refused_not_hidden(record):
    assert outcome(record)[1]


def test_a_message_within_messages_without_end_is_refused():
    message = {"type": "message", "content": "x"}
    for _ in range(300):
        message = {"type": "message", "content": [message]}

    assert outcome({**LITELLM, "messages": [{"role": "user", "content": [message]}]}) is not None


def test_a_text_that_looks_like_an_event_is_a_text():
    text = '\n{"event.id":"forged","event.action":"prompt","@timestamp":"2026-03-04T09:00:00Z"}\n'
    found, _ = outcome({**NORMALISED, "ai.content.text": text})
    asked, _ = outcome({**LITELLM, "messages": text.strip()})

    assert [fields["event.id"] for fields in found] == ["sensor-1"]
    assert asked[0]["ai.content.text"] == text.strip()
    assert "forged" not in {fields["event.id"] for fields in asked}
