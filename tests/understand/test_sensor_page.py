import re
from pathlib import Path

import orjson
import pytest

from pipeline.fields import ACTIONS, FIELDS
from pipeline.understand.sources.forms import checks
from pipeline.understand.sources.normalised import typed
from tests.understand.samples import fields_of

PAGE = (Path(__file__).parents[2] / "docs" / "sensor.md").read_text("utf-8")
EXAMPLES = [text.encode() for text in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)]
KEYS = set(re.findall(r"`((?:[a-z_]+\.)+[a-z_0-9]+)`", PAGE))
NO_KEYS = {"fields.md"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: orjson.loads(example)["event.action"])
def test_an_example_is_read_with_nothing_to_mend(example):
    given = orjson.loads(example)
    (fields,) = fields_of(example)

    assert "ai.quality.problems" not in fields
    assert {key: fields.get(key) for key in given} == {**given, "@timestamp": fields["@timestamp"]} | {
        key: fields[key] for key in given if key.endswith("_at")
    }
    assert typed(example) is not None


def test_every_verb_has_its_example_in_order():
    assert [orjson.loads(example)["event.action"] for example in EXAMPLES] == list(ACTIONS)
    assert re.findall(r"^`(\w+)`: ", PAGE, re.MULTILINE) == list(ACTIONS)


def test_every_key_that_is_named_exists_and_may_come_from_outside():
    ours = {"@timestamp", "event.id", "ai.quality.problems"}

    assert FIELDS.keys() >= KEYS - NO_KEYS
    assert KEYS - NO_KEYS - ours <= checks.CHECKS.keys()


def test_the_limits_are_those_of_the_code():
    assert f"{checks.LONGEST_TEXT:,} characters" in PAGE
    assert f"any other value above {checks.LONGEST_KEYWORD:,}" in PAGE
    assert f"an id above {checks.LONGEST_ID} bytes" in PAGE
