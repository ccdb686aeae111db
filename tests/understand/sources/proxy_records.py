"""Mutations of records of proxies and name servers, and what must hold of whatever they become."""

import time
from contextlib import suppress
from copy import deepcopy

import orjson
from hypothesis import strategies as st

from pipeline.errors import BadRecord
from pipeline.fields import FIELDS
from pipeline.understand.read import read
from tests.understand.samples import recorded

ODD = (
    *(None, "", [], {}, "-", 0, -1, 7, 1.5, True, "word", ["a", 7, None], [[]], [{}], {"a": {"b": []}}),
    *(
        "x" * 3000,
        "\x00",
        "198.51.100.x",
        "0.0.0.0",
        "[{}]",
        '{"a": [1]}',
        "{",
        "99999999999999999999",
        2**62,
    ),
)
PEOPLE = {None, "ada.lind@fernwood.example", "ada.lind", "fernwood.example", "fernwood"}


def mutations(record):
    """Records with some values of the wrong kind or gone, lines cut or with other values."""
    if isinstance(record, str):
        return st.one_of(
            st.integers(0, len(record)).map(lambda end: record[:end]),
            st.tuples(
                st.integers(0, len(record)), st.sampled_from(('"', ",", "\t", " ", "\\", "\x00", "é"))
            ).map(lambda change: record[: change[0]] + change[1] + record[change[0] :]),
        )
    change = st.tuples(st.sampled_from(sorted(record)), st.sampled_from((*ODD, "gone")))
    return st.lists(change, min_size=1, max_size=5).map(lambda changes: _changed(record, changes))


def _changed(record, changes):
    found = deepcopy(record)
    for key, value in changes:
        if value == "gone":
            found.pop(key, None)
        else:
            found[key] = deepcopy(value)
    return found


def judge(record, source="auto"):
    """Read a record: there are only events and BadRecord, all events are sound, and nobody is invented."""
    found, began = [], time.perf_counter()
    with suppress(BadRecord):
        for _, fields in read(recorded(record, source)):
            found.append(fields)
    assert time.perf_counter() - began < 20  # what is not linear takes minutes
    # a mark put into a line moves its columns
    assert isinstance(record, str) or b"secret" not in orjson.dumps(found)
    for fields in found:
        assert fields.keys() <= FIELDS.keys()
        assert isinstance(record, str) or {fields.get(key) for key in ("user.email", "user.domain")} <= PEOPLE
        assert fields["ai.content.available"] in ("metadata", "labels")
    return found


def accounted(record, source="auto"):
    """Say what becomes of a record: a number of events, or the reason why there are none."""
    try:
        return len(list(read(recorded(record, source))))
    except BadRecord as error:
        reason = str(error)
    assert "does not know" not in reason
    return reason
