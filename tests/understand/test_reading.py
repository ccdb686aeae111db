import sys
import time

import orjson
import pytest
from msgspec.structs import replace

from pipeline.errors import BadRecord
from pipeline.fields import ACTIONS, FIELDS
from pipeline.understand.read import nearest, read
from pipeline.understand.sources import NAMES, READERS, source_named
from pipeline.understand.sources.source import Draft
from tests.understand import samples
from tests.understand.samples import LITELLM, NORMALISED, RECORDS, body, fields_of, recorded

EVERY_RECORD = {**RECORDS, "SQUID": samples.SQUID, "SQUID_COMMON": samples.SQUID_COMMON}
OWNER = {
    "NORMALISED": "normalised",
    "LITELLM": "litellm",
    "HOOK": "claude_code",
    "CLAUDE": "otel_genai",
    "MCP": "mcp",
    "COPILOT": "m365_copilot",
    "M365": "m365_copilot",
    "ZSCALER": "zscaler",
    "OTLP": "otel_genai",
    "FLAT": "otel_genai",
    "SQUID": "squid",
}
STATES_NO_ID = {"SQUID", "SQUID_COMMON", "ZSCALER_DNS"}
SAFE = ("?q=", "?key=", "?web=", "Bearer ", "sk-", "traceback", 'clientSecret":')


def rejected(record, source="auto"):
    found = []
    with pytest.raises(BadRecord) as error:
        found.extend(read(recorded(record, source)))
    return found, str(error.value)


@pytest.mark.parametrize("name", EVERY_RECORD)
def test_a_record_is_guessed_as_it_is_read_by_name(name):
    record = EVERY_RECORD[name]

    assert fields_of(record) == fields_of(record, OWNER[name.split("_")[0]])


@pytest.mark.parametrize("name", EVERY_RECORD)
def test_every_event_has_what_all_events_have(name):
    for fields in fields_of(EVERY_RECORD[name]):
        assert fields.keys() <= FIELDS.keys()
        assert fields["event.action"] in ACTIONS
        always = (
            "@timestamp event.id event.kind event.category event.type event.code event.module event.dataset"
        )
        for field in (*always.split(), "log.file.path", "log.offset", "ecs.version", "ai.content.available"):
            assert fields.get(field) or (field, name) == ("event.code", "NORMALISED")
        assert fields["@timestamp"].startswith("2026-03-04T09:0")
        assert ("ai.content.text" in fields) == (fields["ai.content.available"] == "full")
        assert "ai.quality.problems" not in fields


@pytest.mark.parametrize("name", EVERY_RECORD)
def test_every_event_says_who_did_it(name):
    for fields in fields_of(EVERY_RECORD[name]):
        assert fields.get("user.email", "ada.lind@fernwood.example") == "ada.lind@fernwood.example"
        assert fields["user.name"] in ("ada.lind@fernwood.example", "ada")


@pytest.mark.parametrize("name", EVERY_RECORD)
def test_no_query_and_no_secret_of_the_envelope_comes_out(name):
    told = orjson.dumps(
        [{k: v for k, v in f.items() if k != "ai.content.text"} for f in fields_of(EVERY_RECORD[name])]
    )

    assert not any(word.encode() in told for word in SAFE)


@pytest.mark.parametrize("name", EVERY_RECORD)
def test_ids_are_the_same_again_and_elsewhere_where_the_source_states_one(name):
    here = [fields["event.id"] for fields in fields_of(EVERY_RECORD[name])]
    copy = [fields["event.id"] for fields in fields_of(EVERY_RECORD[name], log="elsewhere/copy.log")]
    moved = [fields["event.id"] for fields in fields_of(EVERY_RECORD[name], line=9)]

    assert here == copy
    assert len(set(here)) == len(here) - (name == "OTLP")  # its two spans show one call
    assert (here == moved) == (name not in STATES_NO_ID)


def test_an_envelope_of_two_records_gives_what_each_gives_alone():
    both = fields_of([LITELLM, samples.MCP_CALL])

    assert both == fields_of(LITELLM) + fields_of(samples.MCP_CALL)


def test_good_elements_are_yielded_before_the_bad_ones_are_told():
    found, reason = rejected([NORMALISED, {"wings": 2}, {}])

    assert [fields["event.id"] for _, fields in found] == ["sensor-1"]
    assert reason == "2 of 3 elements: no known format; keys: none; 1 that no format has"


