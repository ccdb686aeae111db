from datetime import UTC, datetime

import pytest

from pipeline.understand.sources.forms.addresses import address, domain, masked, web
from pipeline.understand.sources.forms.messages import fresh, joined, walk
from pipeline.understand.sources.forms.moments import moment
from pipeline.understand.sources.forms.people import person
from pipeline.understand.sources.forms.tools import called, origin
from pipeline.understand.sources.forms.values import given, pick, table, withheld
from pipeline.understand.sources.forms.words import provider, surface

NINE = datetime(2026, 3, 4, 9, 0, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-04T09:00:00Z",
        "2026-03-04T10:00:00+01:00",
        "2026-03-04T09:00:00.000000000Z",
        "2026-03-04T09:00:00",
        "2026-03-04 09:00:00.0000",
        " 2026-03-04 09:00:00\n",
        "Wed Mar 04 09:00:00 2026",
        "3/4/2026 9:00:00 AM",
        "2026/03/04 09:00:00",
        "04/03/2026 09:00:00",
        "04/Mar/2026:10:00:00 +0100",
        "04/Mar/2026:09:00:00",
        1772614800,
        1772614800.0,
        1772614800000,
        1772614800000000,
        "1772614800000000000",
        "1772614800.000",
        639082116000000000,
    ],
)
def test_a_time_in_any_shape_is_the_same_time(value):
    assert moment(value) == NINE


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "",
        "2026-03-04:06:07.123",
        "2026-13-01T00:00:00Z",
        "9" * 30,
        "x" * 100,
        None,
        True,
        [],
        {},
        "0000-00-00",
    ],
)
def test_what_is_no_time_gives_none(value):
    assert moment(value) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:443", "192.0.2.7"),
        ("[2001:DB8::7]:443", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 198.51.100.1", "192.0.2.7"),
        ("0.0.0.0", None),
        ("192.0.2", None),
        ("198.51.100.***", None),
        ("harbour", None),
        ("1" * 500, None),
        ("192.0.2.7\x00", None),
    ],
)
def test_addresses_are_canonical(text, found):
    assert address(text) == found


def test_masked_addresses_are_known():
    assert all(masked(text) for text in ("198.51.100.***", "198.51.100.x", "198.51.100.0/24"))
    assert not any(masked(text) for text in ("198.51.100.1", "harbour", ""))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://U:p@Chat.Example:8443/a/b?c=d#e", ("chat.example", "/a/b", "https://chat.example/a/b")),
        ("chat.example/a?b", ("chat.example", "/a", None)),
        ("chat.example:443", ("chat.example", None, None)),
        ("tunnel://chat.example:443/", ("chat.example", None, None)),
        ("https://chat.example", ("chat.example", None, "https://chat.example/")),
        ("https://chat.example/a b", ("chat.example", "/a", "https://chat.example/a")),
        ('https://chat.exa\r\nmple/a{"b"', ("chat.example", "/a", "https://chat.example/a")),
        ("https://bücher.example/", ("bücher.example", "/", "https://bücher.example/")),
        ("https://[2001:db8::1]/a", (None, None, None)),
        ("?q=secret", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_urls_are_taken_apart_and_lose_query_and_user(text, parts):
    found = web(text)

    assert (found.get("url.domain"), found.get("url.path"), found.get("url.full")) == parts


def test_a_domain_is_a_host_and_no_more():
    assert domain("Chat.Example.") == "chat.example"
    assert domain("chat.example:443") == "chat.example"
    assert domain("a" * 300) is None


@pytest.mark.parametrize(
    ("login", "found"),
    [
        ("Ada.Lind@Fernwood.example", {"user.email": "ada.lind@fernwood.example"}),
        ("FERNWOOD\\ada.lind", {"user.domain": "FERNWOOD", "user.name": "ada.lind"}),
        ("FERNWOOD\\\\ada.lind", {"user.domain": "FERNWOOD", "user.name": "ada.lind"}),
        ("Ada Lind (ada.lind@fernwood.example)", {"user.email": "ada.lind@fernwood.example"}),
        ("x ([a@b.example](mailto:a@b.example))", {"user.email": "a@b.example"}),
        ("arn:aws:sts::1:assumed-role/dev/ada", {"user.name": "ada", "user.roles": ["dev"]}),
        ("arn:aws:sts::1:assumed-role/dev/a@b.example", {"user.email": "a@b.example", "user.roles": ["dev"]}),
        ("arn:aws:iam::1:user/team/ada", {"user.name": "ada"}),
        ("arn:aws:iam::1:root", {"user.name": "root"}),
        ("ada", {"user.name": "ada"}),
        *((word, {}) for word in ("", "-", "unknown", "None", "[REDACTED]", "192.0.2.7", "x" * 2000, None)),
        (7, {"user.name": 7}),
    ],
)
def test_logins_of_every_form_name_the_person(login, found):
    assert person(login) == found


def test_words_that_mean_nothing_are_not_there_but_zero_is():
    assert not any(
        given(word) for word in (None, "", " ", "-", "N/A", "null", "00000000-0000-0000-0000-000000000000")
    )
    assert all(given(value) for value in (0, False, [], "unknown"))
    assert withheld("ANONYMIZED-7")
    assert not withheld("my password is [REDACTED], see above" + "x" * 40)


def test_a_table_takes_the_first_path_that_leads_somewhere():
    rows = table({"a": "x.y | z", "b": "none"})

    assert pick({"x": {"y": "1"}, "z": "2"}, rows) == {"a": "1"}
    assert pick({"x": {"y": "-"}, "z": "2"}, rows) == {"a": "2"}
    assert pick({"x": 7, "z": 0}, rows) == {"a": 0}


def test_words_of_others_become_ours():
    assert [provider(word) for word in ("azure", "Vertex_AI", "glacier", None)] == [
        "azure.ai.openai",
        "gcp.vertex_ai",
        "glacier",
        None,
    ]
    assert [surface(agent) for agent in ("Mozilla/5.0", "curl/8.9", "-", None)] == [
        "browser",
        "api",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("WebFetch", "web"),
        ("browser_click", "web"),
        ("fetch_page", "web"),
        ("Read", "file"),
        ("read_memory", "memory"),
        ("Bash", "tool"),
        (None, "tool"),
    ],
)
def test_the_origin_of_a_result_is_told_by_its_tool(name, source):
    assert origin(name) == source


