"""What is simulated is what our readers read: no record is rejected, and every act gives an event."""

from collections import defaultdict
from functools import cache

import orjson
import pytest

from pipeline.errors import BadRecord
from pipeline.record import Place, Record
from pipeline.simulate.surfaces import FILES
from pipeline.understand import read
from tests.simulate.simulated import day

MODULES = {
    "claude_code.jsonl": "claude_code",
    "defender.jsonl": "m365_defender",
    "intune.jsonl": "intune",
    "litellm.jsonl": "litellm",
    "m365_copilot.jsonl": "o365",
    "mcp.jsonl": "mcp",
    "netskope.jsonl": "webproxy",
    "okta.jsonl": "okta",
    "openai.jsonl": "openai",
    "otel.jsonl": "otel_genai",
    "sensor.jsonl": "sensor_browser",
    "squid.log": "webproxy",
    "zscaler.jsonl": "webproxy",
}
"""Whom the events of each file come from."""

ONCE = 150
"""Lines of each file that are read, beside all that are part of a story."""

CLOSE = 90.0
"""Seconds by which a source's own time may differ from the one at which its line was written."""


def events(line, number):
    body = line.body if isinstance(line.body, str) else orjson.dumps(line.body).decode()
    return list(read(Record(Place(line.file, number), "auto", None, None, body.encode())))


@cache
def readings():
    """(time, line, mark, events or the reason of a reject) of all stories and of some lines of each file."""
    found, seen = [], defaultdict(int)
    for number, (at, line, mark) in enumerate(day()):
        seen[line.file] += 1
        if mark or seen[line.file] <= ONCE:
            try:
                found.append((at, line, mark, events(line, number)))
            except BadRecord as error:
                found.append((at, line, mark, str(error)))
    return found


def test_no_record_is_rejected():
    assert [(line.file, told) for _, line, _, told in readings() if isinstance(told, str)] == []


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_read_by_its_own_reader(file):
    first = [told for _, line, _, told in readings() if line.file == file]
    assert {fields["event.module"] for told in first for _, fields in told} - {
        "sensor_desktop",
        "sensor_mobile",
    } == {MODULES[file]}


def test_every_act_and_look_alike_gives_an_event():
    assert [(mark.story.name, mark.number) for _, _, mark, told in readings() if mark and not told] == []


def test_events_have_the_time_of_their_line():
    late = [
        (line.file, when - at)
        for at, line, _, told in readings()
        for when, _ in told
        if abs(when - at) > CLOSE
    ]
    assert late == []


def test_acts_are_the_persons_or_the_agents_own():
    strange = [
        (mark.story.name, line.file)
        for _, line, mark, told in readings()
        for _, fields in told
        if mark and mark.who not in (fields.get("user.email"), f"{fields.get('user.name')}@fernwood.example")
    ]
    assert strange == []


def test_texts_are_there_where_the_source_has_them():
    told = {line.file for _, line, _, told in readings() for _, fields in told if "ai.content.text" in fields}
    assert {"sensor.jsonl", "litellm.jsonl", "claude_code.jsonl", "otel.jsonl", "mcp.jsonl"} <= told
    assert "m365_copilot.jsonl" not in told
