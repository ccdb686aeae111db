import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.sources import cloudflare
from tests.understand.samples import ADA, RECORDS, fields_of, one, verbs
from tests.understand.sources.proxy_records import accounted, judge, mutations

HTTP = {
    "Datetime": "2026-03-04T09:00:00Z",
    "AccountID": "a1",
    "RequestID": "18ab01",
    "Action": "allow",
    "Email": "Ada.Lind@fernwood.example",
    "UserID": "0f1e0000-0000-4000-8000-000000000001",
    "DeviceID": "0f1e0000-0000-4000-8000-000000000002",
    "DeviceName": "fw-w-ada",
    "SourceIP": "198.51.100.7",
    "SourceInternalIP": "",
    "DestinationIP": "203.0.113.3",
    "DestinationPort": 443,
    "HTTPHost": "chat.glacier.example",
    "HTTPMethod": "POST",
    "HTTPStatusCode": 200,
    "HTTPVersion": "HTTP/2",
    "URL": "https://Chat.Glacier.example/upload?q=secret",
    "Referer": "",
    "UserAgent": "Mozilla/5.0",
    "PolicyID": "",
    "PolicyName": "",
    "ApplicationNames": ["Glacier Chat"],
    "CategoryNames": ["Artificial Intelligence"],
    "IsIsolated": False,
    "UploadedFileNames": ["q1 rates.xlsx"],
    "DownloadedFileNames": [],
    "FileInfo": {
        "files": [
            {
                "direction": "upload",
                "file_name": "q1 rates.xlsx",
                "file_size": 88211,
                "content_type": "application/vnd.ms-excel",
                "action": "none",
            }
        ]
    },
    "BlockedFileHash": "",
    "BlockedFileName": "",
    "BlockedFileReason": "",
    "BlockedFileSize": 0,
    "BlockedFileType": "",
    "UploadMatchedDlpProfiles": ["PCI"],
    "DownloadMatchedDlpProfiles": ["PCI", "Health"],
}
DNS = {
    "Datetime": "2026-03-04T09:00:00Z",
    "QueryName": "Chat.Glacier.example.",
    "QueryNameReversed": "example.glacier.chat",
    "QueryType": 1,
    "QueryTypeName": "A",
    "RCode": 0,
    "ResolverDecision": "allowedOnNoPolicyMatch",
    "ResolvedIPs": [],
    "RData": [{"type": "65", "data": "AAA="}],
    "SrcIP": "198.51.100.7",
    "SrcPort": 50111,
    "DstIP": "203.0.113.53",
    "DstPort": 443,
    "Protocol": "https",
    "Email": ADA,
    "UserID": "",
    "DeviceID": "D-41",
    "DeviceName": "fw-w-ada",
    "Policy": "",
    "PolicyID": "",
    "MatchedCategoryNames": [],
    "QueryCategoryNames": ["Artificial Intelligence"],
    "ApplicationID": 0,
}
ACCESS = {
    "Action": "login",
    "Allowed": True,
    "AppDomain": "Wiki.fernwood.example/admin",
    "AppUUID": "0f1e0000-0000-4000-8000-000000000003",
    "Connection": "saml",
    "Country": "no",
    "CreatedAt": "2026-03-04T09:00:00Z",
    "Email": ADA,
    "IPAddress": "198.51.100.7",
    "RayID": "90ab",
    "UserUID": "0f1e0000-0000-4000-8000-000000000001",
    "PurposeJustificationPrompt": "",
    "TemporaryAccessApprovers": [],
}
FRAME = ("log.", "event.id", "ecs.", "event.kind")


def own(fields):
    return {key: value for key, value in fields.items() if not key.startswith(FRAME)}


