import pytest

from tests.understand.samples import (
    ADA,
    SQUID,
    SQUID_COMMON,
    ZSCALER,
    ZSCALER_AUDIT,
    ZSCALER_DNS,
    fields_of,
    one,
    verbs,
)


def web(**changes):
    return {**ZSCALER, "event": {**ZSCALER["event"], **changes}}


def test_a_visit_names_person_device_app_and_page():
    visit = one(ZSCALER, "web_visit")

    assert (visit["user.email"], visit["ai.user.department"], visit["host.name"]) == (
        ADA,
        "Engineering North",
        "fw-w-ada",
    )
    assert (visit["url.domain"], visit["url.path"]) == ("chatgpt.com", "/backend/upload")
    assert visit["url.full"] == "https://chatgpt.com/backend/upload"
    assert (visit["http.request.body.bytes"], visit["http.response.status_code"]) == (18311, 200)
    assert (visit["ai.surface"], visit["ai.app.name"], visit["ai.app.heuristic"]) == (
        "browser",
        "ChatGPT",
        True,
    )
    assert "file.name" not in visit


def test_a_block_keeps_its_reason():
    visit = one(ZSCALER, "web_visit")

    assert (visit["ai.policy.decision"], visit["event.reason"]) == ("block", "Not allowed to upload")
    assert visit["event.type"] == ["access", "denied"]


def test_dictionaries_that_matched_are_labels():
    visit = one(ZSCALER, "web_visit")

    assert (visit["ai.data.dlp_profiles"], visit["ai.content.available"]) == (["PCI"], "labels")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["web_visit", "file_upload"]),
        ({"requestmethod": "GET"}, ["web_visit", "file_access"]),
        ({"filename": "None"}, ["web_visit"]),
        ({"filename": "None", "requestsize": "2000000"}, ["web_visit", "file_upload"]),
        ({"filename": "None", "requestsize": "many"}, ["web_visit"]),
        ({"filename": "", "prompt_req": "What is this?"}, ["web_visit", "prompt"]),
    ],
)
def test_a_transfer_is_told_beside_the_visit(changes, expected):
    assert verbs(web(**changes)) == expected


@pytest.mark.parametrize(
    ("word", "decision"),
    [
        ("Allowed", "allow"),
        ("Blocked", "block"),
        ("Isolate", "block"),
        ("reset-both", "block"),
        ("Caution", "warn"),
        ("coach_user", "warn"),
        ("override", "override"),
        ("useralert", "allow"),
        ("None", "allow"),
        ("", "allow"),
    ],
)
def test_words_for_decisions_are_understood(word, decision):
    assert one(web(action=word, reason="None"), "web_visit")["ai.policy.decision"] == decision


def test_an_unknown_word_is_kept_and_told():
    visit = one(web(action="Pondered", reason="None"), "web_visit")

    assert visit["event.reason"] == "Pondered"
    assert visit["ai.quality.problems"] == ["unknown_decision"]


def test_a_record_without_a_page_has_its_host():
    visit = one(web(url="None", protocol="SSL", requestmethod="NA", status="NA"), "web_visit")

    assert visit["url.domain"] == "chatgpt.com"
    assert not {"url.full", "http.request.method", "http.response.status_code"} & visit.keys()


def test_the_host_of_a_page_is_not_the_host_of_a_person():
    visit = one(web(devicehostname="NA"), "web_visit")

    assert "host.name" not in visit


def test_a_name_look_up_is_blocked_if_either_side_says_so():
    (found,) = fields_of(ZSCALER_DNS)

    assert (found["url.domain"], found["ai.policy.decision"]) == ("chatgpt.com", "block")
    assert (found["event.category"], found["event.type"]) == (["network"], ["protocol", "denied"])


def test_an_administrator_s_change_keeps_names_of_keys_alone():
    (found,) = fields_of(ZSCALER_AUDIT)

    assert (found["event.action"], found["event.outcome"]) == ("config_change", "success")
    assert found["event.reason"] == "POLICY clientSecret"


@pytest.mark.parametrize(
    ("sourcetype", "event", "verb"),
    [
        (
            "zscalernss-audit",
            {"time": "Wed Mar 04 09:03:00 2026", "action": "SIGN_IN", "adminid": ADA, "result": "FAILURE"},
            "signin",
        ),
        (
            "zscalernss-fw",
            {
                "datetime": "Wed Mar 04 09:03:00 2026",
                "user": ADA,
                "csip": "192.0.2.1",
                "cdip": "203.0.113.1",
                "cdport": "443",
                "action": "Allow",
                "nwapp": "x",
            },
            "web_visit",
        ),
        (
            "zscalernss-casb",
            {"login": ADA, "applicationname": "Drive", "filename": "a.xlsx", "dlpenginenames": "PCI"},
            "file_upload",
        ),
    ],
)
def test_every_feed_has_its_verb(sourcetype, event, verb):
    assert verbs({"sourcetype": sourcetype, "event": event}) == [verb]


def test_a_native_line_is_a_visit():
    (visit,) = fields_of(SQUID)

    assert (visit["user.name"], visit["source.ip"], visit["url.domain"]) == (
        "ada",
        "192.0.2.18",
        "chatgpt.com",
    )
    assert (visit["ai.policy.decision"], visit["event.reason"], visit["ai.surface"]) == (
        "block",
        "TCP_DENIED",
        "browser",
    )
    assert visit["http.response.body.bytes"] == 9051
    assert not {"url.path", "url.full", "user.email"} & visit.keys()


def test_a_common_line_is_a_visit():
    (visit,) = fields_of(SQUID_COMMON)

    assert (visit["@timestamp"], visit["url.full"]) == (
        "2026-03-04T09:04:00.000000Z",
        "https://chatgpt.com/upload",
    )
    assert (visit["http.request.method"], visit["http.response.status_code"]) == ("POST", 200)


@pytest.mark.parametrize(
    ("line", "decision", "outcome"),
    [
        (
            "1772615040.123 1 192.0.2.18 TCP_DENIED/407 9 GET http://a.example/ - HIER_NONE/- text/html",
            None,
            "failure",
        ),
        (
            "1772615040.123 1 192.0.2.18 TCP_MISS/403 9 GET http://a.example/ - HIER_NONE/- text/html ",
            "block",
            None,
        ),
        (
            "1772615040.123 1 192.0.2.18 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -",
            "allow",
            None,
        ),
    ],
)
def test_a_demand_for_a_login_decides_nothing(line, decision, outcome):
    (visit,) = fields_of(line)

    assert (visit.get("ai.policy.decision"), visit.get("event.outcome")) == (decision, outcome)
    assert "user.name" not in visit


def test_a_line_is_known_by_its_content_and_place_wherever_its_file_lies():
    here, there, below = (
        fields_of(SQUID, log=log, line=line)[0]["event.id"]
        for log, line in (("a/x", 1), ("b/y", 1), ("a/x", 2))
    )

    assert here == there != below