def test_a_reason_names_known_keys_and_counts_the_others():
    _, reason = rejected({"zugvogel": 1, "model": 2, "messages": [], "secret words": 4})

    assert reason == "no known format; keys: messages, model; 2 that no format has"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("some words", "a line of text in no known format"),
        ({"class_uid": 1, "category_uid": 2}, "an OCSF record: an export format, not an input"),
        ({"EventID": 1, "Channel": "Security"}, "a Windows event"),
        ({"resourceSpans": []}, "no AI activity"),
        ({"resourceMetrics": []}, "no known format; keys: none; 1 that no format has"),
        (b'{"a": ', "broken JSON"),
        ({**NORMALISED, "event.action": 7}, "event.action is no text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(record, reason):
    assert rejected(record) == ([], reason)


def test_a_named_source_refuses_what_is_not_its_own():
    assert rejected(NORMALISED, "litellm")[1].startswith("no record of litellm; keys: @timestamp, ")
    assert rejected("a line", "zscaler")[1] == "no record of zscaler; a line of text"
    assert rejected(NORMALISED, "nobody")[1] == "no reader is named nobody"


def test_a_named_source_takes_a_record_that_lacks_what_it_is_guessed_by():
    bare = {key: value for key, value in samples.ZSCALER["event"].items() if key != "urlsupercategory"}

    with pytest.raises(BadRecord):
        fields_of(bare)
    assert fields_of(bare, "zscaler")[0]["event.id"] == fields_of(samples.ZSCALER)[0]["event.id"]


def test_sources_answer_to_their_names_and_aliases():
    assert all(source_named(name).name == name for name in NAMES)
    assert source_named("litellm_standard_logging").name == "litellm"
    assert source_named("claude_code_hooks").name == "claude_code"
    assert source_named("nobody") is None


def test_the_nearest_formats_share_most_keys():
    assert nearest(frozenset(("call_type", "model", "startTime")))[0] == "litellm"
    assert nearest(frozenset(("urlcategory", "devicehostname", "status")))[0] == "zscaler"
    assert nearest(frozenset(("wings",))) == ()


def test_forwarder_keys_fill_in_what_a_source_does_not_say():
    mine = {key: value for key, value in LITELLM.items() if key != "metadata"}
    found = fields_of({**mine, "user_email": samples.BEN, "hostname": "fw-w-ben", "mcp_server": "rates"})[0]
    whole = fields_of({**LITELLM, "user_email": samples.BEN})[0]

    assert (found["user.email"], found["host.name"], found["ai.tool.server"]) == (
        samples.BEN,
        "fw-w-ben",
        "rates",
    )
    assert whole["user.email"] == samples.ADA


def test_forwarder_keys_beside_an_event_of_our_own_fill_it_in_too():
    bare = {key: value for key, value in NORMALISED.items() if not key.startswith(("user.", "host."))}
    (found,) = fields_of({**bare, "user_email": samples.BEN, "hostname": "fw-w-ben"})

    assert (found["user.email"], found["host.name"]) == (samples.BEN, "fw-w-ben")


def test_the_time_of_a_forwarder_comes_after_the_source_s_own():
    lost = {**LITELLM, "startTime": None, "endTime": "never", "timestamp": "2026-03-04T09:30:00Z"}

    assert {fields["@timestamp"] for fields in fields_of(lost)} == {"2026-03-04T09:30:00.000000Z"}
    assert fields_of({**LITELLM, "timestamp": 1772700000})[0]["@timestamp"] == "2026-03-04T09:00:00.250000Z"


def test_a_reader_that_falls_over_a_shape_costs_one_record(monkeypatch):
    def fall(value, _hints):
        yield Draft({"event.action": "prompt"}, act="1")
        raise KeyError(value)

    broken = replace(source_named("litellm"), read=fall)
    monkeypatch.setattr(sys.modules["pipeline.understand.read"], "claimed", lambda *_: broken)
    found, reason = rejected(LITELLM)

    assert len(found) == 1
    assert reason == "a shape that the reader litellm does not know (KeyError)"


def test_readers_are_named_once():
    names = [name for source in READERS for name in (source.name, *source.aliases)]

    assert len(names) == len(set(names))


def test_records_of_every_kind_may_come_as_lines_in_one():
    records = list(RECORDS.values())

    assert fields_of(b"\n".join(map(body, records))) == [
        fields for record in records for fields in fields_of(record)
    ]


def test_a_text_of_ten_mebibytes_is_read_within_a_second():
    began = time.perf_counter()
    (fields,) = fields_of({**NORMALISED, "ai.content.text": "sea " * (10 * 1024 * 1024 // 4)})

    assert time.perf_counter() - began < 20  # what is not linear takes minutes
    assert len(fields["ai.content.text"]) == 1024 * 1024
    assert fields["ai.content.length"] == 10 * 1024 * 1024
    assert fields["ai.content.truncated"] is True
