import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.read import read
from pipeline.understand.sources import netskope
from tests.understand.samples import ADA, RECORDS, fields_of, one, recorded, verbs
from tests.understand.sources.proxy_records import accounted, judge, mutations

EVENT = {
    "_id": "5b1f09",
    "type": "nspolicy",
    "timestamp": 1772614800,
    "record_type": "application",
    "alert": "yes",
    "alert_type": "DLP",
    "access_method": "Client",
    "traffic_type": "CloudApp",
    "user": "Ada.Lind@Fernwood.example",
    "ur_normalized": ADA,
    "userkey": "ada",
    "userip": "192.0.2.3",
    "srcip": "198.51.100.7",
    "dstip": "203.0.113.3",
    "dstport": 443,
    "hostname": "fw-w-ada",
    "os": "Sequoia",
    "device": "Mac Device",
    "device_classification": "managed",
    "nsdeviceuid": "D-41",
    "browser": "Edge",
    "useragent": "Mozilla/5.0 (Macintosh)",
    "app": "Glacier Chat",
    "appcategory": "Generative AI",
    "category": "Generative AI",
    "cci": 62,
    "ccl": "medium",
    "site": "Glacier Chat",
    "activity": "Upload",
    "action": "useralert",
    "policy": "GenAI coach",
    "page": "Chat.Glacier.example",
    "url": "Chat.Glacier.example./upload?q=secret",
    "referer": "",
    "object": "q1 rates.xlsx",
    "object_type": "File",
    "file_type": "application/vnd.ms-excel",
    "file_size": 88211,
    "sha256": "",
    "dlp_profile": "PCI",
    "dlp_incident_id": 7400000000000000002,
    "dlp_match_info": [
        {"dlp_policy": "p", "dlp_action": "useralert", "dlp_profile_name": "PCI"},
        {"dlp_profile_name": "Personal data"},
    ],
    "client_bytes": 0,
    "server_bytes": 0,
    "numbytes": 0,
}
LINE_VALUES = {
    0: "2026-03-04", 1: "09:00:00", 2: "120", 3: "18311", 4: "902", 6: "198.51.100.7", 8: ADA, 9: "POST", 10: "https",
    11: "q=secret", 12: '"Mozilla/5.0 (X11, ""odd"")"', 14: "200", 17: "Chat.Glacier.example", 18: "/upload?q=secret",
    23: '"Glacier Chat"', 41: "1772614800", 46: '"Generative AI"', 48: "http_transaction", 51: "7400000000000000009",
    53: "sni.example", 62: "NotChecked", 100: "203.0.113.3", 101: "443", 112: "/upload", 115: '"Generative AI"',
    123: "Upload", 126: "File", 127: '"q1 rates.xlsx"', 129: "application/pdf", 132: "88211", 134: "a" * 64,
    137: "allow_default", 138: "NotChecked",
}  # fmt: skip


def line(**changes):
    values = LINE_VALUES | {int(key[1:]): value for key, value in changes.items()}
    return " ".join(values.get(at, "-") for at in range(146))


def test_an_upload_is_told_beside_its_visit():
    visit, upload = fields_of(EVENT)

    assert (visit["event.action"], upload["event.action"]) == ("web_visit", "file_upload")
    assert "file.name" not in visit
    assert (upload["file.name"], upload["file.size"], upload["file.mime_type"]) == (
        "q1 rates.xlsx",
        88211,
        "application/vnd.ms-excel",
    )


