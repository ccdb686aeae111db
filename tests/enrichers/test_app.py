from pathlib import Path
from typing import Any

import pytest

from enrichers.app import app
from enrichers.reference import Reference, load_reference

FERNWOOD = load_reference()


def found(reference: Reference = FERNWOOD, **fields: Any) -> str | None:
    return app({name.replace("__", "."): value for name, value in fields.items()}, reference).get("ai.app.id")


@pytest.mark.parametrize(
    ("host", "id_"),
    [
        ("chatgpt.com", "chatgpt"),
        ("ab.chatgpt.com", "chatgpt"),
        ("claude.ai", "claude"),
        ("my-company.openai.azure.com", "azure-openai"),
        ("bedrock-runtime.eu-west-1.amazonaws.com", "bedrock"),
        ("us-central1-aiplatform.googleapis.com", "vertex-ai"),
        ("models.inference.ai.azure.com", "github-models"),
        ("openai.com", None),
        ("www.anthropic.com", None),
        ("s3.eu-west-1.amazonaws.com", None),
        ("storage.googleapis.com", None),
        ("mychatgpt.company.example", None),
        ("fernwood.example", None),
        ("", None),
        ("a." * 5000 + "chatgpt.com", None),
        ("ChatGPT.com.", "chatgpt"),
        ("vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com", "bedrock"),
        ("bedrock-runtime.eu-west-1.amazonaws.com.cn.example", None),
    ],
)
def test_a_host_leads_to_the_service_that_lives_there_and_to_no_other(host: str, id_: str | None) -> None:
    assert found(url__domain=host) == id_
    assert found(destination__domain=host) == id_


@pytest.mark.parametrize(
    ("host", "path", "id_"),
    [
        ("github.com", "/copilot/c/1", "github-copilot"),
        ("github.com", "/fernwood/app", None),
        ("chatgpt.com", "/codex/tasks", "codex"),
        ("chatgpt.com", "/c/1", "chatgpt"),
        ("x.com", "/i/grok", "grok"),
        ("x.com", "/home", None),
        ("github.com", "/copilot-team/app", None),
        ("github.com", "/copilot?from=menu", "github-copilot"),
        ("www.notion.so", "/api/v3/runInferenceTranscript", "notion-ai"),
        ("chatgpt.com", "/backend-api/codex/responses", "codex"),
        ("acme.cognitiveservices.azure.com", "/openai/v1/responses", "azure-openai"),
        ("acme.cognitiveservices.azure.com", "/speech", "azure-ai-services"),
        ("github.com", "/" * 100_000, None),
    ],
)
def test_a_path_tells_services_of_one_host_apart(host: str, path: str, id_: str | None) -> None:
    assert found(url__domain=host, url__path=path) == id_


@pytest.mark.parametrize(
    ("fields", "id_"),
    [
        ({"url.domain": "localhost", "destination.port": 11434}, "ollama"),
        ({"destination.ip": "127.0.0.1", "destination.port": 11434}, "ollama"),
        ({"destination.ip": "::1", "destination.port": 1234, "url.path": "/v1/models"}, "lm-studio"),
        ({"destination.ip": "127.0.0.1", "destination.port": 1234}, None),
        ({"destination.ip": "127.0.0.1", "destination.port": 5432}, None),
        ({"destination.ip": "127.0.0.1", "process.name": "ollama"}, "ollama"),
        ({"url.domain": "files.example", "destination.port": 12434}, None),
    ],
)
def test_a_port_of_this_device_tells_which_model_runs_on_it(fields: dict[str, Any], id_: str | None) -> None:
    assert app(fields, FERNWOOD).get("ai.app.id") == id_


def test_the_nearest_host_above_counts_but_never_a_top_level_domain(tmp_path: Path) -> None:
    (tmp_path / "apps.yaml").write_text(
        "apps:\n- {id: wide, domains: [example, b.example]}\n- {id: near, domains: ['*.a.b.example']}\n"
    )
    own = load_reference(tmp_path)
    hosts = ["x.a.b.example", "x.b.example", "x.example", "example"]
    assert [found(own, url__domain=host) for host in hosts] == ["near", "wide", None, "wide"]


def test_the_longest_path_counts_in_whatever_order_they_are_listed(tmp_path: Path) -> None:
    (tmp_path / "apps.yaml").write_text(
        "apps:\n- {id: chat, domains: [code.example/ai]}\n- {id: agent, domains: [code.example/ai/agent]}\n"
    )
    own = load_reference(tmp_path)
    paths = ["/ai", "/ai/agent/7", "/AI/agents", "/"]
    assert [found(own, url__domain="code.example", url__path=path) for path in paths] == [
        "chat",
        "agent",
        "chat",
        None,
    ]


def test_facts_of_the_service_are_added() -> None:
    added = app({"url.domain": "chat.deepseek.com"}, FERNWOOD)
    assert added["ai.app.name"] == "DeepSeek"
    assert added["ai.app.status"] == "banned"
    assert added["ai.app.review"] == "failed"
    assert added["ai.app.dpa"] is False
    assert "ai.app.max_class" not in added


