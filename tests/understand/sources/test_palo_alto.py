import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.sources import palo_alto
from tests.understand.samples import ADA, RECORDS, fields_of, one, verbs
from tests.understand.sources.proxy_records import accounted, judge, mutations

EXACT = "2026-03-04T10:00:00.205+01:00"
START = {0: "1", 1: "2026/03/04 08:59:59", 2: "0123", 5: "2817", 6: "2026/03/04 08:59:59"}
SHARED = {
    **START,
    7: "198.51.100.7", 8: "203.0.113.3", 11: "Egress-GenAI", 12: "fernwood\\ada.lind", 14: "glacier-ai-base",
    22: "7", 24: "50111", 25: "443", 29: "tcp", 30: "alert",
}  # fmt: skip
URL = {
    **SHARED, 3: "THREAT", 4: "url", 31: '"Chat.Glacier.example/c/new,a?q=secret"', 32: "(9999)", 33: "artificial-intelligence",
    34: "informational", 35: "client-to-server", 36: "7400000000000000005", 46: '"Mozilla/5.0 (X11; ""odd"")"', 63: "post",
    80: '"artificial-intelligence,low-risk"', 90: EXACT,
}  # fmt: skip
FILE = {
    **SHARED, 3: "THREAT", 4: "file", 14: "glacier-ai-uploading", 31: "q1 rates.xlsx", 35: "client-to-server", 36: "6",
    43: "a" * 64, 47: "xlsx", 90: EXACT,
}  # fmt: skip
TRAFFIC = {
    **SHARED, 3: "TRAFFIC", 4: "end", 30: "allow", 31: "19213", 32: "18311", 33: "902", 35: "2026/03/04 08:59:50", 36: "9",
    37: "any", 39: "7400000000000000006", 46: "tcp-fin", 100: EXACT,
}  # fmt: skip
JSON = {
    "LogType": "THREAT",
    "Subtype": "url",
    "SubType": "url",
    "TimeGenerated": "2026-03-04T09:00:00.000000Z",
    "TimeGeneratedHighResolution": "2026-03-04T09:00:00.205000Z",
    "TimeReceived": "2026-03-04T09:00:05Z",
    "DeviceName": "FW1",
    "DeviceSN": "0123",
    "SequenceNo": 7400000000000000005,
    "SourceAddress": "198.51.100.7",
    "DestinationAddress": "203.0.113.3",
    "DestinationPort": 443,
    "SourceUser": "fernwood\\ada.lind",
    "SourceDeviceHost": None,
    "Application": "glacier-ai-base",
    "ApplicationCategory": "saas",
    "ApplicationSubcategory": "artificial-intelligence",
    "URL": "Chat.Glacier.example/c/new?q=secret",
    "URLCategory": "artificial-intelligence",
    "HTTPMethod": "post",
    "UserAgent": "Mozilla/5.0",
    "Action": "alert",
    "Rule": "Egress-GenAI",
    "Bytes": 0,
    "BytesSent": 0,
    "BytesReceived": 0,
    "FileName": None,
    "FileType": None,
    "FileHash": None,
}
HIPMATCH = {
    "LogType": "HIPMATCH",
    "Subtype": "hipmatch",
    "DeviceSN": "0123",
    "SequenceNo": 9,
    "TimeGenerated": "2026-03-04T09:00:00Z",
    "SourceUser": ADA,
    "SourceIP": "198.51.100.7",
    "EndpointDeviceName": "fw-w-ada",
    "EndpointOSType": "Mac",
    "HostID": "H-1",
    "HipMatchName": "No disk encryption",
    "HipMatchType": "object",
}


def line(values, head="", size=110, **changes):
    known = values | {int(key[1:]): value for key, value in changes.items()}
    return head + ",".join(known.get(at, "") for at in range(size))


def own(fields):
    return {
        key: value
        for key, value in fields.items()
        if not key.startswith(("log.", "event.id", "ecs.", "event.kind"))
    }


VISIT = {
    "@timestamp": "2026-03-04T09:00:00.205000Z",
    "ai.actor.type": "human",
    "ai.app.heuristic": True,
    "ai.app.name": "glacier-ai-base",
    "ai.content.available": "metadata",
    "ai.policy.decision": "allow",
    "ai.surface": "browser",
    "destination.ip": "203.0.113.3",
    "destination.port": 443,
    "event.action": "web_visit",
    "event.category": ["web"],
    "event.code": "THREAT/url",
    "event.dataset": "panw.threat",
    "event.module": "webproxy",
    "event.reason": "Egress-GenAI",
    "event.type": ["access", "allowed"],
    "http.request.method": "post",
    "source.ip": "198.51.100.7",
    "url.domain": "chat.glacier.example",
    "user.domain": "fernwood",
    "user.name": "ada.lind",
}


