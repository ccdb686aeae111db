"""Records with something wrong in them, for the readers of sources that name people and devices."""

import time
from contextlib import suppress
from copy import deepcopy

import orjson
from hypothesis import strategies as st

from pipeline.errors import BadRecord
from pipeline.fields import FIELDS
from pipeline.understand.read import read
from tests.understand.samples import fields_of, recorded

ABSURD = (
    *(None, "", [], {}, "-", 0, 7, -1, 1.5, True, "word", ["a", 7, None], [[]], [{}], {"a": {"b": []}}),
    *("x" * 5000, "\x00", 2**62, "9999-12-31T23:59:59Z", "{", "[{}]", '{"a": 1}', "\\", "[" * 500),
)
ODD = tuple(str(one).lower() for one in ABSURD if type(one) in (str, int) and one != "")
NEST, TEXT, GONE = "nest it", "write it as JSON text", "take it away"


def lowered(value):
    """A record as a store gives it that writes all keys in lower case."""
    if isinstance(value, dict):
        return {key.lower(): lowered(one) for key, one in value.items()}
    return [lowered(one) for one in value] if isinstance(value, list) else value


def only(record, source="auto"):
    """The fields of a record that is one event."""
    (found,) = fields_of(record, source)
    return found


def picked(found, expected):
    """What is found in the place of what is expected."""
    return {key: found.get(key) for key in expected}


def paths(value, here=()):
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*here, key)
        yield from paths(one, (*here, key))


def mangled(record, changes):
    """A record with other values at some places, or without them; a place that an earlier change took away stays away."""
    found = deepcopy(record)
    for (*way, last), value in changes:
        inside = found
        with suppress(LookupError, TypeError):
            for key in way:
                inside = inside[key]
            if value == GONE:
                del inside[last]
            elif value == NEST:
                inside[last] = [{"deeper": inside[last]}]
            elif value == TEXT:
                inside[last] = orjson.dumps(inside[last]).decode()
            else:
                inside[last] = deepcopy(value)
    return found


def mutants(records):
    """A strategy: one of these records with one to six changes."""

    def changed(record):
        change = st.tuples(st.sampled_from([*paths(record)]), st.sampled_from((*ABSURD, NEST, TEXT, GONE)))
        return st.lists(change, min_size=1, max_size=6, unique_by=lambda one: one[0]).map(
            lambda changes: mangled(record, changes)
        )

    return st.sampled_from(records).flatmap(changed)


def judge(record, source, people=frozenset()):
    """Assert that a record gives events or is refused, quickly, and that nobody is made up: `people` are those in it."""
    found, reason, began = [], "", time.perf_counter()
    try:
        for _, fields in read(recorded(record, source)):
            found.append(fields)
    except BadRecord as error:
        reason = str(error)
    assert time.perf_counter() - began < 20  # what is not linear takes minutes
    assert found or reason
    assert "does not know" not in reason, reason
    for fields in found:
        assert fields.keys() <= FIELDS.keys()
        assert {"event.code", "event.module", "event.dataset", "ai.content.available"} <= fields.keys()
        named = {fields[key].strip('"').lower() for key in ("user.email", "user.id") if key in fields}
        odd = {name for name in named if any(one.endswith(name.partition("@")[0]) for one in ODD)}
        assert named - odd <= people
    return found
