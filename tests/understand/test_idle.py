import pytest

from pipeline.understand.idle import is_idle

VISIT = {"event.action": "web_visit", "url.domain": "www.fernwood.example"}
NOBODY = frozenset()


@pytest.mark.parametrize("verb", ["web_visit", "signin", "process_start", "file_access"])
def test_ordinary_life_is_idle(verb):
    assert is_idle(
        {
            "event.action": verb,
            "user.name": "ada",
            "process.name": "bash",
            "file.path": "/home/ada/notes.txt",
        },
        NOBODY,
    )


@pytest.mark.parametrize(
    "verb",
    ["prompt", "completion", "tool_call", "file_upload", "grant", "config_change", "heartbeat", "inventory"],
)
def test_every_other_verb_never_is(verb):
    assert not is_idle({"event.action": verb}, NOBODY)


def test_a_verb_that_a_correlation_counts_never_is():
    assert not is_idle(VISIT, frozenset(("web_visit",)))
    assert is_idle(VISIT, frozenset(("signin",)))


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
    assert not is_idle({**VISIT, **more}, NOBODY)


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
    assert is_idle({**VISIT, **more}, NOBODY)
