import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.sources import fortinet
from tests.understand.samples import ADA, RECORDS, fields_of, verbs
from tests.understand.sources.proxy_records import accounted, mutations

WEB = {
    "date": "2026-03-04", "time": "10:00:00", "devname": '"FW1"', "devid": '"FGX"', "eventtime": "1772614800123456789",
    "tz": '"+0100"', "logid": '"0317013312"', "type": '"utm"', "subtype": '"webfilter"', "eventtype": '"ftgd_allow"', "vd": '"root"',
    "sessionid": "7", "srcip": "198.51.100.7", "srcport": "50111", "dstip": "203.0.113.3", "dstport": "443", "user": '"ada.lind"',
    "service": '"HTTPS"', "hostname": '"Chat.Glacier.example"', "action": '"passthrough"',
    "url": '"https://Chat.Glacier.example/c?q=secret"', "httpmethod": '"POST"', "agent": '"Mozilla/5.0 \\"odd\\""',
    "sentbyte": "18311", "rcvdbyte": "902", "direction": '"outgoing"', "catdesc": '"Artificial Intelligence"',
}  # fmt: skip
CEF = (
    "<14>Mar  4 09:00:00 fw1 CEF:0|Fortinet|Fortigate|v7.4|13312|utm:webfilter allowed|4|deviceExternalId=FGX "
    "FTNTFGTlogid=0317013312 cat=utm:webfilter FTNTFGTsubtype=webfilter FTNTFGTeventtime=1772614800123456789 externalId=7 "
    "src=198.51.100.7 spt=50111 dst=203.0.113.3 dpt=443 duser=ada.lind dhost=Chat.Glacier.example "
    'request=https://Chat.Glacier.example/c?q\\=secret act=passthrough app=HTTPS requestClientApplication=Mozilla/5.0 "odd" '
    "requestMethod=POST out=18311 in=902 FTNTFGTcatdesc=Artificial Intelligence"
)


def line(head="", **changes):
    told = WEB | changes
    return head + " ".join(f"{key}={value}" for key, value in told.items() if value is not None)


def own(fields):
    return {
        key: value
        for key, value in fields.items()
        if not key.startswith(("log.", "event.id", "ecs.", "event.kind"))
    }


@pytest.mark.parametrize("record", [line(), line("<189>"), line("<189>Mar 4 09:00:00 fw1 "), CEF])
def test_a_visit_has_exactly_these_fields_in_both_forms(record):
    (visit,) = fields_of(record)

    assert own(visit) == {
        "@timestamp": visit["@timestamp"],
        "ai.actor.type": "human",
        "ai.app.heuristic": True,
        "ai.content.available": "metadata",
        "ai.policy.decision": "allow",
        "ai.surface": "browser",
        "destination.ip": "203.0.113.3",
        "destination.port": 443,
        "event.action": "web_visit",
        "event.category": ["web"],
        "event.code": "utm/webfilter",
        "event.dataset": "fortinet.utm",
        "event.module": "webproxy",
        "event.reason": "passthrough",
        "event.type": ["access", "allowed"],
        "http.request.body.bytes": 18311,
        "http.request.method": "POST",
        "http.response.body.bytes": 902,
        "source.ip": "198.51.100.7",
        "url.domain": "chat.glacier.example",
        "url.full": "https://chat.glacier.example/c",
        "url.path": "/c",
        "user.name": "ada.lind",
        "user_agent.original": 'Mozilla/5.0 "odd"',
    }
    assert visit["@timestamp"].startswith("2026-03-04T09:00:00.123")


def test_both_forms_of_a_record_are_the_same_act():
    assert fields_of(line())[0]["event.id"] == fields_of(CEF)[0]["event.id"]


