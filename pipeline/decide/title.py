"""The one sentence that explains an alert: actor, verb, quantity, class, destination, outcome."""

from __future__ import annotations

from pipeline.event import Fields

VERBS = {
    "prompt": "sent",
    "completion": "received",
    "tool_call": "called",
    "tool_result": "got back",
    "tool_list": "was offered",
    "file_upload": "uploaded",
    "file_access": "opened",
    "web_visit": "visited",
    "share": "shared",
    "grant": "granted",
    "signin": "signed in to",
    "approval": "decided on a call",
    "config_change": "changed settings",
    "process_start": "started a program",
}

CLASSES = {
    "secret": "credentials",
    "personal": "personal data",
    "health": "health data",
    "card": "card data",
    "source_code": "source code",
    "confidential": "confidential content",
    "restricted": "restricted content",
    "customer_record": "customer records",
    "financial": "financial data",
    "malicious_code": "malicious code",
}

OUTCOMES = {
    "block": "refused",
    "redact": "redacted",
    "warn": "allowed with a warning",
    "require_approval": "held for approval",
    "override": "allowed after an override",
    "allow": "allowed",
}

MOST = 60


def title(facts: Fields, rule: str, count: int = 1) -> str:
    """Tell an alert in one sentence; never a word of what was said."""
    what = _object(facts)
    verb = VERBS.get(facts.get("event.action", ""), "did something")
    where = _destination(facts)
    times = f", {count} times" if count > 1 else ""
    return f"{rule}: {_actor(facts)} {verb}{what}{where}{times}; {_outcome(facts)}"


def _actor(facts: Fields) -> str:
    person = facts.get("user.id") or facts.get("user.email") or facts.get("user.name")
    agent = facts.get("gen_ai.agent.name") or facts.get("gen_ai.agent.id")
    if agent:
        return f"agent {plain(agent)}" + (f" for {plain(person)}" if person else "")
    if person:
        leaving = " (about to leave)" if facts.get("ai.user.hr_state") == "notice" else ""
        return plain(person) + leaving
    return plain(facts.get("service.name") or facts.get("ai.key.id") or facts.get("source.ip") or "somebody")


def _object(facts: Fields) -> str:
    action = facts.get("event.action")
    parts = []
    if action in ("tool_call", "tool_result", "tool_list"):
        tool = facts.get("gen_ai.tool.name", "a tool")
        parts.append(plain(", ".join(tool) if isinstance(tool, list) else tool))
    quantities = _quantities(facts)
    if quantities:
        parts.append(("with " if parts else "") + " and ".join(quantities))
    elif action == "prompt":
        parts.append("a prompt")
    elif action == "file_upload":
        parts.append("a file")
    return f" {' '.join(parts)}" if parts else ""


def _quantities(facts: Fields) -> list[str]:
    told = []
    for name in facts.get("ai.data.classes", ()):
        if name == "secret":
            types = ", ".join(t.replace("_", " ") for t in facts.get("ai.data.secret_types", ())[:3])
            told.append(
                f"a live credential ({types})"
                if facts.get("ai.data.secret_valid")
                else f"credentials ({types})"
            )
        elif name == "personal" and facts.get("ai.data.subjects"):
            told.append(f"personal data of {facts['ai.data.subjects']}")
        elif name == "source_code" and facts.get("ai.data.code_lines"):
            told.append(f"{facts['ai.data.code_lines']} lines of source code")
        elif name in CLASSES:
            told.append(CLASSES[name])
    return told[:3]


def _destination(facts: Fields) -> str:
    words = {
        "web_visit": "",
        "signin": "",
        "completion": "from",
        "tool_result": "from",
        "config_change": "of",
    }
    word = words.get(facts.get("event.action", ""), "to")
    if target := facts.get("ai.tool.destination"):
        return f" {word} {plain(target)}".replace("  ", " ")
    app = facts.get("ai.app.name") or facts.get("ai.app.id")
    if not app or facts.get("event.action") in ("tool_call", "tool_result"):
        return ""
    status = facts.get("ai.app.status")
    return f" {word} {plain(app)}".replace("  ", " ") + (f" ({status})" if status else "")


def _outcome(facts: Fields) -> str:
    if facts.get("event.outcome") == "failure" and facts.get("ai.policy.decision") != "block":
        return "it failed"
    return OUTCOMES.get(facts.get("ai.policy.decision", ""), "outcome unknown")


def plain(value: object) -> str:
    """Make a name safe to show: printable, without markup, at most sixty characters."""
    text = "".join(c if c.isprintable() and c not in "<>`|*[]{}" else " " for c in str(value)[: 2 * MOST])
    return " ".join(text.split())[:MOST]