@pytest.mark.parametrize(
    "head", ["", "<14>Mar  4 09:00:00 fw1 ", "Mar 04 09:00:00 fw1.fernwood.example 1 - - "]
)
def test_a_url_line_has_exactly_these_fields(head):
    (visit,) = fields_of(line(URL, head))

    assert own(visit) == {
        **VISIT,
        "url.path": "/c/new,a",
        "user_agent.original": 'Mozilla/5.0 (X11; "odd")',
    }


def test_a_url_object_has_exactly_these_fields():
    (visit,) = fields_of(JSON)

    assert own(visit) == {
        **VISIT,
        "http.request.body.bytes": 0,
        "http.response.body.bytes": 0,
        "url.path": "/c/new",
        "user_agent.original": "Mozilla/5.0",
    }


def test_a_line_and_an_object_of_a_record_are_the_same_act():
    assert fields_of(line(URL))[0]["event.id"] == fields_of(JSON)[0]["event.id"]


def test_quotes_behind_backslashes_are_quotes():
    (visit,) = fields_of(line(URL).replace('"Chat', '\\"Chat').replace('secret"', 'secret\\"'))

    assert visit["url.path"] == "/c/new,a"


def test_a_traffic_line_is_a_visit_of_the_network():
    (visit,) = fields_of(line(TRAFFIC))

    assert (visit["event.category"], visit["event.code"], visit["event.dataset"]) == (
        ["network"],
        "TRAFFIC/end",
        "panw.traffic",
    )
    assert (visit["http.request.body.bytes"], visit["http.response.body.bytes"]) == (18311, 902)
    assert (visit["@timestamp"], visit["user.name"]) == ("2026-03-04T09:00:00.205000Z", "ada.lind")


def test_sessions_of_one_length_are_several_acts():
    assert len({fields_of(line(TRAFFIC, c39=number))[0]["event.id"] for number in ("1", "2")}) == 2


@pytest.mark.parametrize(
    ("changes", "verb"),
    [
        ({}, "file_upload"),
        ({"c14": "web-browsing"}, "file_upload"),
        ({"c14": "web-browsing", "c35": "server-to-client"}, "file_access"),
        ({"c14": "web-browsing", "c35": "", "c47": "Upload of xlsx"}, "file_upload"),
        ({"c14": "web-browsing", "c35": "", "c4": "wildfire"}, "file_access"),
    ],
)
def test_a_file_goes_out_or_comes_in(changes, verb):
    visit, moved = fields_of(line(FILE, **changes))

    assert (visit["event.action"], moved["event.action"]) == ("web_visit", verb)
    assert (moved["file.name"], moved["file.hash.sha256"]) == ("q1 rates.xlsx", "a" * 64)


@pytest.mark.parametrize(
    ("changes", "file"),
    [
        ({}, {"file.name": "q1.xlsx"}),
        ({"FileName": f"sha256-{'B' * 64}"}, {"file.hash.sha256": "b" * 64}),
        ({"FileHash": "c" * 64}, {"file.name": "q1.xlsx", "file.hash.sha256": "c" * 64}),
    ],
)
def test_the_name_of_a_file_may_be_its_hash(changes, file):
    record = {
        **JSON,
        "LogType": "FILE",
        "Subtype": "file",
        "Application": "x-uploading",
        "FileName": "q1.xlsx",
    }
    upload = one({**record, **changes}, "file_upload")

    assert {key: value for key, value in upload.items() if key.startswith("file.")} == file


@pytest.mark.parametrize(
    ("word", "decision"),
    [
        ("allow", "allow"),
        ("alert", "allow"),
        ("deny", "block"),
        ("drop-icmp", "block"),
        ("reset-both", "block"),
        ("block-url", "block"),
        ("sinkhole", "block"),
        ("block-continue", "warn"),
        ("continue", "warn"),
        ("override", "override"),
    ],
)
def test_an_action_is_a_decision_in_both_forms(word, decision):
    assert fields_of(line(URL, c30=word))[0]["ai.policy.decision"] == decision
    assert fields_of({**JSON, "Action": word})[0]["ai.policy.decision"] == decision


def test_an_action_without_a_rule_is_its_own_reason():
    assert fields_of(line(URL, c30="reset-both", c11=""))[0]["event.reason"] == "reset-both"


@pytest.mark.parametrize(
    ("changes", "time"),
    [
        ({"TimeGeneratedHighResolution": ""}, "2026-03-04T09:00:00.000000Z"),
        ({"TimeGeneratedHighResolution": None, "TimeGenerated": None}, "2026-03-04T09:00:05.000000Z"),
        (
            {"TimeGeneratedHighResolution": "x", "EventTime": "2026-03-04T09:00:01Z", "TimeGenerated": 1},
            "2026-03-04T09:00:01.000000Z",
        ),
    ],
)
def test_the_best_time_wins(changes, time):
    assert fields_of({**JSON, **changes})[0]["@timestamp"] == time


def test_a_line_without_an_exact_time_has_that_of_the_device():
    assert fields_of(line(URL, c90=""))[0]["@timestamp"] == "2026-03-04T08:59:59.000000Z"


