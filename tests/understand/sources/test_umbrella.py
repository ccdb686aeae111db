from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import BadRecord
from pipeline.understand.sources import READERS, umbrella
from tests.understand.samples import ADA, RECORDS, fields_of
from tests.understand.sources.proxy_records import accounted, judge, mutations

NAMES = [
    "2026-03-04 09:00:00", "Ada Lind (ada.lind@fernwood.example)", "Ada Lind (ada.lind@fernwood.example),fw-w-ada,Harbour",
    "192.0.2.17", "198.51.100.7", "Allowed", "1 (A)", "NOERROR", "Chat.Glacier.example.", "Generative AI,Business", "AD Users",
    "AD Users,AD Computers,Networks", "", "7", "NO", "41",
]  # fmt: skip
PROXY = [
    "2026-03-04 09:00:00", ADA, "192.0.2.17", "198.51.100.7", "203.0.113.3", "text/html", "ALLOWED",
    "https://Chat.Glacier.example/upload?q=secret", "", 'Mozilla/5.0 "odd", x', "200", "18311", "902", "800", "a" * 64,
    "Generative AI,Business", "", "", "", "", "", "AD Users", "", f"{ADA},fw-w-ada", "AD Users,Roaming Computers", "POST",
    "", "", "q1 rates.xlsx", "1", "2", "", "", "", "", "", "",
]  # fmt: skip
JSON = {
    "timestamp": "2026-03-04 09:00:00.000",
    "action": "Allowed",
    "internalIp": "192.0.2.17",
    "externalIp": "198.51.100.7",
    "domain": "Chat.Glacier.example.",
    "responseCode": "NOERROR",
    "queryType": "A",
    "identities": ["fw-w-ada", ADA],
    "categories": ["Generative AI"],
}


def row(values, size=None, **changes):
    known = list(values)
    for key, value in changes.items():
        known[int(key[1:])] = value
    return ",".join('"' + value.replace('"', '""') + '"' for value in known[:size])


def settled(line):
    """The fields of every event of a row, as `read` settles them."""
    assert next(source for source in READERS if source.claims(line, {})) is umbrella.SOURCE
    return fields_of(line)


def own(fields):
    return {
        key: value
        for key, value in fields.items()
        if not key.startswith(("log.", "event.id", "ecs.", "event.kind"))
    }


LOOK_UP = {
    "@timestamp": "2026-03-04T09:00:00.000000Z",
    "ai.actor.type": "human",
    "ai.app.heuristic": True,
    "ai.content.available": "metadata",
    "ai.policy.decision": "allow",
    "event.action": "web_visit",
    "event.category": ["network"],
    "event.code": "1 (A)",
    "event.dataset": "umbrella.dns",
    "event.module": "dns",
    "event.outcome": "success",
    "event.type": ["protocol", "allowed"],
    "host.name": "fw-w-ada",
    "source.ip": "192.0.2.17",
    "url.domain": "chat.glacier.example",
    "user.domain": "fernwood.example",
    "user.email": ADA,
    "user.name": ADA,
}


@pytest.mark.parametrize(
    "line", [row(NAMES), " " + row(NAMES), row(NAMES, 13), row(NAMES, 12) + ',"","more","and","more","x"']
)
def test_a_look_up_row_has_exactly_these_fields(line):
    (found,) = settled(line)

    assert own(found) == LOOK_UP


def test_a_look_up_object_has_exactly_these_fields():
    (found,) = fields_of(JSON)

    assert own(found) == {key: value for key, value in LOOK_UP.items() if key != "host.name"} | {
        "event.code": "A"
    }


def test_a_short_row_of_an_old_release_is_read():
    (found,) = settled(row(NAMES, 11))

    assert (found["user.email"], found["url.domain"]) == (ADA, "chat.glacier.example")


def test_line_breaks_within_quotes_are_taken_out():
    (found,) = settled(row(NAMES, c8="Chat.Glacier\r\n.example.", c9="Generative AI,\nBusiness"))

    assert found["url.domain"] == "chat.glacier.example"


@pytest.mark.parametrize(
    ("changes", "decision", "reason", "outcome"),
    [
        ({"c5": "Blocked"}, "block", None, "success"),
        ({"c5": "Proxied"}, "allow", "Proxied", "success"),
        ({"c5": "Blocked", "c7": "NXDOMAIN"}, "block", None, "failure"),
    ],
)
def test_a_decision_and_an_answer_are_two_things(changes, decision, reason, outcome):
    (found,) = settled(row(NAMES, **changes))

    assert (found["ai.policy.decision"], found.get("event.reason"), found["event.outcome"]) == (
        decision,
        reason,
        outcome,
    )


