import gzip
import time
from base64 import b64encode

import orjson
import pytest

from pipeline.errors import BadRecord
from pipeline.understand.unwrap import LONGEST, unwrap

EVENT = {"a": 1, "b": "two"}
PLAIN = orjson.dumps(EVENT)


PACKED = b64encode(gzip.compress(PLAIN, mtime=0))
UMBRELLA = b'"2026-03-04 09:00:00","Ada ""A"" Lind","ALLOWED"'


def values(body):
    return [element.value for element in unwrap(body)]


def faults(body):
    return [element.fault for element in unwrap(body)]


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN + b"\r\n ",
        gzip.compress(PLAIN, mtime=0),
        gzip.compress(gzip.compress(PLAIN, mtime=0), mtime=0),
        PACKED,
        gzip.compress(PACKED, mtime=0),
        orjson.dumps({"awslogs": {"data": PACKED.decode()}}),
        orjson.dumps({"recordId": "1", "data": PACKED.decode()}),
        b"[" + PLAIN + b"]",
        orjson.dumps({"message": PLAIN.decode(), "host": {"name": "x"}, "@timestamp": "2026-03-04"}),
        orjson.dumps({"_raw": PLAIN.decode(), "sourcetype": "json"}),
        orjson.dumps({"event": {"original": PLAIN.decode()}, "@timestamp": "2026-03-04"}),
        orjson.dumps({"message": PLAIN.decode(), "ddsource": "litellm", "hostname": "proxy"}),
        orjson.dumps({"logEvents": [{"id": "1", "timestamp": 1, "message": PLAIN.decode()}]}),
        orjson.dumps({"records": [EVENT]}),
        orjson.dumps({"object": "list", "data": [EVENT], "has_more": False}),
        orjson.dumps({"sourcetype": "x", "event": EVENT, "time": 1}),
        orjson.dumps({"detail-type": "x", "source": "aws", "detail": EVENT}),
        orjson.dumps({"CreationDate": "x", "AuditData": PLAIN.decode()}),
        orjson.dumps({"id": "x", "auditData": EVENT}),
    ],
)
def test_what_shippers_wrap_around_a_record_comes_off(body):
    assert values(body) == [EVENT]


def test_lines_of_json_in_one_record_are_records():
    assert values(PLAIN + b"\n\n" + PLAIN + b"\r\n" + PLAIN) == [EVENT] * 3


def test_what_stands_beside_a_payload_is_kept_as_hints():
    (element,) = unwrap(orjson.dumps({"sourcetype": "zscalernss-web", "event": EVENT, "user_email": "x"}))

    assert element.hints == {"sourcetype": "zscalernss-web", "user_email": "x"}


def test_the_host_name_of_a_shipping_agent_is_no_hint():
    (element,) = unwrap(orjson.dumps({"message": PLAIN.decode(), "ddsource": "x", "hostname": "proxy"}))

    assert "hostname" not in element.hints


def test_an_object_with_a_list_of_its_own_is_no_envelope():
    hook = {"hook_event_name": "Stop", "items": [{"a": 1}]}
    parent = {"id": "x", "chat_messages": [], "data": [EVENT], "has_more": False}

    assert values(orjson.dumps(hook)) == [hook]
    assert values(orjson.dumps(parent)) == [parent]


def test_a_line_that_is_no_json_is_text():
    assert values(b"one two\n") == ["one two"]
    assert values(UMBRELLA) == [UMBRELLA.decode()]
    assert values(b"H4sI no base64") == ["H4sI no base64"]
    assert values(b"caf\xe9") == ["caf�"]


@pytest.mark.parametrize(
    "body", [b"", b" \n", b"{}", b"[]", b"42", b"null", b'"text"', b'{"a": ', b'{"a": NaN}', b"[1]"]
)
def test_what_holds_no_object_is_told_once(body):
    (fault,) = faults(body)

    assert fault


def test_broken_neighbours_do_not_hide_a_good_element():
    found = list(unwrap(b'{"records": [{"a": 1}, {}]}'))

    assert [element.fault for element in found] == ["", "an empty object"]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": "\\ud83d!"}', {"a": "�!"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": "caf\xe9"}', {"a": "caf�"}),
        (b'{"a": 1' + b"0" * 400 + b', "b": 2}', {"a": None, "b": 2}),
        (b'{"a": 1e999, "b": 2}', {"a": None, "b": 2}),
        (b'{"a": 18446744073709551615}', {"a": 18446744073709551615}),
    ],
)
def test_text_that_is_not_quite_unicode_and_absurd_numbers_are_mended(body, value):
    assert values(body) == [value]


def test_a_record_above_16_mebibytes_is_refused():
    with pytest.raises(BadRecord, match="16 MiB"):
        unwrap(b" " * (LONGEST + 1))


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b" " * (LONGEST + 1), mtime=0),
        gzip.compress(gzip.compress(b"0" * 300_000_000, mtime=0), mtime=0),
        gzip.compress(PLAIN, mtime=0)[:-3],
        b"\x1f\x8b\x08nonsense",
    ],
)
def test_gzip_that_is_a_bomb_or_broken_is_refused_at_once(body):
    began = time.perf_counter()

    with pytest.raises(BadRecord, match="gzip"):
        list(unwrap(body))
    assert time.perf_counter() - began < 20  # what is not linear takes minutes


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 900 + b"]" * 900,
        b'{"records":[' * 300 + b"{}" + b"]}" * 300,
        b"{},\n" * 2_000_000,
        b"[" + b"{}," * 1_500_000 + b"{}]",
        b"{\n" * 1_000_000,
    ],
)
def test_deep_and_wide_json_is_refused_at_once(body):
    began = time.perf_counter()
    try:
        found = faults(body)
    except BadRecord:
        found = ["refused"]

    assert all(found)
    assert time.perf_counter() - began < 20  # what is not linear takes minutes


def test_a_text_wrapped_more_often_than_anybody_does_is_refused():
    inside = PLAIN.decode()
    for _ in range(8):
        inside = orjson.dumps({"message": inside}).decode()

    assert faults(inside.encode()) == ["wrapped more than 6 times"]