@pytest.mark.parametrize(
    ("name", "arguments", "field", "value"),
    [
        ("Bash", {"command": "ls"}, "process.command_line", "ls"),
        ("local_shell", {"command": ["ls", "-l"]}, "process.command_line", "ls -l"),
        ("Bash", '{"command": "ls"}', "process.command_line", "ls"),
        ("Edit", {"file_path": "C:\\a\\b.py"}, "file.name", "b.py"),
        ("WebFetch", {"url": "https://a.example/"}, "url.full", "https://a.example/"),
        ("Task", {"subagent_type": "scout"}, "gen_ai.agent.name", "scout"),
        ("mcp__a__b__c", {}, "gen_ai.tool.name", ["b__c"]),
        ("mcp__a__b__c", {}, "ai.tool.server", "a"),
    ],
)
def test_well_known_tools_show_what_they_act_on(name, arguments, field, value):
    assert called(name, arguments)[field] == value


CALL, RESULT, FILE = ("call", "send"), ("result", "ok"), ("file", "a.pdf")


@pytest.mark.parametrize(
    "messages",
    [
        [
            {
                "role": "user",
                "content": [{"type": "text", "text": "hi"}, {"type": "input_file", "filename": "a.pdf"}],
            },
            {
                "role": "assistant",
                "tool_calls": [{"id": "c", "function": {"name": "send", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "c", "content": "ok"},
        ],
        [
            {
                "role": "user",
                "content": [{"type": "text", "text": "hi"}, {"type": "document", "title": "a.pdf"}],
            },
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "send", "input": {}}]},
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "c", "content": [{"type": "text", "text": "ok"}]}
                ],
            },
        ],
        [
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "hi"},
                    {"type": "input_file", "filename": "a.pdf"},
                ],
            },
            {"type": "reasoning", "summary": [], "encrypted_content": "x"},
            {"type": "function_call", "call_id": "c", "name": "send", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "ok"},
        ],
        [
            {"role": "user", "content": [{"text": "hi"}, {"document": {"name": "a.pdf", "format": "pdf"}}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "c", "name": "send", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "c", "content": [{"text": "ok"}]}}]},
        ],
        [
            {
                "role": "user",
                "parts": [{"text": "hi"}, {"file_data": {"name": "a.pdf", "mimeType": "application/pdf"}}],
            },
            {
                "role": "model",
                "parts": [
                    {"text": "let me think", "thought": True},
                    {"functionCall": {"id": "c", "name": "send", "args": {}}},
                ],
            },
            {"role": "function", "parts": [{"text": "ok"}], "tool_call_id": "c"},
        ],
        [
            {
                "role": "user",
                "parts": [{"type": "text", "content": "hi"}, {"type": "file", "file_name": "a.pdf"}],
            },
            {
                "role": "assistant",
                "parts": [{"type": "tool_call", "id": "c", "name": "send", "arguments": {}}],
            },
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", "response": "ok"}]},
        ],
    ],
    ids=["OpenAI chat", "Anthropic", "OpenAI responses", "Bedrock", "Gemini", "OpenTelemetry"],
)
def test_every_dialect_says_the_same(messages):
    found = [(part.kind, part.text or part.tool or part.file.get("file.name")) for part in walk(messages)]

    assert found == [("text", "hi"), FILE, CALL, RESULT]
    assert [(part.kind, part.tool, part.text) for part in fresh(messages)] == [("result", "send", "ok")]