@pytest.mark.parametrize(
    ("changes", "user", "host"),
    [
        (
            {"c1": "fw-w-ada", "c2": "fw-w-ada", "c10": "Roaming Computers", "c11": "Roaming Computers"},
            None,
            "fw-w-ada",
        ),
        ({"c1": "fw-w-ada", "c2": "", "c10": "Anyconnect Roaming Client", "c11": ""}, None, "fw-w-ada"),
        ({"c1": "Harbour", "c2": "Harbour", "c10": "Networks", "c11": "Networks"}, None, None),
        ({"c1": "Harbour", "c2": "Harbour", "c10": "Sites", "c11": "Sites"}, None, None),
        ({"c1": "FERNWOOD\\ada.lind", "c2": "", "c11": ""}, "ada.lind", None),
        ({"c1": ADA, "c2": ADA, "c10": "Internal Networks", "c11": "Internal Networks"}, ADA, None),
        (
            {"c1": f"Lind, Ada ({ADA})", "c2": f"Lind, Ada ({ADA}),Harbour", "c11": "AD Users,Networks"},
            ADA,
            None,
        ),
        (
            {
                "c1": "Harbour",
                "c2": "Harbour,fw-w-ada",
                "c10": "Networks",
                "c11": "Networks,Roaming Computers",
            },
            None,
            "fw-w-ada",
        ),
    ],
)
def test_an_identity_is_a_person_or_a_device_by_its_type(changes, user, host):
    (found,) = settled(row(NAMES, **changes))

    assert (found.get("user.name"), found.get("host.name")) == (user, host)


def test_identities_of_objects_may_be_objects():
    record = {
        **JSON,
        "identities": [{"label": "fw-w-ada", "type": {"label": "Roaming Computers"}}],
        "policyIdentity": {"label": ADA, "type": "AD Users"},
    }
    (found,) = fields_of(record)

    assert (found["user.email"], found["host.name"]) == (ADA, "fw-w-ada")


def test_the_outer_address_stands_in_for_the_inner_one():
    assert settled(row(NAMES, c3="0.0.0.0"))[0]["source.ip"] == "198.51.100.7"
    assert settled(row(PROXY, c2=""))[0]["source.ip"] == "198.51.100.7"
    assert fields_of({**JSON, "internalIp": ""})[0]["source.ip"] == "198.51.100.7"


@pytest.mark.parametrize(
    "name", ["_ldap._tcp.fernwood.example.", "7.2.0.192.in-addr.arpa.", "printer.", "nas.local."]
)
def test_names_of_services_and_inner_zones_are_no_pages(name):
    (found,) = settled(row(NAMES, c8=name))

    assert "url.domain" not in found


def test_a_request_has_exactly_these_fields():
    visit, upload = settled(row(PROXY))

    assert own(visit) == {key: value for key, value in LOOK_UP.items() if key != "event.outcome"} | {
        "ai.surface": "browser",
        "destination.ip": "203.0.113.3",
        "event.category": ["web"],
        "event.code": "POST",
        "event.dataset": "umbrella.proxy",
        "event.module": "webproxy",
        "event.type": ["access", "allowed"],
        "http.request.body.bytes": 18311,
        "http.request.method": "POST",
        "http.response.body.bytes": 902,
        "http.response.status_code": 200,
        "url.full": "https://chat.glacier.example/upload",
        "url.path": "/upload",
        "user_agent.original": 'Mozilla/5.0 "odd", x',
    }
    assert (upload["event.action"], upload["file.name"], upload["file.hash.sha256"]) == (
        "file_upload",
        "q1 rates.xlsx",
        "a" * 64,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["web_visit", "file_upload"]),
        ({"c25": "GET"}, ["web_visit", "file_access"]),
        ({"c28": ""}, ["web_visit"]),
        ({"c28": "", "c11": "2000000"}, ["web_visit", "file_upload"]),
    ],
)
def test_a_transfer_is_told_beside_the_request(changes, expected):
    assert [fields["event.action"] for fields in settled(row(PROXY, **changes))] == expected


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"c6": "BLOCKED"}, "block"),
        ({"c32": "ISOLATED"}, "block"),
        ({"c34": "WARNED"}, "warn"),
        ({"c6": "BLOCKED", "c34": "WARNED"}, "block"),
    ],
)
def test_a_request_may_be_blocked_isolated_or_warned_of(changes, decision):
    assert settled(row(PROXY, **changes))[0]["ai.policy.decision"] == decision


@pytest.mark.parametrize("size", [20, 21, 22, 23])
def test_a_request_of_an_old_release_is_read(size):
    (found,) = settled(row(PROXY, size))

    assert (found["url.domain"], found["event.dataset"], found["user.email"]) == (
        "chat.glacier.example",
        "umbrella.proxy",
        ADA,
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(NAMES, 8), "a row of Umbrella with 8 columns that is neither a look-up nor a request"),
        (row(NAMES)[:-1], "a row of Umbrella that breaks off within quotes"),
    ],
)
def test_what_is_neither_a_look_up_nor_a_request_is_refused(line, reason):
    with pytest.raises(BadRecord, match=reason):
        list(umbrella.read(line, {}))


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if umbrella.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from((JSON, row(NAMES), row(PROXY))).flatmap(mutations), st.sampled_from(("auto", "umbrella"))
)
def test_no_mutation_makes_the_reader_fall(record, source):
    judge(record, source)
    accounted(record, source)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from((row(NAMES), row(PROXY))).flatmap(mutations))
def test_every_mutated_row_is_events_or_a_reason(line):
    if umbrella.claims(line, {}):
        with suppress(BadRecord):
            assert settled(line)
