import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fields import CLOSED, FIELDS
from pipeline.times import iso
from pipeline.understand.read import read
from pipeline.understand.settle import settle, stamp
from pipeline.understand.sources.forms.checks import CHECKS
from pipeline.understand.sources.normalised import SOURCE, typed
from tests.understand.samples import NORMALISED, fields_of, recorded

ARRIVED = 1772620000.0
VALUES = (
    *(
        "",
        " ",
        "-",
        "None",
        "unknown",
        "[REDACTED]",
        "word",
        "Word",
        "x" * 2000,
        "ä" * 200,
        "a\x00b",
        "7",
        "true",
        "TRUE",
    ),
    *(
        "prompt",
        "browser",
        "user",
        "block",
        "ada.lind@Fernwood.example",
        "a@b@c",
        "192.0.2.1:80",
        "::ffff:192.0.2.1",
    ),
    *(
        "198.51.100.***",
        "https://u:p@chatgpt.com:443/a?q=1#f",
        "ChatGPT.com.",
        "chatgpt.com/x",
        "[::1]:443",
        "2026-03-04",
    ),
    *(
        0,
        7,
        -1,
        7.0,
        7.5,
        2**63,
        2**70,
        True,
        False,
        None,
        [],
        {},
        ["a", "", 7, None],
        [[]],
        {"a": 1},
        1772614800,
        1e300,
    ),
)


def settled(**changes):
    (fields,) = fields_of({**NORMALISED, **{key.replace("__", "."): value for key, value in changes.items()}})
    return fields


def problems(**changes):
    return settled(**changes).get("ai.quality.problems", [])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"user__email": ["a", 7]}, "wrong_type:user.email"),
        ({"user__email": "nobody"}, "wrong_value:user.email"),
        ({"user__id": 7}, "wrong_type:user.id"),
        ({"source__ip": "harbour"}, "wrong_value:source.ip"),
        ({"gen_ai__usage__input_tokens": "many"}, "wrong_type:gen_ai.usage.input_tokens"),
        ({"gen_ai__usage__input_tokens": -1}, "wrong_value:gen_ai.usage.input_tokens"),
        ({"gen_ai__usage__input_tokens": True}, "wrong_type:gen_ai.usage.input_tokens"),
        ({"ai__content__text": 7}, "wrong_type:ai.content.text"),
        ({"ai__surface": "fridge"}, "wrong_value:ai.surface"),
        ({"ai__device__managed": "perhaps"}, "wrong_type:ai.device.managed"),
        ({"url__domain": "a b"}, None),
        ({"ai__data__classes": {"a": 1}}, "wrong_type:ai.data.classes"),
        ({"event__id": 7}, "wrong_type:event.id"),
        ({"event__created": "soon"}, "wrong_value:event.created"),
    ],
)
def test_a_wrong_value_is_dropped_and_told(change, problem):
    fields = settled(**change)
    name = next(iter(change)).replace("__", ".")

    assert name not in fields or name in ("event.id", "url.domain")
    assert problem is None or fields["ai.quality.problems"] == [problem]


@pytest.mark.parametrize("word", ["", "-", "unknown", "[REDACTED]", None])
def test_a_person_nobody_names_is_left_out_in_silence(word):
    fields = settled(user__id=word)

    assert "user.id" not in fields
    assert "ai.quality.problems" not in fields


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("user.email", "Ada.Lind@Fernwood.EXAMPLE", "ada.lind@fernwood.example"),
        ("source.ip", "[2001:DB8::1]:443", "2001:db8::1"),
        ("source.ip", "ffff:192.0.2.9", "192.0.2.9"),
        ("url.domain", "ChatGPT.com.", "chatgpt.com"),
        ("url.domain", "https://chatgpt.com/a b", "chatgpt.com"),
        ("url.full", "https://ada:pw@chatgpt.com:443/c/1?q=x#y", "https://chatgpt.com/c/1"),
        ("url.path", "/c/1?q=x", "/c/1"),
        ("gen_ai.usage.input_tokens", "318", 318),
        ("gen_ai.usage.input_tokens", 318.0, 318),
        ("ai.device.managed", "true", True),
        ("gen_ai.tool.name", "lookup", ["lookup"]),
        ("ai.data.classes", ["personal", "nonsense", 7], ["personal"]),
        ("ai.data.classes", [], []),
        ("ai.surface", "Browser", "browser"),
        ("event.created", 1772614800, "2026-03-04T09:00:00.000000Z"),
    ],
)
def test_a_value_gets_its_form(field, value, kept):
    assert settled(**{field.replace(".", "__"): value})[field] == kept


def test_a_url_without_a_scheme_still_gives_host_and_path():
    event = {key: value for key, value in NORMALISED.items() if key != "url.domain"}
    (fields,) = fields_of({**event, "url.full": "chatgpt.com/c/1?q=x"})

    assert (fields["url.domain"], fields["url.path"]) == ("chatgpt.com", "/c/1")
    assert "url.full" not in fields