def test_roles_have_one_name():
    roles = ("human", "bot", "developer", "environment", "User", "poet", None)

    assert [part.role for role in roles for part in walk([{"role": role, "content": "x"}])] == [
        "user", "assistant", "system", "tool", "user", "user", "user",
    ]  # fmt: skip


def test_only_what_follows_the_last_answer_is_new_and_system_text_always():
    turns = [
        {"role": role, "content": role + str(at)}
        for at, role in enumerate(("system", "user", "assistant", "user"))
    ]

    assert [part.text for part in fresh(turns)] == ["system0", "user3"]
    assert [part.text for part in fresh(turns[:2])] == ["system0", "user1"]


@pytest.mark.parametrize(
    "begun",
    [
        [{"role": "assistant", "content": "Sure, here"}],
        [{"role": "model", "parts": [{"text": "Sure"}]}],
        [{"role": "Assistant", "content": [{"type": "text", "text": "{"}]}] * 2,
        [{"author": "bot", "content": "Sure"}],
    ],
)
def test_an_answer_that_was_begun_for_the_model_does_not_hide_the_question(begun):
    assert [part.text for part in fresh([{"role": "user", "content": "hi"}, *begun])] == ["hi"]


@pytest.mark.parametrize("kind", [["text"], {"a": 1}, 7, True])
def test_a_type_that_is_no_word_is_none(kind):
    block = {"type": kind, "text": "hi"}

    assert [part.text for part in walk([{"role": "user", "content": [block]}])] == ["hi"]
    assert joined([block]) == "hi"


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"text": "hi"}, "hi"),
        ({"text": "hi", "cachePoint": {}}, "hi"),
        ({"text": "hi", "thought": True}, None),
    ],
)
def test_a_block_alone_without_a_type_says_its_text(block, text):
    assert [part.text for part in walk([{"role": "user", "content": [block]}])] == [text] * (text is not None)


def test_a_block_alone_with_a_text_and_a_call_gives_both():
    block = {"text": "hi", "toolUse": {"name": "send", "toolUseId": "c"}}

    assert [part.kind for part in walk([{"role": "user", "content": [block]}])] == ["text", "call"]


@pytest.mark.parametrize("text", ['{"a": 1}', '[{"a": 1}]', "[1, 2]", '{"role": "user"}', "plain"])
def test_a_text_that_is_json_and_no_messages_is_what_somebody_said(text):
    assert [part.text for part in walk(text)] == [text]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a", "a"),
        ([{"type": "text", "text": "a"}, "b", {"type": "thinking", "text": "no"}, {"type": "image"}], "a\nb"),
        ({"rate": 11}, '{"rate":11}'),
        ([{"json": {"rate": 11}}, {"text": "a"}], '{"rate":11}\na'),
        ([{"json": None}, {"type": "json", "json": {"rate": 11}}], None),
        ([{"type": "image"}], None),
        (None, None),
    ],
)
def test_contents_of_any_form_are_joined(content, text):
    assert joined(content) == text
