import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.sources import cisco_swa, squid
from tests.understand.samples import RECORDS, SQUID, SQUID_COMMON, fields_of
from tests.understand.sources.proxy_records import accounted, judge, mutations

TAG = "DEFAULT_CASE_12-GenAI_Policy-Staff-NONE-NONE-NONE-DefaultGroup-NONE"
BLOCK = '"C_AI",5.1,1,"-",-,-,-,1,"-",-,-,-,"-",1,-,"-","-",-,-,"Generative AI","-","Glacier","AI Chat","-","-",18.20,0,-,"-","-"'
LINE = (
    "Info: 1772614800.123 842 198.51.100.7 TCP_MISS/200 9051 POST https://Chat.Glacier.example:443/upload?q=secret "
    f'"FERNWOOD\\ada.lind@AD" DIRECT/203.0.113.3 application/json {TAG} <{BLOCK}> - "Mozilla/5.0 (X11)"'
)


def test_a_visit_has_exactly_these_fields():
    (visit,) = fields_of(LINE)

    assert {
        key: value
        for key, value in visit.items()
        if not key.startswith(("log.", "event.id", "ecs.", "event.kind"))
    } == {
        "@timestamp": "2026-03-04T09:00:00.123000Z",
        "ai.actor.type": "human",
        "ai.app.heuristic": True,
        "ai.app.name": "Glacier",
        "ai.content.available": "metadata",
        "ai.policy.decision": "allow",
        "ai.surface": "browser",
        "destination.ip": "203.0.113.3",
        "event.action": "web_visit",
        "event.category": ["web"],
        "event.code": "POST",
        "event.dataset": "cisco_swa.access",
        "event.module": "webproxy",
        "event.reason": "DEFAULT_CASE_12",
        "event.type": ["access", "allowed"],
        "http.request.method": "POST",
        "http.response.body.bytes": 9051,
        "http.response.status_code": 200,
        "source.ip": "198.51.100.7",
        "url.domain": "chat.glacier.example",
        "url.full": "https://chat.glacier.example/upload",
        "url.path": "/upload",
        "user.domain": "FERNWOOD",
        "user.name": "ada.lind",
        "user_agent.original": "Mozilla/5.0 (X11)",
    }


@pytest.mark.parametrize(
    ("old", "new", "decision", "outcome"),
    [
        ("DEFAULT_CASE_12", "ALLOW_ADMIN_11", "allow", None),
        ("DEFAULT_CASE_12", "PASSTHRU_WEBCAT_7", "allow", None),
        ("DEFAULT_CASE_12", "DECRYPT_WEBCAT_7", "allow", None),
        ("DEFAULT_CASE_12", "BLOCK_WEBCAT_12", "block", None),
        ("DEFAULT_CASE_12", "DROP_WEBCAT_12", "block", None),
        ("DEFAULT_CASE_12", "REDIRECT_WEBCAT_12", "block", None),
        ("DEFAULT_CASE_12", "CMF:1 DCF:2 ERR:3 BLOCK_WEBCAT_12", "block", None),
        ("TCP_MISS/200", "TCP_DENIED/403", "block", None),
        ("TCP_MISS/200 9051 POST", "TCP_DENIED/407 9051 POST", "block", None),
    ],
)
def test_the_tag_of_the_policy_decides(old, new, decision, outcome):
    (visit,) = fields_of(LINE.replace(old, new))

    assert (visit.get("ai.policy.decision"), visit.get("event.outcome")) == (decision, outcome)


def test_a_demand_for_a_login_decides_nothing():
    (visit,) = fields_of(LINE.replace("TCP_MISS/200", "TCP_DENIED/407").replace("DEFAULT_CASE_12", "OTHER"))

    assert (visit.get("ai.policy.decision"), visit["event.outcome"]) == (None, "failure")


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ('"ada.lind@AD"', "ada.lind"),
        ('"FERNWOOD\\\\ada.lind@AD"', "ada.lind"),
        ("ada.lind@fernwood.example", "ada.lind@fernwood.example"),
        ('"ada.lind@fernwood.example@AD"', "ada.lind@fernwood.example"),
        ("-", None),
    ],
)
def test_a_realm_is_no_part_of_a_login(user, name):
    assert fields_of(LINE.replace('"FERNWOOD\\ada.lind@AD"', user))[0].get("user.name") == name


def test_a_tunnel_and_an_unknown_app_leave_what_is_there():
    line = LINE.replace(
        "https://Chat.Glacier.example:443/upload?q=secret", "tunnel://Chat.Glacier.example:443/"
    )
    (visit,) = fields_of(line.replace('"Glacier","AI Chat"', '"Unknown","Unknown"').removeprefix("Info: "))

    assert visit["url.domain"] == "chat.glacier.example"
    assert not {"url.full", "url.path", "ai.app.name"} & visit.keys()


def test_neither_squid_nor_the_appliance_claims_the_other_s_lines():
    assert not squid.claims(LINE, {})
    assert not any(cisco_swa.claims(line, {}) for line in (SQUID, SQUID_COMMON))


def test_a_line_without_its_block_is_refused():
    assert accounted(LINE[: LINE.index("<") + 1], "cisco_swa") == "no record of cisco_swa; a line of text"


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if cisco_swa.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(mutations(LINE), st.sampled_from(("auto", "cisco_swa")))
def test_no_mutation_makes_the_reader_fall(record, source):
    judge(record, source)
    accounted(record, source)
