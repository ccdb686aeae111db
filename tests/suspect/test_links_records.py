import json

import pytest

from enrichers.reference import load_reference
from pipeline.suspect import Memory
from tests.suspect.sightings import judged, told, understood
from tests.understand.samples import (
    HOOK_CALL,
    HOOK_RESULT,
    LITELLM,
    NORMALISED,
    OTLP,
    SPAN,
    TRACE,
    claude_log,
)
from tests.understand.sources.vendors import CONVERSATION


@pytest.fixture(scope="module")
def reference():
    return load_reference(None)


def test_a_gateway_and_the_telemetry_of_one_response_are_one_act(reference):
    span = json.loads(json.dumps(OTLP).replace("conv-6", "tr-1"))
    attributes = span["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"]
    attributes.append({"key": "gen_ai.response.id", "value": {"stringValue": "resp-1"}})
    memory = Memory()

    ours, theirs = understood(reference, LITELLM), understood(reference, span)
    _, ids = told(memory, *ours), told(memory, *theirs)

    answers = [one.id for one in (*ours, *theirs) if one.fields["event.action"] == "completion"]
    assert len(set(answers)) == 2
    assert ids[[one.id for one in theirs].index(answers[1])] == answers[0]


def test_a_hook_and_the_telemetry_of_one_tool_use_are_one_act(reference):
    logged = claude_log(
        "tool_result",
        tool_name="Bash",
        tool_use_id="toolu-1",
        success="true",
        session__id="session-7",
    )
    memory = Memory()
    verdicts, _ = judged(
        memory,
        *understood(reference, HOOK_CALL),
        *understood(reference, HOOK_RESULT),
        *understood(reference, logged),
    )

    assert len(verdicts) == 2


def test_a_browser_sensor_and_the_chats_that_the_vendor_exports_tell_one_prompt(reference):
    (exported,) = [
        one for one in understood(reference, CONVERSATION) if one.fields["event.action"] == "prompt"
    ]
    sensor = {
        **NORMALISED,
        "@timestamp": exported.fields["@timestamp"],
        "ai.content.text": "Sum up the table.",
    }
    (sensed,) = understood(reference, sensor)

    assert sensed.id != exported.id
    assert told(Memory(), exported, sensed) == [exported.id] * 2


def test_the_content_of_a_span_and_its_events_are_one_act(reference):
    attributes = [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.conversation.id", "value": {"stringValue": "conv-9"}},
    ]
    same = {"traceId": TRACE, "spanId": SPAN, "attributes": attributes}
    span = {**same, "name": "chat glacier-4", "startTimeUnixNano": "1772615160000000000"}
    logs = [
        {**same, "timeUnixNano": "1772615160000000000", "eventName": name, "body": {"stringValue": body}}
        for name, body in (("gen_ai.user.message", "Where?"), ("gen_ai.choice", "There."))
    ]
    spans = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    events = {"resourceLogs": [{"scopeLogs": [{"logRecords": logs}]}]}

    for pair in ((spans, events), (events, spans)):
        verdicts, _ = judged(Memory(), *(one for record in pair for one in understood(reference, record)))
        assert len(verdicts) == 2
