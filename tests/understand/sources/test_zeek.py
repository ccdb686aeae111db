import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.sources import zeek
from tests.understand.samples import RECORDS, fields_of
from tests.understand.sources.proxy_records import accounted, judge, mutations

CONNECTION = {
    "ts": 1772614800.123456,
    "uid": "CmWq7a3xY2",
    "id.orig_h": "198.51.100.7",
    "id.orig_p": 50111,
    "id.resp_h": "203.0.113.53",
    "id.resp_p": 53,
}
DNS = {
    "_path": "dns",
    **CONNECTION,
    "proto": "udp",
    "trans_id": 1,
    "rtt": 0.001,
    "query": "Chat.Glacier.example.",
    "qtype_name": "A",
    "rcode": 0,
    "rcode_name": "NOERROR",
    "answers": ["203.0.113.3"],
    "TTLs": [60.0],
    "rejected": False,
}
SSL = {
    "_path": "ssl",
    **CONNECTION,
    "version": "TLSv13",
    "cipher": "TLS_AES_128_GCM_SHA256",
    "server_name": "chat.glacier.example",
    "established": True,
    "resumed": False,
    "cert_chain_fps": [],
}
HTTP = {
    "_path": "http",
    **CONNECTION,
    "host": "Chat.Glacier.example",
    "uri": "/upload?q=secret",
    "method": "POST",
    "user_agent": "curl/8.9",
    "status_code": 200,
    "request_body_len": 18311,
}
HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#open\t2026-03-04-09-00-00\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tquery\ttrans_id\tqtype_name\trcode\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tcount\tstring\tcount\n"
)
SHORT = "1772614800.123456\tCmWq7a3xY2\t198.51.100.7\t50111\t203.0.113.53\t53\tchat.glacier.example\t1\tA\t0"
HEAD = "1772614800.123456\tCmWq7a3xY2\t198.51.100.7\t50111\t203.0.113.53\t53"
DNS_ROW = f"{HEAD}\tudp\t1\t0.001\tchat.glacier.example\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t203.0.113.3\t60.0\tF"
SSL_ROW = f"{HEAD}\tTLSv13\tx\tx25519\tchat.glacier.example\tF\t-\th2\tT\tCs\t-\t-\tT\tok"
OLD_SSL_ROW = f"{HEAD}\tTLSv12\tx\tx25519\tchat.glacier.example\tF\t-\th2\tF\tF1\t(empty)\t-\t-\t-\t-\tok"


def own(fields):
    return {
        key: value
        for key, value in fields.items()
        if not key.startswith(("log.", "event.id", "ecs.", "event.kind"))
    }


VISIT = {
    "@timestamp": "2026-03-04T09:00:00.123456Z",
    "ai.content.available": "metadata",
    "ai.policy.decision": "allow",
    "destination.ip": "203.0.113.53",
    "destination.port": 53,
    "event.action": "web_visit",
    "event.category": ["network"],
    "event.code": "dns",
    "event.dataset": "zeek.dns",
    "event.module": "dns",
    "event.outcome": "success",
    "event.type": ["protocol", "allowed"],
    "source.ip": "198.51.100.7",
    "url.domain": "chat.glacier.example",
}


@pytest.mark.parametrize("record", [DNS, DNS_ROW, HEADER + SHORT])
def test_a_look_up_has_exactly_these_fields_in_every_form(record):
    (found,) = fields_of(record)

    assert own(found) == VISIT


@pytest.mark.parametrize(
    "record",
    [SSL, SSL_ROW, {key: value for key, value in SSL.items() if key != "_path"}],
    ids=["json", "row", "unnamed"],
)
def test_a_handshake_has_exactly_these_fields_in_every_form(record):
    (found,) = fields_of(record)

    assert own(found) == {**VISIT, "event.code": "ssl", "event.dataset": "zeek.ssl"}


def test_a_request_is_a_visit_of_the_web():
    (found,) = fields_of(HTTP)

    visit = {key: value for key, value in VISIT.items() if key != "event.outcome"}
    assert own(found) == visit | {
        "ai.surface": "api",
        "event.category": ["web"],
        "event.code": "http",
        "event.dataset": "zeek.http",
        "event.module": "webproxy",
        "event.type": ["access", "allowed"],
        "http.request.body.bytes": 18311,
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "url.full": "http://chat.glacier.example/upload",
        "url.path": "/upload",
        "user_agent.original": "curl/8.9",
    }


