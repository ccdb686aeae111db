import pytest

from pipeline.understand.idle import is_idle

VISIT = {"event.action": "web_visit", "url.domain": "www.fernwood.example"}


def nobody(_fields):
    return False


def everybody(_fields):
    return True


@pytest.mark.parametrize("verb", ["web_visit", "signin", "process_start", "file_access"])
def test_ordinary_life_is_idle(verb):
    assert is_idle(
        {
            "event.action": verb,
            "user.name": "ada",
            "process.name": "bash",
            "file.path": "/home/ada/notes.txt",
        },
        nobody,
    )


@pytest.mark.parametrize(
    "verb",
    ["prompt", "completion", "tool_call", "file_upload", "grant", "config_change", "heartbeat", "inventory"],
)
def test_every_other_verb_never_is(verb):
    assert not is_idle({"event.action": verb}, nobody)


@pytest.mark.parametrize(
    "module",
    ["okta", "entra", "intune", "jamf", "hexnode", "jumpcloud", "m365_defender", "o365", "dns", "webproxy"],
)
@pytest.mark.parametrize("verb", ["grant", "config_change", "inventory", "share", "file_upload"])
def test_a_module_about_everything_tells_of_ordinary_life_by_these_verbs_too(module, verb):
    event = {
        "event.action": verb,
        "event.module": module,
        "event.code": "user.lifecycle.create",
        "ai.app.name": "Payroll",
    }

    assert is_idle(event, nobody)
    assert not is_idle(event, everybody)
    assert not is_idle({**event, "event.module": "anthropic"}, nobody)


@pytest.mark.parametrize(
    "more",
    [
        {"ai.app.id": "chatgpt"},
        {"ai.app.name": "ChatGPT Enterprise"},
        {"ai.app.name": "Notes (AI)"},
        {"ai.grant.target": "Harbour GPT"},
        {"ai.grant.target": "claude-users"},
        {"ai.grant.scopes": ["Reader", "AI Administrator"]},
        {"event.code": "Consent to application."},
        {"event.code": "app.oauth2.as.consent.grant"},
        {"event.code": "policy.lifecycle.deactivate"},
        {"event.code": "Delete conditional access policy"},
        {"event.code": "system.mfa.factor.deactivate"},
        {"file.path": "/home/ada/.mcp.json"},
        {"ai.data.dlp_profiles": ["PCI"]},
    ],
)
@pytest.mark.parametrize("verb", ["grant", "config_change"])
def test_what_lets_an_app_in_or_weakens_protection_or_names_ai_wakes_it(verb, more):
    assert not is_idle({"event.action": verb, "event.module": "entra", **more}, nobody)


@pytest.mark.parametrize("name", ["Mail", "maintenance", "Paint", "Air", "Agentur", "Domain Admins"])
def test_a_name_that_only_sounds_like_it_does_not(name):
    assert is_idle(
        {"event.action": "grant", "event.module": "okta", "ai.grant.target": name, "ai.grant.scopes": [name]},
        nobody,
    )


@pytest.mark.parametrize(
    "code", ["policy.evaluate_sign_on", "user.mfa.factor.activate", "user.lifecycle.delete.initiated"]
)
def test_protection_that_works_does_not(code):
    assert is_idle({"event.action": "config_change", "event.module": "okta", "event.code": code}, nobody)


def test_a_verb_that_a_correlation_counts_never_is():
    assert not is_idle(VISIT, everybody)
    assert is_idle(VISIT, nobody)


@pytest.mark.parametrize(
    "more",
    [
        {"ai.app.id": "chatgpt"},
        {"ai.app.heuristic": True},
        {"gen_ai.request.model": "glacier-4"},
        {"gen_ai.agent.id": "support-agent"},
        {"ai.data.classes": ["personal"]},
        {"ai.data.label": "confidential"},
        {"ai.data.dlp_profiles": ["PCI"]},
        {"ai.data.document.id": "d1"},
        {"ai.data.canary": ["FW-CANARY-7Q2M"]},
        {"process.name": "ollama.exe"},
        {"process.executable": "C:\\Programs\\Claude\\claude.exe"},
        {"process.parent.name": "Cursor"},
        {"process.command_line": "node /opt/x/cli.js --dangerously-skip-permissions"},
        {"process.command_line": "python -m vllm serve"},
        {"file.path": "/home/ada/.ssh/config"},
        {"file.path": "C:\\Users\\ada\\.aws\\credentials"},
        {"file.path": "/srv/app/.env"},
        {"file.path": "/home/ada/app/CLAUDE.md"},
        {"file.name": "weights.gguf"},
        {"url.path": "/models/weights.safetensors"},
        {"url.domain": "169.254.169.254"},
    ],
)
def test_anything_of_ai_or_of_secrets_wakes_it(more):
    assert not is_idle({**VISIT, **more}, nobody)


@pytest.mark.parametrize(
    "more",
    [
        {"ai.data.classes": []},
        {"ai.app.heuristic": False},
        {"ai.app.name": "Search"},
        {"process.name": "example"},
    ],
)
def test_what_says_nothing_does_not(more):
    assert is_idle({**VISIT, **more}, nobody)
