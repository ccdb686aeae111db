"""What holds for the logs of all model vendors: whose a record is, and that nothing makes a reader fall."""

import json
import time
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import BadRecord
from pipeline.fields import FIELDS
from pipeline.understand.read import read
from pipeline.understand.sources import READERS, source_named
from tests.understand import samples, test_hostile
from tests.understand.sources import vendors

OURS = [(name, record) for name, records in vendors.RECORDS.items() for record in records]
ABSURD = (
    *test_hostile.ABSURD,
    [{"event": {"textInput": 7}}],
    {"index": [1]},
    'data: {"choices": [{"index": {}}]}\n',
    "gone",
)
PLACES = [(number, path) for number, (_, record) in enumerate(OURS) for path in test_hostile.paths(record)]


def outcome(record, source="auto"):
    found, reason = [], ""
    try:
        for _, fields in read(samples.recorded(record, source)):
            found.append(fields)
    except BadRecord as error:
        reason = str(error)
    return found, reason


@pytest.mark.parametrize(("name", "record"), OURS)
def test_a_record_is_known_by_its_own_reader_alone(name, record):
    assert [source.name for source in READERS if source.claims(record, {})] == [name]


@pytest.mark.parametrize("name", sorted(samples.RECORDS))
def test_the_records_of_others_are_not_claimed(name):
    record = samples.RECORDS[name]

    assert [ours for ours in vendors.RECORDS if source_named(ours).claims(record, {})] == []


@pytest.mark.parametrize(("name", "record"), OURS)
def test_the_same_record_gives_the_same_ids_from_another_place(name, record):
    first = [fields["event.id"] for fields in samples.fields_of(record)]

    assert first == [
        fields["event.id"] for fields in samples.fields_of(record, name, log="other.jsonl", line=9)
    ]
    assert len(set(first)) == len(first)


@pytest.mark.parametrize(("name", "record"), OURS)
def test_keys_that_nobody_knows_change_nothing(name, record):
    found = samples.fields_of({**record, "p_event_time": "x", "strange": {"a": [1]}}, name)

    assert found == samples.fields_of(record)


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_mangled_records_give_events_or_a_reason(data):
    number = data.draw(st.integers(0, len(OURS) - 1))
    name, record = OURS[number]
    place = st.sampled_from([path for owner, path in PLACES if owner == number])
    changes = data.draw(st.lists(st.tuples(place, st.sampled_from(ABSURD)), min_size=1, max_size=5))
    began = time.perf_counter()
    found, reason = outcome(
        test_hostile.mangled(deepcopy(record), changes), data.draw(st.sampled_from(("auto", name)))
    )

    assert time.perf_counter() - began < 20  # what is not linear takes minutes
    assert found or reason
    assert "does not know" not in reason
    for fields in found:
        assert fields.keys() <= FIELDS.keys()
        assert fields.get("user.email", samples.ADA) == samples.ADA


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_anything_at_any_place_gives_events_or_a_reason(data):
    number, path = data.draw(st.sampled_from(PLACES))
    found, reason = outcome(test_hostile.mangled(deepcopy(OURS[number][1]), [(path, data.draw(JSON))]))

    assert found or reason
    assert "does not know" not in reason


@pytest.mark.parametrize("record", [record for _, record in OURS])
def test_a_named_reader_stands_the_records_of_its_neighbours(record):
    for other in vendors.RECORDS:
        found, reason = outcome(record, other)
        assert found or reason


MANY = 20_000


@pytest.mark.parametrize(
    "record",
    [
        vendors.invoked({"prompt": "x"}, vendors.CHUNKS[2:3] * MANY),
        vendors.invoked({"prompt": "x"}, [{"usage": {str(n): n}} for n in range(MANY)]),
        vendors.invoked({"prompt": "x"}, [{"type": "content_block_delta", "index": n, "delta": {"text": "y"}} for n in range(1000)]),
        vendors.invoked({"prompt": "\n\nHuman: x" * MANY}, {"text": "y"}),
        vendors.invoked({"prompt": "x"}, {"text": "y", "trace": {"guardrail": [{"action": "BLOCKED", "name": str(n)} for n in range(MANY)]}}),
        vendors.gated(responseBody="data: {}\n" * MANY),
        vendors.gated(responseBody="data: {" * MANY),
        vendors.gated(url="https://a.example/deployments/" * MANY),
        {**vendors.DIAGNOSTIC, "operationName": "create" * MANY},
        {**vendors.ACTIVITY, "type": "_login" * MANY},
        {**vendors.AUDIT, "type": "role." * MANY},
        {**vendors.CONVERSATION, "messages": [vendors.USER_MESSAGE] * 1000},
    ],
    ids=range(12),
)  # fmt: skip
def test_large_records_are_read_in_linear_time(record):
    began = time.perf_counter()
    outcome(record)

    assert time.perf_counter() - began < 20  # what is not linear takes minutes


@pytest.mark.parametrize("name", sorted(vendors.RECORDS))
def test_nothing_private_is_copied(name):
    told = json.dumps([fields for record in vendors.RECORDS[name] for fields in samples.fields_of(record)])

    assert not [
        word
        for word in ("sig=", "download_url", "api-version", "?")
        if word in told.replace("holds?", "").replace("rate?", "")
    ]