def test_an_event_has_exactly_these_fields():
    visit = fields_of(EVENT)[0]

    assert {
        key: value
        for key, value in visit.items()
        if not key.startswith(("log.", "event.id", "ecs.", "event.kind"))
    } == {
        "@timestamp": "2026-03-04T09:00:00.000000Z",
        "ai.actor.type": "human",
        "ai.app.heuristic": True,
        "ai.app.name": "Glacier Chat",
        "ai.content.available": "labels",
        "ai.data.dlp_profiles": ["PCI", "Personal data"],
        "ai.device.managed": True,
        "ai.policy.decision": "allow",
        "ai.surface": "browser",
        "destination.ip": "203.0.113.3",
        "destination.port": 443,
        "device.id": "D-41",
        "event.action": "web_visit",
        "event.category": ["web"],
        "event.code": "Upload",
        "event.dataset": "netskope.event",
        "event.module": "webproxy",
        "event.reason": "GenAI coach",
        "event.type": ["access", "allowed"],
        "host.name": "fw-w-ada",
        "source.ip": "198.51.100.7",
        "url.domain": "chat.glacier.example",
        "url.path": "/upload",
        "user.domain": "fernwood.example",
        "user.email": ADA,
        "user.name": ADA,
        "user_agent.original": "Mozilla/5.0 (Macintosh)",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["web_visit", "file_upload"]),
        ({"type": "page"}, ["web_visit", "file_upload"]),
        ({"type": "application", "activity": "Form Post"}, ["web_visit", "file_upload"]),
        ({"activity": "Post", "object": "", "file_size": 0}, ["web_visit"]),
        ({"activity": "Download"}, ["web_visit", "file_access"]),
        ({"activity": "Download", "object": "", "file_size": "12"}, ["web_visit", "file_access"]),
        ({"activity": "Download", "object": "", "file_size": 0}, ["web_visit"]),
        ({"activity": "Browse"}, ["web_visit"]),
        ({"activity": "Login"}, ["web_visit"]),
        ({"activity": ""}, ["web_visit"]),
        ({"activity": "Share"}, ["share"]),
        ({"activity": "Login Failed"}, ["signin"]),
        ({"type": "connection", "activity": "View"}, ["web_visit"]),
        ({"type": "malsite", "activity": ""}, ["web_visit"]),
    ],
)
def test_an_activity_has_its_verbs(changes, expected):
    assert verbs({**EVENT, **changes}) == expected


def test_an_upload_without_an_object_is_a_post():
    assert one({**EVENT, "object": "", "file_size": 0}, "web_visit")["http.request.method"] == "POST"


@pytest.mark.parametrize(
    ("activity", "outcome"),
    [("Login Successful", "success"), ("Login Failed", "failure"), ("Login Attempt", "unknown")],
)
def test_a_sign_in_has_its_outcome(activity, outcome):
    assert one({**EVENT, "activity": activity}, "signin")["event.outcome"] == outcome


@pytest.mark.parametrize(
    ("changes", "decision", "reason"),
    [
        ({}, "allow", "GenAI coach"),
        ({"policy": ""}, "allow", "useralert"),
        ({"action": "block"}, "block", "GenAI coach"),
        ({"action": "block", "policy": ""}, "block", None),
        ({"action": "", "dlp_match_info": '[{"dlp_action": "block"}]'}, "block", "GenAI coach"),
        ({"action": "", "dlp_match_info": []}, "allow", "GenAI coach"),
        ({"action": "Coach user"}, "warn", "GenAI coach"),
        ({"action": "pondered"}, "allow", "pondered"),
    ],
)
def test_a_decision_has_its_policy_as_its_reason(changes, decision, reason):
    visit = one({**EVENT, **changes}, "web_visit")

    assert (visit["ai.policy.decision"], visit.get("event.reason")) == (decision, reason)


def test_an_unknown_decision_is_told_on_every_event_of_a_record():
    found = fields_of({**EVENT, "action": "pondered"})

    assert [fields["ai.quality.problems"] for fields in found] == [["unknown_decision"]] * 2


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"ur_normalized": ""}, ADA),
        ({"ur_normalized": "198.51.100.7"}, ADA),
        ({"ur_normalized": "", "user": "198.51.100.7", "userkey": "ada.lind"}, "ada.lind"),
        ({"ur_normalized": "", "user": "", "userkey": ""}, None),
    ],
)
def test_the_first_login_that_is_no_address_is_the_person(changes, name):
    assert one({**EVENT, **changes}, "web_visit").get("user.name") == name