@pytest.mark.parametrize(
    ("changes", "domain"),
    [
        ({"URL": None, "URLDomain": "d.example"}, "d.example"),
        ({"URL": None, "FileName": "f.example/x"}, "f.example"),
        ({"URL": "f.example:443/"}, "f.example"),
    ],
)
def test_a_url_is_looked_for_in_this_order(changes, domain):
    assert fields_of({**JSON, **changes})[0]["url.domain"] == domain


def test_a_large_sent_body_is_an_upload():
    assert verbs({**JSON, "BytesSent": "2000000"}) == ["web_visit", "file_upload"]


def test_a_name_look_up_may_have_no_name():
    record = {
        **JSON,
        "LogType": "DNS",
        "Subtype": "dns",
        "DNSResolverIP": "203.0.113.53",
        "Action": "sinkhole",
    }
    (found,) = fields_of({**record, "URL": None, "DestinationAddress": None})

    assert (found["event.category"], found["destination.ip"]) == (["network"], "203.0.113.53")
    assert found["ai.policy.decision"] == "block"
    assert "url.domain" not in found


def test_a_match_of_a_host_s_state_is_an_inventory():
    (found,) = fields_of(HIPMATCH)

    assert (found["event.action"], found["event.kind"], found["event.category"]) == (
        "inventory",
        "asset",
        ["host"],
    )
    assert (found["host.name"], found["host.os.type"], found["host.id"]) == ("fw-w-ada", "macos", "H-1")
    assert (found["source.ip"], found["event.reason"], found["user.email"]) == (
        "198.51.100.7",
        "No disk encryption",
        ADA,
    )


def plain(log, subtype, **changes):
    return line({**START, 3: log, 4: subtype}, size=40, **changes)


@pytest.mark.parametrize(
    ("record", "code", "expected"),
    [
        (
            plain("USERID", "login", c8="198.51.100.7", c9="fernwood\\ada.lind"),
            "USERID/login",
            {"event.action": "signin", "user.name": "ada.lind", "source.ip": "198.51.100.7", "event.type": ["start"]},
        ),
        (
            plain("USERID", "logout", c8="198.51.100.7", c9=ADA),
            "USERID/logout",
            {"event.action": "signin", "user.email": ADA, "event.type": ["end"]},
        ),
        (
            plain(
                "GLOBALPROTECT", "0", c8="gateway-auth", c12=ADA, c13="NO", c14="fw-w-ada", c15="198.51.100.7", c17="10.1.2.3",
                c19="H-1", c20="S-1", c22="Windows", c28="failure",
            ),
            "gateway-auth",
            {
                "event.action": "signin", "event.outcome": "failure", "host.name": "fw-w-ada", "source.ip": "198.51.100.7",
                "host.id": "H-1", "device.serial_number": "S-1", "host.os.type": "windows", "source.geo.country_iso_code": "NO",
            },
        ),
        (
            plain("GLOBALPROTECT", "globalprotect", c8="gateway-logout", c12=ADA, c17="10.1.2.3", c28="success"),
            "gateway-logout",
            {"event.action": "signin", "event.outcome": "success", "event.type": ["end"], "source.ip": "10.1.2.3"},
        ),
        (plain("SYSTEM", "auth", c8="auth-fail"), "SYSTEM/auth", {"event.action": "signin", "event.outcome": "failure"}),
        (plain("SYSTEM", "general"), "SYSTEM/general", {"event.action": "config_change"}),
        (plain("CONFIG", "0"), "CONFIG/0", {"event.action": "config_change"}),
        (plain("AUTHENTICATION", "auth"), "AUTHENTICATION/auth", {"event.action": "config_change"}),
        (plain("HIPMATCH", ""), "HIPMATCH", {"event.action": "config_change"}),
        (
            line({**SHARED, 3: "DECRYPTION", 4: "end"}),
            "DECRYPTION/end",
            {"event.action": "config_change", "user.name": "ada.lind", "source.ip": "198.51.100.7"},
        ),
        (
            {**HIPMATCH, "LogType": "USERID", "Subtype": "login"},
            "USERID/login",
            {"event.action": "signin", "user.email": ADA, "host.name": "fw-w-ada"},
        ),
        ({**HIPMATCH, "LogType": "CONFIG", "Subtype": None, "SubType": "x"}, "CONFIG/x", {"event.action": "config_change"}),
    ],
)  # fmt: skip
def test_other_logs_are_sign_ins_or_settings(record, code, expected):
    (found,) = fields_of(record)

    assert found["event.code"] == code
    assert expected.items() <= found.items()


def test_a_row_that_breaks_off_is_refused():
    assert accounted(line(URL)[:150]).startswith("a row of PAN-OS that breaks off")


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if palo_alto.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from((JSON, HIPMATCH, line(URL), line(FILE), line(TRAFFIC))).flatmap(mutations),
    st.sampled_from(("auto", "palo_alto")),
)
def test_no_mutation_makes_the_reader_fall(record, source):
    judge(record, source)
    accounted(record, source)