def test_a_masked_address_is_kept_as_such():
    fields = settled(source__ip="198.51.100.***")

    assert fields["source.address"] == "198.51.100.***"
    assert "source.ip" not in fields
    assert "ai.quality.problems" not in fields


def test_keywords_are_cut_and_ids_hashed():
    fields = settled(
        user_agent__original="x" * 2000, gen_ai__conversation__id="y" * 2000, event__id="z" * 600
    )

    assert len(fields["user_agent.original"]) == 1024
    assert fields["ai.quality.problems"] == ["cut:user_agent.original"]
    assert len(fields["gen_ai.conversation.id"]) == len(fields["event.id"]) == 32
    assert (
        settled(gen_ai__conversation__id="y" * 2001)["gen_ai.conversation.id"]
        != fields["gen_ai.conversation.id"]
    )


@pytest.mark.parametrize("identity", ["a\nb", "\x1b[31m", "ü" * 200])
def test_an_event_id_that_could_harm_a_terminal_or_a_line_is_hashed(identity):
    assert len(settled(event__id=identity)["event.id"]) == 32


def test_what_only_we_may_say_is_not_taken_from_outside():
    fields = settled(
        event__kind="alert",
        rule__id="EXF-001",
        ai__policy__expected="allow",
        ai__risk__level="low",
        ai__content__hash="x",
        ai__taint=["secret"],
        ai__quality__problems=["late"],
        log__file__path="/etc/passwd",
        something="else",
    )

    assert fields["event.kind"] == "event"
    assert fields["log.file.path"] == "some/file.jsonl"
    assert (
        not {"rule.id", "ai.policy.expected", "ai.risk.level", "ai.content.hash", "ai.taint", "something"}
        & fields.keys()
    )
    assert "ai.quality.problems" not in fields


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("yesterday", "time_unusable"),
        ("1999-12-31T23:59:59Z", "time_unusable"),
        ("2026-03-04:06:07.123", "time_unusable"),
        (3, "time_unusable"),
        (None, "time_unusable"),
        ("8999-01-01T00:00:00Z", "future_time"),
        ("2101-01-01T00:00:01Z", "future_time"),
    ],
)
def test_an_unusable_time_gives_way_to_the_arrival(time, problem):
    fields = settled(**{"@timestamp": time})

    assert fields["@timestamp"] == iso(ARRIVED)
    assert fields["ai.quality.problems"] == [problem]


def test_without_any_time_at_all_it_is_the_first_second_of_1970():
    ((time, fields),) = read(recorded({**NORMALISED, "@timestamp": "never"}, arrived=None))

    assert (time, fields["@timestamp"]) == (0.0, "1970-01-01T00:00:00.000000Z")


@pytest.mark.parametrize(
    ("log", "days", "usable"),
    [
        ("ai.raw.litellm-0", 0.9, True),
        ("ai.raw.litellm-0", 1.1, False),
        ("file.jsonl", 60, True),
        ("file.jsonl", 400, False),
    ],
)
def test_a_time_ahead_of_its_topic_is_a_mistake_but_a_file_may_rest(log, days, usable):
    ahead = {**NORMALISED, "@timestamp": ARRIVED + days * 86400}
    ((time, fields),) = read(recorded(ahead, log=log))

    assert (time > ARRIVED) == usable
    assert ("future_time" in fields.get("ai.quality.problems", [])) == (not usable)


def test_an_arrival_that_is_no_time_holds_nobody_back():
    (fields,) = fields_of(NORMALISED, arrived=0.0, log="ai.raw.x-0")

    assert "ai.quality.problems" not in fields


@given(st.floats(0, 4e9))
def test_times_are_written_as_the_whole_project_writes_them(time):
    assert stamp(time) == iso(time)


@pytest.mark.parametrize(
    ("change", "available"),
    [
        ({}, "full"),
        ({"ai__content__available": "metadata"}, "full"),
        ({"ai__content__text": "[REDACTED]"}, "redacted"),
        ({"ai__content__text": "[4,211 characters not shown]"}, "redacted"),
        ({"ai__content__text": None}, "metadata"),
        ({"ai__content__text": None, "ai__content__available": "full"}, "metadata"),
        ({"ai__content__text": None, "ai__content__available": "redacted"}, "redacted"),
        ({"ai__content__text": None, "ai__data__label": "confidential"}, "labels"),
        ({"ai__content__text": None, "ai__data__dlp_profiles": ["PCI"]}, "labels"),
    ],
)
def test_an_event_says_how_much_of_the_content_it_has(change, available):
    fields = settled(**change)

    assert fields["ai.content.available"] == available
    assert ("ai.content.text" in fields) == (available == "full")


def test_the_length_is_the_source_s_or_that_of_the_text():
    assert settled()["ai.content.length"] == len(NORMALISED["ai.content.text"])
    assert settled(ai__content__length=99)["ai.content.length"] == 99