def test_its_own_log_tells_the_service_whatever_host_it_names() -> None:
    assert found(event__module="litellm", url__domain="api.openai.com") == "fernwood-gateway"
    assert found(event__module="claude_code", url__domain="www.news.example") == "claude-code"
    assert found(event__module="o365", event__dataset="o365.copilot") == "m365-copilot"
    assert found(event__module="o365", event__dataset="o365.exchange") is None


@pytest.mark.parametrize(
    ("fields", "id_"),
    [
        ({"service.name": "claude-code"}, "claude-code"),
        ({"service.name": "fernwood-gateway"}, "fernwood-gateway"),
        ({"service.name": "gamma"}, None),
        ({"service.name": "gamma", "ai.app.name": "gamma"}, None),
        ({"ai.app.name": "Gamma"}, "gamma"),
        ({"process.name": "Ollama.exe"}, "ollama"),
        ({"service.name": "desk", "gen_ai.provider.name": "openai"}, "openai-api"),
        ({"url.domain": "www.news.example", "ai.app.name": "ChatGPT"}, None),
    ],
)
def test_names_count_where_no_host_is_told(fields: dict[str, Any], id_: str | None) -> None:
    assert app(fields, FERNWOOD).get("ai.app.id") == id_


@pytest.mark.parametrize(
    ("fields", "id_"),
    [
        (
            {"url.domain": "api.newmodel.example", "url.path": "/v1/chat/completions"},
            "unknown:newmodel.example",
        ),
        (
            {"url.domain": "api.newmodel.example", "url.path": "/v1/messages", "http.request.method": "POST"},
            "unknown:newmodel.example",
        ),
        (
            {"url.domain": "api.newmodel.example", "url.path": "/v1/messages", "http.request.method": "GET"},
            None,
        ),
        ({"url.domain": "chat.glacier-ai.example"}, "unknown:glacier-ai.example"),
        ({"url.domain": "chat.shop.example"}, None),
        ({"url.domain": "llm.startup.co.uk"}, "unknown:startup.co.uk"),
        ({"url.domain": "chatgpt.com.evil.example"}, None),
        ({"url.domain": "gpt.fernwood.example"}, "unknown:gpt.fernwood.example"),
        ({"destination.ip": "203.0.113.9", "destination.port": 11434}, "unknown:203.0.113.9"),
        ({"url.domain": "tool.example", "ai.app.heuristic": True}, "unknown:tool.example"),
        ({"url.domain": "www.news.example", "url.path": "/gpt/v1/chat"}, None),
    ],
)
def test_an_endpoint_that_looks_like_ai_gets_an_id_of_its_own(
    fields: dict[str, Any], id_: str | None
) -> None:
    added = app(fields, FERNWOOD)
    assert added.get("ai.app.id") == id_
    if id_:
        assert added["ai.app.status"] == "unknown"
        assert added["ai.app.heuristic"] is True


def test_a_service_of_the_catalogue_is_no_guess_even_where_a_proxy_guesses() -> None:
    assert app({"url.domain": "chatgpt.com", "ai.app.heuristic": True}, FERNWOOD)["ai.app.heuristic"] is False


def test_what_a_source_says_of_the_app_stays() -> None:
    added = app({"ai.app.id": "chatgpt", "ai.app.status": "banned", "ai.app.baa": True}, FERNWOOD)
    assert "ai.app.status" not in added
    assert "ai.app.baa" not in added
    assert added["ai.app.vendor"] == "OpenAI"


def test_an_app_that_only_the_source_knows_has_a_status_too() -> None:
    assert app({"ai.app.id": "novel"}, FERNWOOD) == {"ai.app.status": "unknown"}
    assert app({"ai.app.id": "novel", "ai.app.status": "tolerated"}, FERNWOOD) == {}


def test_a_model_api_that_is_called_directly_is_past_the_gateway() -> None:
    assert app({"url.domain": "api.openai.com"}, FERNWOOD)["ai.network.via_gateway"] is False
    assert app({"url.domain": "llm.fernwood.example"}, FERNWOOD)["ai.network.via_gateway"] is True
    assert "ai.network.via_gateway" not in app({"gen_ai.provider.name": "openai"}, FERNWOOD)
    assert "ai.network.via_gateway" not in app({"url.domain": "chatgpt.com"}, FERNWOOD)
    console = {"url.domain": "platform.openai.com", "ai.surface": "browser"}
    assert "ai.network.via_gateway" not in app(console, FERNWOOD)


def test_what_a_gateway_tells_came_through_it_even_if_nobody_listed_it(tmp_path: Path) -> None:
    (tmp_path / "apps.yaml").write_text("apps: []\n")
    added = app({"event.module": "litellm", "url.domain": "api.openai.com"}, load_reference(tmp_path))
    assert added["ai.app.id"] == "openai-api"
    assert added["ai.network.via_gateway"] is True