@pytest.mark.parametrize(
    ("changes", "domain"),
    [
        ({"url": ""}, "chat.glacier.example"),
        ({"url": "", "page": "", "domain": "d.example"}, "d.example"),
        ({"url": "", "page": "", "type": "network", "dsthost": "wiki.example"}, "wiki.example"),
        ({"url": "", "page": "", "site": "s.example"}, "s.example"),
        ({"url": "", "page": "", "site": "Glacier Chat"}, None),
    ],
)
def test_a_page_is_looked_for_in_this_order(changes, domain):
    assert one({**EVENT, **changes}, "web_visit").get("url.domain") == domain


def test_a_private_app_is_a_visit_of_the_network():
    visit = one(
        {**EVENT, "type": "network", "activity": "", "dsthost": "wiki.example", "url": ""}, "web_visit"
    )

    assert (visit["event.category"], visit["event.code"]) == (["network"], "network")


@pytest.mark.parametrize("nothing", ["", "0.0.0.0", None, []])
def test_the_inner_address_stands_in_for_the_outer_one(nothing):
    found = fields_of({**EVENT, "srcip": nothing})[0]

    assert found.get("source.ip") == (None if nothing == [] else "192.0.2.3")


def test_a_masked_address_is_kept_as_what_it_is():
    found = fields_of({**EVENT, "srcip": "198.51.100.x"})[0]

    assert (found["source.address"], "source.ip" in found) == ("198.51.100.x", False)


def test_empty_defaults_are_not_there():
    blank = {
        key: type(value)() for key, value in EVENT.items() if key not in ("_id", "type", "ur_normalized")
    }
    (fields,) = fields_of({**EVENT, **blank})

    assert (
        not {"destination.port", "http.request.body.bytes", "file.size", "url.domain", "ai.device.managed"}
        & fields.keys()
    )


def test_an_incident_has_the_person_who_acted():
    incident = {
        "dlp_incident_id": 7, "timestamp": 1772614800, "acting_user": ADA, "destination_app": "Glacier Chat",
        "dlp_match_info": [{"dlp_profile_name": "PCI", "dlp_action": "block"}], "_id": "x",
    }  # fmt: skip
    visit = one(incident, "web_visit")

    assert (visit["user.email"], visit["ai.app.name"], visit["ai.policy.decision"]) == (
        ADA,
        "Glacier Chat",
        "block",
    )


@pytest.mark.parametrize(
    ("event", "verb", "outcome"),
    [
        ("Login Successful", "signin", "success"),
        ("Login Failed", "signin", "failure"),
        ("Logout Successful", "signin", "success"),
        ("Edit Policy", "config_change", None),
    ],
)
def test_an_administrator_s_act_keeps_no_values(event, verb, outcome):
    act = {
        "type": "admin_audit_logs", "timestamp": 1772614800, "user": ADA, "audit_log_event": event, "severity_level": 2,
        "supporting_data": {"data_type": "policy", "data_values": ["secret"]},
    }  # fmt: skip
    (fields,) = judge(act)

    assert (fields["event.action"], fields.get("event.outcome"), fields["event.code"]) == (
        verb,
        outcome,
        event,
    )


def test_an_answer_of_the_interface_is_read_event_by_event():
    page = {"ok": 1, "result": [EVENT, {**EVENT, "_id": "other"}]}
    alone = [fields["event.id"] for fields in (*fields_of(EVENT), *fields_of({**EVENT, "_id": "other"}))]

    assert [fields["event.id"] for fields in fields_of(page)] == alone


def test_events_of_a_page_that_have_no_ids_are_several():
    nameless = {**EVENT, "_id": ""}

    assert len({fields["event.id"] for fields in fields_of({"data": [nameless, nameless]})}) == 4