@pytest.mark.parametrize(
    ("change", "decision", "kinds"),
    [
        ({}, "allow", ["start"]),
        ({"event__outcome": "failure"}, None, ["start"]),
        ({"event__action": "web_visit"}, "allow", ["access", "allowed"]),
        ({"event__action": "web_visit", "ai__policy__decision": "block"}, "block", ["access", "denied"]),
        ({"event__action": "tool_call"}, "allow", ["start"]),
        ({"event__action": "tool_call", "ai__policy__decision": "block"}, "block", ["start", "denied"]),
        ({"event__action": "tool_call", "ai__approval__state": "denied"}, None, ["start", "denied"]),
        ({"event__action": "approval", "ai__approval__state": "approved"}, "allow", ["info", "allowed"]),
        ({"event__action": "approval", "ai__approval__state": "pending"}, "allow", ["info"]),
        ({"event__action": "heartbeat"}, None, ["info"]),
        ({"event__action": "inventory"}, None, ["info"]),
    ],
)
def test_a_source_that_decides_nothing_lets_through_what_did_not_fail(change, decision, kinds):
    fields = settled(**change)

    assert fields.get("ai.policy.decision") == decision
    assert fields["event.type"] == kinds
    assert fields["event.kind"] == ("asset" if change.get("event__action") == "inventory" else "event")


def test_the_category_of_a_call_tells_what_it_acts_on():
    assert settled(event__action="tool_call", process__command_line="ls")["event.category"] == [
        "api",
        "process",
    ]
    assert settled(event__action="tool_call", file__path="/etc/hosts")["event.category"] == ["api", "file"]


@pytest.mark.parametrize(
    ("change", "actor"),
    [
        ({}, "human"),
        ({"event__action": "tool_call", "gen_ai__agent__id": "a"}, "agent"),
        ({"event__action": "tool_call", "ai__surface": "cli"}, "agent"),
        ({"user__email": None, "user__id": None, "gen_ai__agent__id": "a"}, "agent"),
        ({"user__email": None, "user__id": None, "ai__key__id": "k"}, "service"),
        ({"user__email": None, "user__id": None}, None),
        ({"ai__actor__type": "service"}, "service"),
    ],
)
def test_who_acts_is_told_by_what_is_named(change, actor):
    assert settled(**change).get("ai.actor.type") == actor


def test_a_person_s_address_names_login_and_domain():
    fields = settled(user__email="Ada.Lind@fernwood.example")

    assert (fields["user.name"], fields["user.domain"]) == ("ada.lind@fernwood.example", "fernwood.example")
    assert settled(user__name="ada")["user.name"] == "ada"


def test_a_log_whose_name_is_no_text_does_not_stop_us():
    (fields,) = fields_of(NORMALISED, log="caf\udce9.jsonl")

    assert orjson.dumps(fields)


def test_every_field_of_the_list_has_a_check_or_is_ours_to_say():
    ours = FIELDS.keys() - CHECKS.keys()

    assert {"event.id", "@timestamp", "rule.id", "ai.risk.score", "ai.content.sketch"} <= ours
    assert {"user.email", "ai.content.text", "gen_ai.tool.name", "ai.device.managed"} <= CHECKS.keys()


def long_way(event):
    """What `typed` and `settled` leave out: one value at a time."""
    record = recorded(event)
    value = orjson.loads(record.body)
    (event,) = settle(SOURCE.read(value, {}), {}, record, value)
    return event


EVENTS = st.dictionaries(
    st.sampled_from([*CHECKS, "event.kind", "strange"]), st.sampled_from(VALUES), max_size=8
)


def short_way(event):
    ((time, fields),) = read(recorded(event))
    return time, fields


def test_the_short_way_is_the_long_way_for_every_value_of_every_field():
    for name in (*CHECKS, "@timestamp", "event.id", "event.kind", "strange"):
        for value in VALUES if name != "event.action" else ("prompt", "migrate"):
            event = {**NORMALISED, name: value}
            assert short_way(event) == long_way(event), (name, value)


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_the_short_way_is_the_long_way(changes):
    event = {**NORMALISED, **changes, "event.action": "prompt"}

    assert short_way(event) == long_way(event)


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_every_value_that_stays_has_the_type_of_its_field(changes):
    python = {"long": int, "float": float, "boolean": bool}
    (fields,) = fields_of({**NORMALISED, **changes, "event.action": "prompt"})

    for name, value in fields.items():
        members = value if FIELDS[name].many else [value]
        assert all(type(member) is python.get(FIELDS[name].kind, str) for member in members), name
        assert all(member in CLOSED.get(name, (member,)) for member in members), name
        assert FIELDS[name].kind == "text" or all(len(str(member)) <= 1024 for member in members), name


def test_an_ordinary_event_takes_the_short_way():
    assert typed(orjson.dumps(NORMALISED)) is not None