@pytest.mark.parametrize(
    ("changes", "time"),
    [
        ({"eventtime": "1772614800"}, "2026-03-04T09:00:00.000000Z"),
        ({"eventtime": None}, "2026-03-04T09:00:00.000000Z"),
        ({"eventtime": None, "date": None, "timestamp": "1772614801"}, "2026-03-04T09:00:01.000000Z"),
    ],
)
def test_the_best_time_wins(changes, time):
    assert fields_of(line(**changes))[0]["@timestamp"] == time


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"subtype": "dlp", "filename": '"q1 rates.xlsx"', "filesize": "88211"},
            ["web_visit", "file_upload"],
        ),
        ({"subtype": "dlp"}, ["web_visit", "file_upload"]),
        ({"subtype": "file-filter", "filename": "a.pdf"}, ["web_visit", "file_upload"]),
        (
            {"subtype": "file-filter", "filename": "a.pdf", "direction": '"incoming"'},
            ["web_visit", "file_access"],
        ),
        ({"subtype": "app-ctrl"}, ["web_visit"]),
        ({"sentbyte": "2000000"}, ["web_visit", "file_upload"]),
        ({"type": "traffic", "subtype": "forward"}, ["web_visit"]),
        ({"type": "event", "subtype": "system", "action": "edit"}, ["config_change"]),
    ],
)
def test_a_record_has_the_verbs_of_its_type(changes, expected):
    assert verbs(line(**changes)) == expected


def test_what_a_filter_for_data_loss_found_is_a_label():
    visit, upload = fields_of(line(subtype="dlp", filename="a.xlsx", filtername='"PCI"'))

    assert (upload["ai.data.dlp_profiles"], upload["ai.content.available"]) == (["PCI"], "labels")
    assert (upload["file.name"], "file.name" in visit) == ("a.xlsx", False)


def test_a_name_look_up_is_a_visit_of_the_network():
    (found,) = fields_of(line(subtype="dns", qname="Chat.Glacier.example.", action="block"))

    assert (found["event.category"], found["url.domain"]) == (["network"], "chat.glacier.example")
    assert found["ai.policy.decision"] == "block"


def test_a_path_beside_its_host_is_a_page():
    assert fields_of(line(url="/c/new"))[0]["url.full"] == "https://chat.glacier.example/c/new"
    assert "url.path" not in fields_of(line(url=None))[0]


def test_traffic_without_a_host_is_of_the_network():
    (found,) = fields_of(
        line(type="traffic", subtype="forward", url=None, hostname=None, action="client-rst")
    )

    assert (found["event.category"], found["ai.policy.decision"]) == (["network"], "allow")


@pytest.mark.parametrize(
    ("action", "status", "outcome", "kinds"),
    [
        ("login", "success", "success", ["start"]),
        ("login", "failed", "failure", ["start"]),
        ("logout", "success", "success", ["end"]),
        ("logout", None, None, ["end"]),
    ],
)
def test_an_administrator_signs_in(action, status, outcome, kinds):
    (found,) = fields_of(line(type="event", subtype="system", action=action, status=status, user=ADA))

    assert (found["event.action"], found.get("event.outcome"), found["event.type"]) == (
        "signin",
        outcome,
        kinds,
    )
    assert found["user.email"] == ADA


def test_a_person_who_did_not_log_in_is_nobody():
    assert "user.name" not in fields_of(line(user='"unauthuser"'))[0]


def test_what_breaks_off_is_refused_or_read():
    assert (
        accounted("CEF:0|Fortinet|Fortigate|v7.4")
        == "an event in the Common Event Format without its eight parts"
    )
    assert accounted("logid=1 vd=root type=") == "a line of FortiGate that does not name its type"
    assert accounted(line() + "x" * 70_000) == "a line of FortiGate of more than 64 KiB"


def test_nothing_of_others_is_claimed():
    assert [name for name, record in RECORDS.items() if fortinet.claims(record, {})] == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from((line(), CEF)).flatmap(mutations), st.sampled_from(("auto", "fortinet")))
def test_no_mutation_makes_the_reader_fall(record, source):
    accounted(record, source)