def test_times_of_re_exports_are_read():
    visit = one({**EVENT, "timestamp": "2026-03-04 09:00:00.123456789"}, "web_visit")

    assert visit["@timestamp"] == "2026-03-04T09:00:00.123456Z"


def test_large_ids_survive_as_numbers_and_as_texts():
    here, there = (
        fields_of({**EVENT, "_id": kind(7400000000000000002)})[0]["event.id"] for kind in (int, str)
    )

    assert here == there


def test_a_transaction_is_a_visit_with_its_file():
    visit, upload = fields_of(line())

    assert (visit["event.dataset"], visit["event.code"], visit["ai.app.name"]) == (
        "netskope.transaction",
        "Upload",
        "Glacier Chat",
    )
    assert (visit["@timestamp"], visit["user.email"], visit["source.ip"]) == (
        "2026-03-04T09:00:00.000000Z",
        ADA,
        "198.51.100.7",
    )
    assert (visit["url.full"], visit["http.request.method"]) == (
        "https://chat.glacier.example/upload",
        "POST",
    )
    assert (visit["http.request.body.bytes"], visit["http.response.status_code"]) == (18311, 200)
    assert (visit["user_agent.original"], visit["ai.surface"]) == ('Mozilla/5.0 (X11, "odd")', "browser")
    assert (visit["ai.policy.decision"], visit["event.reason"]) == ("allow", "allow_default")
    assert (
        upload["file.name"],
        upload["file.size"],
        upload["file.mime_type"],
        upload["file.hash.sha256"],
    ) == (
        "q1 rates.xlsx",
        88211,
        "application/pdf",
        "a" * 64,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"c123": "Download"}, ["web_visit", "file_access"]),
        ({"c123": "-", "c127": "-", "c132": "-"}, ["web_visit"]),
        ({"c123": "-", "c127": "-", "c132": "-", "c3": "2000000"}, ["web_visit", "file_upload"]),
        ({"c123": "-", "c127": "-", "c132": "-", "c3": "2000000", "c9": "GET"}, ["web_visit"]),
        ({"c123": "View"}, ["web_visit"]),
    ],
)
def test_a_transaction_has_the_verbs_of_its_activity_or_size(changes, expected):
    assert verbs(line(**changes)) == expected


def test_a_transaction_without_a_login_or_host_has_what_is_left():
    visit = fields_of(line(c8="198.51.100.7", c17="-", c112="-", c137="pondered", c123="-"))[0]

    assert "user.name" not in visit
    assert (visit["url.domain"], visit["url.path"], visit["event.code"]) == ("sni.example", "/upload", "POST")
    assert visit["ai.quality.problems"] == ["unknown_decision"]


def test_transactions_without_an_id_are_known_by_their_content():
    here, there = (fields_of(line(c51="0", c18=path))[0]["event.id"] for path in ("/a", "/b"))

    assert here != there


def test_line_breaks_within_a_transaction_are_taken_out():
    assert len(fields_of(line() + "\r\n\n")) == 2


def test_columns_of_another_version_are_refused_without_their_header():
    assert accounted("2026-03-04 09:00:00 - " + line()[20:]).startswith("a transaction of Netskope")


def test_a_header_names_the_columns_of_another_version():
    header = "#Fields: date time cs-host x-type x-transaction-id"
    (draft,) = netskope.read("2026-03-04 09:00:00 a.example http_transaction 7", {"#header": header})

    assert (draft.common["url.domain"], draft.act) == ("a.example", "7")


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if netskope.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from((EVENT, line())).flatmap(mutations), st.sampled_from(("auto", "netskope")))
def test_no_mutation_makes_the_reader_fall(record, source):
    judge(record, source)
    accounted(record, source)


def test_every_cut_of_a_line_is_an_event_or_a_reason():
    whole = line()
    for end in range(0, len(whole), 5):
        assert accounted(whole[:end], "netskope")
    assert list(read(recorded(whole)))