def test_a_request_has_exactly_these_fields():
    visit = fields_of(HTTP)[0]

    assert own(visit) == {
        "@timestamp": "2026-03-04T09:00:00.000000Z",
        "ai.actor.id": "0f1e0000-0000-4000-8000-000000000001",
        "ai.actor.type": "human",
        "ai.app.heuristic": True,
        "ai.app.name": "Glacier Chat",
        "ai.content.available": "labels",
        "ai.data.dlp_profiles": ["PCI", "Health"],
        "ai.policy.decision": "allow",
        "ai.surface": "browser",
        "destination.ip": "203.0.113.3",
        "destination.port": 443,
        "device.id": "0f1e0000-0000-4000-8000-000000000002",
        "event.action": "web_visit",
        "event.category": ["web"],
        "event.code": "POST",
        "event.dataset": "cloudflare.gateway_http",
        "event.module": "webproxy",
        "event.type": ["access", "allowed"],
        "host.name": "fw-w-ada",
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "source.ip": "198.51.100.7",
        "url.domain": "chat.glacier.example",
        "url.full": "https://chat.glacier.example/upload",
        "url.path": "/upload",
        "user.domain": "fernwood.example",
        "user.email": ADA,
        "user.name": ADA,
        "user_agent.original": "Mozilla/5.0",
    }


def test_a_file_is_told_once_with_all_that_is_known_of_it():
    upload = one(HTTP, "file_upload")

    assert (upload["file.name"], upload["file.size"], upload["file.mime_type"]) == (
        "q1 rates.xlsx",
        88211,
        "application/vnd.ms-excel",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"FileInfo": None}, ["web_visit", "file_upload"]),
        ({"FileInfo": {"files": None}, "UploadedFileNames": []}, ["web_visit"]),
        ({"UploadedFileNames": '["a", "b"]'}, ["web_visit", "file_upload", "file_upload", "file_upload"]),
        (
            {"UploadedFileNames": [], "DownloadedFileNames": ["b"], "FileInfo": ""},
            ["web_visit", "file_access"],
        ),
        (
            {"FileInfo": '{"files": [{"direction": "download", "file_name": "c"}]}', "UploadedFileNames": []},
            ["web_visit", "file_access"],
        ),
        ({"FileInfo": {}, "UploadedFileNames": [], "BlockedFileName": "d"}, ["web_visit", "file_upload"]),
        (
            {"FileInfo": {}, "UploadedFileNames": [], "BlockedFileName": "d", "HTTPMethod": "GET"},
            ["web_visit", "file_access"],
        ),
        ({"BlockedFileName": "q1 rates.xlsx"}, ["web_visit", "file_upload"]),
    ],
)
def test_every_file_that_went_in_or_out_is_told(changes, expected):
    assert verbs({**HTTP, **changes}) == expected


def test_several_files_of_a_request_are_several_acts():
    found = fields_of({**HTTP, "UploadedFileNames": ["a", "b", "c"]})

    assert len({fields["event.id"] for fields in found}) == 5


def test_very_many_files_without_an_id_are_read_in_linear_time():
    many = {**HTTP, "RequestID": "", "UploadedFileNames": [str(number) for number in range(4000)]}

    assert len({fields["event.id"] for fields in judge(many)}) == 4002


@pytest.mark.parametrize(
    ("action", "decision", "reason"),
    [
        ("allow", "allow", None),
        ("block", "block", None),
        ("isolate", "block", "isolate"),
        ("noisolate", "allow", "noisolate"),
        ("bypass", "allow", "bypass"),
        ("off", "allow", "bypass"),
        ("quarantine", "block", "quarantine"),
        ("unknown", "allow", None),
        ("", "allow", None),
    ],
)
def test_an_action_is_a_decision(action, decision, reason):
    visit = one({**HTTP, "Action": action}, "web_visit")

    assert (visit["ai.policy.decision"], visit.get("event.reason")) == (decision, reason)
    assert "ai.quality.problems" not in visit


def test_a_policy_that_decided_is_the_reason():
    assert (
        one({**HTTP, "Action": "block", "PolicyName": "No uploads"}, "web_visit")["event.reason"]
        == "No uploads"
    )


@pytest.mark.parametrize(
    "time", [1772614800, 1772614800000000000, "1772614800000000000", "2026-03-04T10:00:00+01:00"]
)
def test_a_time_comes_in_any_form_of_the_job(time):
    assert one({**HTTP, "Datetime": time}, "web_visit")["@timestamp"] == "2026-03-04T09:00:00.000000Z"


def test_the_inner_address_stands_in_for_the_outer_one():
    visit = one({**HTTP, "SourceIP": "0.0.0.0", "SourceInternalIP": "192.0.2.3"}, "web_visit")

    assert visit["source.ip"] == "192.0.2.3"