def test_an_upload_by_its_size_is_told_beside_the_request():
    found = fields_of({**HTTP, "request_body_len": 2_000_000})

    assert [fields["event.action"] for fields in found] == ["web_visit", "file_upload"]


@pytest.mark.parametrize(
    "ends",
    [
        {"id": {"orig_h": "198.51.100.7", "orig_p": 50111, "resp_h": "203.0.113.53", "resp_p": 53}},
        {"id": '{"orig_h": "198.51.100.7", "resp_h": "203.0.113.53", "resp_p": 53}'},
        {"id_orig_h": "198.51.100.7", "id_resp_h": "203.0.113.53", "id_resp_p": 53},
    ],
)
def test_shippers_spell_the_connection_otherwise(ends):
    plain = {key: value for key, value in DNS.items() if not key.startswith("id.")}
    (found,) = fields_of(plain | ends)

    assert own(found) == VISIT


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        ({**DNS, "rcode": 3, "rcode_name": "NXDOMAIN"}, "failure"),
        ({**DNS, "rcode": None, "rcode_name": "NOERROR"}, "success"),
        ({**DNS, "rcode": None, "rcode_name": None}, None),
        ({**SSL, "established": False}, "failure"),
        ({**SSL, "established": "T"}, "success"),
        ({**SSL, "established": None}, None),
        (OLD_SSL_ROW, "failure"),
    ],
)
def test_an_answer_or_a_finished_handshake_is_the_outcome(record, outcome):
    assert fields_of(record)[0].get("event.outcome") == outcome


@pytest.mark.parametrize(
    "record", [{**SSL, "server_name": None}, SSL_ROW.replace("chat.glacier.example", "-")]
)
def test_a_handshake_without_a_name_keeps_its_ends(record):
    (found,) = fields_of(record)

    assert "url.domain" not in found
    assert (found["source.ip"], found["destination.ip"]) == ("198.51.100.7", "203.0.113.53")


@pytest.mark.parametrize(
    "name", ["_ldap._tcp.fernwood.example", "7.2.0.192.in-addr.arpa", "printer", "nas.local"]
)
def test_names_of_services_and_inner_zones_are_no_pages(name):
    (found,) = fields_of({**DNS, "query": name})

    assert "url.domain" not in found


def test_a_second_tap_sees_the_same_act():
    def identity(record):
        return fields_of(record)[0]["event.id"]

    second = {
        **DNS,
        "uid": "Cother1234",
        "ts": "2026-03-04T09:00:00.123999Z",
        "query": "chat.glacier.example.",
    }

    assert identity(DNS) == identity(second)
    assert identity(DNS) != identity({**second, "trans_id": 2})
    assert identity(SSL) != identity({**SSL, "uid": "Cother1234"})
    assert identity({**DNS, "trans_id": None}) != identity({**second, "trans_id": None})


def test_a_line_and_an_object_are_the_same_act():
    named = {**SSL, "ts": "2026-03-04T09:00:00.123456Z"}

    assert (
        fields_of(SSL_ROW)[0]["event.id"] == fields_of(named)[0]["event.id"] == fields_of(SSL)[0]["event.id"]
    )


@pytest.mark.parametrize("line", HEADER.splitlines())
def test_a_header_line_is_told_as_what_it_is(line):
    assert accounted(line) == "a header line of Zeek, which is no event"


def test_a_row_of_unknown_columns_needs_its_header():
    assert accounted(SHORT) == "a row of Zeek with 10 columns, without its header"
    (draft,) = zeek.read(SHORT, {"#header": HEADER})

    assert draft.fields["url.domain"] == "chat.glacier.example"


def test_a_broken_row_costs_its_neighbours_nothing():
    assert accounted(HEADER.replace("#fields", "#none") + DNS_ROW + "\nbroken\trow") == (
        "a row of Zeek with 2 columns, without its header"
    )
    assert len(judge(f"{HEADER}{SHORT}\n{SHORT}x")) == 2


def test_another_log_is_a_visit_without_a_page():
    (found,) = fields_of({"_path": "conn", **CONNECTION, "proto": "tcp"})

    assert (found["event.code"], found["event.dataset"]) == ("conn", "zeek.conn")
    assert "url.domain" not in found


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if zeek.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from((DNS, SSL, HTTP, DNS_ROW, SSL_ROW, HEADER + SHORT)).flatmap(mutations),
    st.sampled_from(("auto", "zeek")),
)
def test_no_mutation_makes_the_reader_fall(record, source):
    judge(record, source)
    accounted(record, source)
