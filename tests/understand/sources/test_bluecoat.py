import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.sources import bluecoat
from tests.understand.samples import ADA, RECORDS, fields_of, verbs
from tests.understand.sources.proxy_records import accounted, judge, mutations

VISIT = {
    "date": "2026-03-04",
    "time": "09:00:00",
    "time-taken": "120",
    "c-ip": "198.51.100.7",
    "cs-userdn": ADA,
    "cs-method": "POST",
    "cs-uri-scheme": "https",
    "cs-host": "Chat.Glacier.example",
    "cs-uri-port": "443",
    "cs-uri-path": "/upload",
    "cs-uri-query": "?q=secret",
    "cs(User-Agent)": "Mozilla/5.0",
    "sc-status": 200,
    "s-action": "TCP_NC_MISS",
    "sc-filter-result": "OBSERVED",
    "cs-categories": "Generative AI;Business",
    "cs-bytes": "18311",
    "sc-bytes": 902,
    "r-ip": "203.0.113.3",
    "x-bluecoat-application-name": "Glacier Chat",
    "x-bluecoat-application-operation": "Upload Files",
    "x-bluecoat-transaction-uuid": "u-1",
    "x-bluecoat-request-tenant-id": "T-1",
    "x-client-device-name": "fw-w-ada",
    "x-client-device-id": "D-41",
    "search-terms": "secret",
    "x-exception-id\r": "-\r",
}
HEADER = "#Software: SGOS\n#Fields: date time c-ip cs-username cs-method cs-uri-scheme cs-host cs-uri-path cs(User-Agent) sc-filter-result\n"
ROW = f'2026-03-04 09:00:00 198.51.100.7 {ADA} GET https Chat.Glacier.example /c "Mozilla/5.0 (X11)" DENIED'


def test_a_visit_has_exactly_these_fields():
    (visit,) = fields_of(VISIT)

    assert {
        key: value
        for key, value in visit.items()
        if not key.startswith(("log.", "event.id", "ecs.", "event.kind"))
    } == {
        "@timestamp": "2026-03-04T09:00:00.000000Z",
        "ai.actor.type": "human",
        "ai.app.heuristic": True,
        "ai.app.name": "Glacier Chat",
        "ai.content.available": "metadata",
        "ai.policy.decision": "allow",
        "ai.surface": "browser",
        "destination.ip": "203.0.113.3",
        "destination.port": 443,
        "device.id": "D-41",
        "event.action": "web_visit",
        "event.category": ["web"],
        "event.code": "Upload Files",
        "event.dataset": "bluecoat.access",
        "event.module": "webproxy",
        "event.reason": "OBSERVED",
        "event.type": ["access", "allowed"],
        "host.name": "fw-w-ada",
        "http.request.body.bytes": 18311,
        "http.request.method": "POST",
        "http.response.body.bytes": 902,
        "http.response.status_code": 200,
        "organization.id": "T-1",
        "source.ip": "198.51.100.7",
        "url.domain": "chat.glacier.example",
        "url.full": "https://chat.glacier.example/upload",
        "url.path": "/upload",
        "user.domain": "fernwood.example",
        "user.email": ADA,
        "user.name": ADA,
        "user_agent.original": "Mozilla/5.0",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"file-name": "q1.xlsx"}, ["web_visit", "file_upload"]),
        ({"file-name": "q1.xlsx", "cs-method": "GET", "x-bluecoat-application-operation": "Download Files"}, ["web_visit", "file_access"]),
        ({"cs-bytes": "2000000"}, ["web_visit", "file_upload"]),
        ({"x-bluecoat-application-operation": "Send Message"}, ["web_visit"]),
    ],
)  # fmt: skip
def test_a_transfer_is_told_beside_the_visit(changes, expected):
    assert verbs({**VISIT, **changes}) == expected


@pytest.mark.parametrize(
    ("changes", "decision", "reason"),
    [
        ({"sc-filter-result": "DENIED"}, "block", "DENIED"),
        ({"sc-filter-result": "PROXIED"}, "allow", "PROXIED"),
        ({"sc-filter-result": "Allowed"}, "allow", None),
        ({"sc-filter-result": "-"}, "allow", None),
        ({"x-exception-id\r": "policy_denied\r"}, "block", "policy_denied"),
        ({"x-data-leak-detected": "true"}, "allow", "x-data-leak-detected"),
    ],
)
def test_a_filter_or_an_exception_decides(changes, decision, reason):
    (visit,) = fields_of({**VISIT, **changes})

    assert (visit["ai.policy.decision"], visit.get("event.reason")) == (decision, reason)


@pytest.mark.parametrize(
    ("login", "name"),
    [
        ("FERNWOOD\\ada.lind", "ada.lind"),
        ("CN=ada.lind,OU=staff,DC=fernwood,DC=example", "ada.lind"),
        ("-", None),
    ],
)
def test_a_login_comes_in_any_form(login, name):
    assert fields_of({**VISIT, "cs-userdn": login})[0].get("user.name") == name


def test_a_tunnel_has_no_status_and_no_page():
    (visit,) = fields_of(
        {**VISIT, "cs-uri-scheme": "tcp", "cs-method": "unknown", "sc-status": 0, "cs-uri-path": "-"}
    )

    assert not {"http.response.status_code", "http.request.method", "url.full"} & visit.keys()


def test_lines_behind_a_header_are_visits():
    first, second = fields_of(f"{HEADER}{ROW}\n{ROW}\n")

    assert (first["user.email"], first["url.full"], first["ai.policy.decision"]) == (
        ADA,
        "https://chat.glacier.example/c",
        "block",
    )
    assert first["user_agent.original"] == "Mozilla/5.0 (X11)"
    assert first["event.id"] != second["event.id"]


def test_very_many_lines_of_a_text_are_read_in_linear_time():
    assert len({fields["event.id"] for fields in judge(HEADER + f"{ROW}\n" * 3000)}) == 3000


def test_a_header_may_come_as_a_hint():
    (draft,) = bluecoat.read(ROW, {"#header": HEADER})

    assert draft.common["url.domain"] == "chat.glacier.example"


def test_what_has_no_columns_is_refused():
    assert accounted(HEADER.splitlines()[1]) == "a header line of Blue Coat, which is no event"
    assert accounted(f"{HEADER}too short") == "a line of Blue Coat that has not the columns of its header"


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if bluecoat.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from((VISIT, HEADER + ROW)).flatmap(mutations), st.sampled_from(("auto", "bluecoat")))
def test_no_mutation_makes_the_reader_fall(record, source):
    judge(record, source)
    accounted(record, source)