def test_a_request_without_a_url_has_its_host():
    visit = one({**HTTP, "URL": ""}, "web_visit")

    assert visit["url.domain"] == "chat.glacier.example"
    assert "url.path" not in visit


def test_a_look_up_has_exactly_these_fields():
    (found,) = fields_of(DNS)

    assert own(found) == {
        "@timestamp": "2026-03-04T09:00:00.000000Z",
        "ai.actor.type": "human",
        "ai.app.heuristic": True,
        "ai.content.available": "metadata",
        "ai.policy.decision": "allow",
        "destination.ip": "203.0.113.53",
        "destination.port": 443,
        "device.id": "D-41",
        "event.action": "web_visit",
        "event.category": ["network"],
        "event.code": "allowedOnNoPolicyMatch",
        "event.dataset": "cloudflare.gateway_dns",
        "event.module": "dns",
        "event.outcome": "success",
        "event.type": ["protocol", "allowed"],
        "host.name": "fw-w-ada",
        "source.ip": "198.51.100.7",
        "url.domain": "chat.glacier.example",
        "user.domain": "fernwood.example",
        "user.email": ADA,
        "user.name": ADA,
    }


@pytest.mark.parametrize(
    ("word", "decision"),
    [
        ("blockedByCategory", "block"),
        ("blockedRule", "block"),
        ("allowedRule", "allow"),
        ("overrideForSafeSearch", "warn"),
    ],
)
def test_what_the_resolver_decided_is_a_decision(word, decision):
    (found,) = fields_of({**DNS, "ResolverDecision": word, "Policy": "Names"})

    assert (found["ai.policy.decision"], found["event.reason"]) == (decision, "Names")


def test_what_nobody_knows_of_a_resolver_is_told():
    (found,) = fields_of({**DNS, "ResolverDecision": "pondered"})

    assert (found["event.reason"], found["ai.quality.problems"]) == ("pondered", ["unknown_decision"])


def test_a_look_up_is_known_by_its_question_wherever_it_stands():
    ids = [
        fields_of(record, line=at)[0]["event.id"]
        for at, record in enumerate((DNS, {**DNS, "Location": "x"}, {**DNS, "SrcPort": 50112}), 1)
    ]

    assert ids[0] == ids[1] != ids[2]


def test_a_name_that_was_not_found_has_failed():
    assert fields_of({**DNS, "RCode": 3})[0]["event.outcome"] == "failure"


@pytest.mark.parametrize(
    "name", ["_ldap._tcp.dc.fernwood.example", "7.2.0.192.in-addr.arpa", "printer", "nas.local"]
)
def test_names_of_services_and_inner_zones_are_no_pages(name):
    (found,) = fields_of({**DNS, "QueryName": name})

    assert "url.domain" not in found
    assert found["destination.domain"] == name


def test_a_request_for_access_is_a_sign_in():
    (found,) = fields_of(ACCESS)

    assert (found["event.action"], found["event.outcome"], found["event.code"]) == (
        "signin",
        "success",
        "login",
    )
    assert (found["url.domain"], found["url.path"], found["source.ip"]) == (
        "wiki.fernwood.example",
        "/admin",
        "198.51.100.7",
    )
    assert (found["user.email"], found["event.dataset"]) == (ADA, "cloudflare.access")


@pytest.mark.parametrize(
    ("changes", "outcome", "kinds"),
    [
        ({"Allowed": False}, "failure", ["start"]),
        ({"Allowed": "false"}, "failure", ["start"]),
        ({"Allowed": None}, None, ["start"]),
        ({"Action": "logout"}, "success", ["end"]),
    ],
)
def test_access_has_its_outcome(changes, outcome, kinds):
    (found,) = fields_of({**ACCESS, **changes})

    assert (found.get("event.outcome"), found["event.type"]) == (outcome, kinds)


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if cloudflare.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from((HTTP, DNS, ACCESS)).flatmap(mutations), st.sampled_from(("auto", "cloudflare")))
def test_no_mutation_makes_the_reader_fall(record, source):
    judge(record, source)
    accounted(record, source)
